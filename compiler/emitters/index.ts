import type { Emitter } from '../core/emitter.ts';
import { routingTableEmitter } from './routing-table/emit.ts';

/** Every target, in the order in which files are listed and emitters explained. */
export const emitters: readonly Emitter[] = Object.freeze([routingTableEmitter]);

import type { FleetEmitter } from '../../core/emitter.ts';

/** Imported with the list of emitters; what makes the objects only when the first fleet is emitted. */
export const scalingEmitter: FleetEmitter = Object.freeze({
  name: 'scaling',
  summary: 'how many agents run: a KEDA ScaledObject for each fleet whose size may change',
  version: 2,
  scope: 'fleet',
  load: async () => (await import('./emit.ts')).emit,
});

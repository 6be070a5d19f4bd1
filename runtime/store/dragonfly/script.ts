import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { foldConstants } from './fold-constants.ts';

/** The script as it is written. */
export const APPLY_SOURCE = readFileSync(new URL('./apply.lua', import.meta.url), 'utf8');
/** As servers get it, and the name they know it by. */
export const APPLY_LUA = foldConstants(APPLY_SOURCE);
export const APPLY_SHA = createHash('sha1').update(APPLY_LUA).digest('hex');

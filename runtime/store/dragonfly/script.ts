import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** The script, and the name the server knows it by. */
export const APPLY_LUA = readFileSync(new URL('./apply.lua', import.meta.url), 'utf8');
export const APPLY_SHA = createHash('sha1').update(APPLY_LUA).digest('hex');

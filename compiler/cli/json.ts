import type { Voice } from './context.ts';

/** Writes one JSON document, readable, with a line end. */
export function printJson(value: unknown, out: Voice): void {
  out.write(`${JSON.stringify(value, null, 2)}\n`);
}

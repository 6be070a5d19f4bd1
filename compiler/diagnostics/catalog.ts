import type { CatalogEntry } from './catalog/entry.ts';
import { capacity } from './catalog/capacity.ts';
import { flags } from './catalog/flags.ts';
import { load } from './catalog/load.ts';
import { manifest } from './catalog/manifest.ts';
import { mesh } from './catalog/mesh.ts';
import { output } from './catalog/output.ts';
import { ownership } from './catalog/ownership.ts';
import { patches } from './catalog/patches.ts';
import { reference } from './catalog/reference.ts';
import { routing } from './catalog/routing.ts';
import { verify } from './catalog/verify.ts';

/**
 * Every problem the compiler can name. NT1xxx files and schema, NT20xx the graph of documents, NT25xx capacity, objectives and rollouts, NT26xx flags, NT3xxx generated objects and what the mesh can express,
 * NT4xxx ownership and policy, NT5xxx routing, NT6xxx environments, patches and the generated tree. Codes are never reused.
 */
export const catalog = Object.freeze({
  ...load,
  ...reference,
  ...capacity,
  ...flags,
  ...manifest,
  ...mesh,
  ...verify,
  ...ownership,
  ...routing,
  ...output,
  ...patches,
});

export type Code = keyof typeof catalog;

/** The parameters of a message template: `{a} and {b}` -> `'a' | 'b'`. */
type Names<T extends string> = T extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
export type Params<C extends Code> = { readonly [K in Names<(typeof catalog)[C]['message']>]: string | number };

/** The entry of a code. */
export function entryOf(code: Code): CatalogEntry {
  return catalog[code];
}

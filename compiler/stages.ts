import type { Json } from '../spec/contract/source.ts';
import { check } from './check/check.ts';
import { extractFacts } from './closure/extract.ts';
import { compareImmutable, immutableFacts } from './closure/immutable.ts';
import type { ImmutableFacts } from './closure/immutable.ts';
import { premisesOf } from './closure/premises.ts';
import { prove } from './closure/prove.ts';
import { unsettled } from './closure/settle.ts';
import type { Stages } from './compile.ts';
import { applyPatches } from './patch/apply.ts';
import { resolve } from './resolve/resolve.ts';

/** The stages of every real compile. Emitters are imported when the first unit is emitted. */
export const stages: Stages = {
  resolve,
  check,
  emitters: async () => (await import('./emitters/index.ts')).emitters,
  patch: applyPatches,
  // Its schemas are read when the first unit is emitted.
  verify: async (context, manifests) =>
    (await import('./verify/verify-manifests.ts')).verifyManifests(context, manifests),
  summarize: (manifests, { environment }, refusals) =>
    unsettled(extractFacts(manifests, environment.patches, refusals)) as unknown as Json,
  immutable: immutableFacts,
  compare: ({ before, after, ...change }, report) => {
    // Both were made by `immutableFacts`, one of them in an earlier compile.
    const now = after === undefined ? {} : { after: after as unknown as ImmutableFacts };
    compareImmutable({ ...change, before: before as unknown as ImmutableFacts, ...now }, report);
  },
  premises: premisesOf,
  prove,
};

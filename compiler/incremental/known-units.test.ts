import { expect, test } from 'vitest';
import { environment, fleet } from '../check/testing/model.ts';
import type { Cached } from './cache-file.ts';
import { unitLoader } from './known-units.ts';

const FLEET = fleet('eng/fixer');
const PROD = environment({ fleets: [FLEET] });
const TREE = { digestOf: () => undefined, read: () => '' };

/** A part of a cache, in which a fleet was silent or nothing is said about it. */
function part(common: string, emitters: string, from?: string): Cached {
  const memory = { from, digest: '', inputs: [], files: [], objects: 0, index: '', facts: '', at: [0, 0] };
  const units = from === undefined ? {} : { 'prod/teams/eng/fixer': { ...memory, sources: 'file 1', silent: true } };
  return { value: { common, emitters, units, proven: {} }, tail: Buffer.alloc(0) };
}

function known(parts: readonly Cached[], common = 'a', source = 'file 1', emitters = 'e') {
  const units = unitLoader(parts, TREE);
  units.begin({ common, of: () => source });
  return [units.silence.isKnown(PROD, FLEET), units.from(PROD, FLEET, emitters)];
}

test('a fleet is known by its own sources, by what all fleets come of, and its digest by its emitters', () => {
  expect(known([part('a', 'e', 'digest')])).toEqual([true, 'digest']);
  expect(known([part('a', 'e', 'digest')], 'b')).toEqual([false, undefined]);
  expect(known([part('a', 'e', 'digest')], 'a', 'file 2')).toEqual([false, undefined]);
  expect(known([part('a', 'e', 'digest')], 'a', 'file 1', 'f')).toEqual([true, undefined]);
  expect(unitLoader([part('a', 'e', 'digest')], TREE).silence.isKnown(PROD, FLEET)).toBe(false);
});

test('of one unit the last part counts, and parts of other sources, as two compiles at once may leave them, say nothing', () => {
  expect(known([part('a', 'e', 'first'), part('a', 'e'), part('a', 'e', 'last')])).toEqual([true, 'last']);
  expect(known([part('b', 'e', 'digest'), part('a', 'e')])).toEqual([false, undefined]);
  expect(known([part('a', 'f', 'digest'), part('a', 'e')])).toEqual([false, undefined]);
});

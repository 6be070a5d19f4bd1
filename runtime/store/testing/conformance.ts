import { expect, test } from 'vitest';
import { AFFINITY_CASES } from './conformance-affinity.ts';
import { BATCH_CASES } from './conformance-batch.ts';
import { BOUNDS_CASES } from './conformance-bounds.ts';
import { CLAIM_CASES } from './conformance-claim.ts';
import { LOSS_CASES } from './conformance-loss.ts';
import { RETURN_CASES } from './conformance-return.ts';
import { ROSTER_CASES } from './conformance-roster.ts';
import { RUN_CASES } from './conformance-run.ts';
import { STATE_CASES } from './conformance-states.ts';
import { TIME_CASES } from './conformance-time.ts';
import { Talker, type Bench } from './bench.ts';

/** One sentence about a store, and the talk that shows it. */
export type Case = readonly [sentence: string, show: (talker: Talker, bench: Bench) => Promise<void>];

export const CASES: readonly Case[] = [
  ...CLAIM_CASES,
  ...AFFINITY_CASES,
  ...RUN_CASES,
  ...STATE_CASES,
  ...TIME_CASES,
  ...BOUNDS_CASES,
  ...LOSS_CASES,
  ...RETURN_CASES,
  ...ROSTER_CASES,
  ...BATCH_CASES,
];

/** Holds a store to what `../store.ts` says. Each case gets a new and empty one. */
export function conforms(name: string, newBench: () => Promise<Bench>): void {
  for (const [sentence, show] of CASES) {
    test(`${name}: ${sentence}`, async () => {
      const bench = await newBench();
      try {
        await show(new Talker(bench), bench);
      } finally {
        await bench.store.close();
      }
    });
  }

  test(`${name}: the suite has cases, each with a sentence of its own`, () => {
    expect(new Set(CASES.map(([sentence]) => sentence)).size).toBe(CASES.length);
    expect(CASES.length).toBeGreaterThan(50);
  });
}

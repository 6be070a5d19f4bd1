import { expect, test } from 'vitest';
import type { SecretModel } from '../../core/model.ts';
import { eachFleet } from '../fleet-check.ts';
import { environment, fleet } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { leaseEnd } from './lease-end.ts';

const MINUTE = 60_000;
const say = (secret: Partial<SecretModel>, options: Parameters<typeof fleet>[1] = {}) => {
  const one = { path: 'database/creds/a', field: 'f', mount: 'env' as const, ...secret };
  return problemsOf(
    eachFleet(leaseEnd),
    environment({ fleets: [fleet('eng/a', { secrets: { A: one, B: one }, ...options })] }),
  );
};

test('a drain longer than the last third of a lease is reported once, with the lease that would be long enough', () => {
  expect(say({ leaseMs: 30 * MINUTE }, { rollout: { drainMs: 15 * MINUTE } })).toEqual([
    {
      at: 'fleet:eng/a#secrets.A.lease',
      problem:
        'warning NT2556: `eng/a` drains for 15m, but credentials in `A` end 10m after the restart that replaces them',
      notes: ['a lease of `45m` is long enough; `mount: file` is renewed in place and starts nothing anew'],
      related: ['fleet:eng/a#rollout.drain: the drain'],
    },
  ]);
});

test('a drain that nobody wrote is not shown, and no lease is named that would be too long', () => {
  const drainMs = 11 * 24 * 60 * MINUTE;
  expect(say({ leaseMs: 60 * MINUTE }, { rollout: { drainMs }, unwritten: ['rollout.drain'] })).toEqual([
    {
      at: 'fleet:eng/a#secrets.A.lease',
      problem:
        'warning NT2556: `eng/a` drains for 11d, but credentials in `A` end 20m after the restart that replaces them',
      notes: ['`mount: file` is renewed in place and starts nothing anew'],
    },
  ]);
});

test('a lease of three drains is long enough, and files and what has no lease start nothing anew', () => {
  expect(say({ leaseMs: 45 * MINUTE })).toEqual([]);
  expect(say({ leaseMs: 10 * MINUTE, mount: 'file' })).toEqual([]);
  expect(say({})).toEqual([]);
});

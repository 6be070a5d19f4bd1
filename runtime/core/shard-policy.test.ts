import { expect, test } from 'vitest';
import { routingTable, tableFleet, tableRoute } from '../../spec/contract/testing/table.ts';
import { routeNumber } from '../../spec/contract/lane-numbers.ts';
import { shardPolicies } from './shard-policy.ts';

const FLEETS = { 'a/x': tableFleet(['t']), 'a/y': tableFleet(['t']), 'a/z': tableFleet(['t']) };
const ROUTE = tableRoute('a/r', ['t'], {
  to: [
    { fleet: 'a/x', weight: 3 },
    { fleet: 'a/y', weight: 1 },
  ],
  limits: {
    inFlight: 8,
    rate: { count: 4, perMs: 1000 },
    perKey: { key: 'input.repo', max: 1, onFull: 'queue' },
  },
  affinity: { key: 'input.s', mode: 'soft', holdMs: 600, spillAfterMs: 15 },
  priority: { default: 'normal', when: [], aging: { everyMs: 60_000, max: 'high' } },
  queue: { maxDepth: 100, maxAgeMs: 1000, onFull: 'shed-lowest' },
  fallback: [{ when: ['no-agent'], afterMs: 1000, fleet: 'a/z' }],
});

test('a fleet gets its share of the limits of each of its routes', () => {
  const table = routingTable(FLEETS, [ROUTE, tableRoute('a/other', ['t'], { to: [{ fleet: 'a/y', weight: 0 }] })]);
  expect(shardPolicies(table, 'a/x')).toEqual([
    {
      route: routeNumber('a/r'),
      inFlight: 6,
      rate: { count: 3, perMs: 1000 },
      perKey: { max: 1, onFull: 'queue' },
      depth: { max: 75, onFull: 'shed-lowest' },
      aging: { everyMs: 60_000, max: 'high' },
      affinity: { mode: 'soft', holdMs: 600, spillAfterMs: 15 },
    },
  ]);
  expect(shardPolicies(table, 'a/y').map(({ inFlight, depth }) => [inFlight, depth.max])).toEqual([
    [2, 25],
    [undefined, 10_000],
  ]);
});

test('a fallback fleet has all of them', () => {
  expect(shardPolicies(routingTable(FLEETS, [ROUTE]), 'a/z')).toMatchObject([{ inFlight: 8, rate: { count: 4 } }]);
});

test('the shares of several fleets add up to what the route says', () => {
  const three = ['a/x', 'a/y', 'a/z'];
  for (const inFlight of [4, 5, 6, 100]) {
    const to = three.map((fleet) => ({ fleet, weight: 1 }));
    const route = { ...ROUTE, to, fallback: [], limits: { inFlight, rate: { count: 1, perMs: 1000 } } };
    const policies = three.flatMap((fleet) => shardPolicies(routingTable(FLEETS, [route]), fleet));
    expect(policies.reduce((sum, policy) => sum + (policy.inFlight ?? 0), 0)).toBe(inFlight);
    expect(policies.map(({ rate }) => rate)).toEqual(three.map(() => ({ count: 1, perMs: 3000 })));
  }
});

test('a share is never less than one', () => {
  const small = { ...ROUTE, limits: { inFlight: 1 } };
  expect(shardPolicies(routingTable(FLEETS, [small]), 'a/y')).toMatchObject([{ inFlight: 1 }]);
});

import { expect, test } from 'vitest';
import {
  ROUTES_OF_FLEET_MAX,
  type RoutingTable,
  type TableAccept,
  type TableRoute,
  type TableSchedule,
} from '../../spec/contract/routing-table.ts';
import { faultOf } from './table-faults.ts';
import { accept, fleet, route, table } from './testing/bench.ts';
import { schedule } from './testing/scheduled.ts';

const FALLBACK = { when: ['no-agent'], afterMs: 1000, fleet: 'research/backup' } as const;
const SCHEDULE = schedule({
  cron: '15 1 * * *',
  tz: 'Europe/Oslo',
  overlap: 'skip',
  catchUp: { windowMs: 3_600_000, max: 1 },
});

const full = route({
  affinity: { key: 'input.repo', mode: 'soft', holdMs: 1000, spillAfterMs: 100 },
  priority: { default: 'normal', when: [], aging: { everyMs: 1000, max: 'high' } },
  limits: { inFlight: 10, rate: { count: 10, perMs: 1000 }, perKey: { key: 'input.repo', max: 2, onFull: 'queue' } },
  dedupe: { key: '{input.repo}', windowMs: 1000, onHit: 'join' },
  fallback: [FALLBACK],
});

const routes = (count: number, changes: Partial<TableRoute> = {}): TableRoute[] =>
  Array.from({ length: count }, (_, index) => route({ id: `research/r-${index}`, ...changes }));

const NOT = (value: unknown): never => value as never;
const withAccept = (changes: Partial<TableAccept>): Partial<RoutingTable> => ({
  fleets: { 'research/summarizer': fleet({ accepts: { summarize: accept(changes) } }) },
});
const withProvider = (changes: object): Partial<RoutingTable> => ({
  providers: { brain: { breaker: { errors: 5, openForMs: 1000 }, ...changes } },
});

test('a table as the compiler writes them has no fault, with or without what may be left out', () => {
  expect(faultOf(table())).toBeUndefined();
  expect(faultOf(table({ routes: [full], schedules: [SCHEDULE] }))).toBeUndefined();
});

test('routes count for a fleet as targets and as fallbacks, each route once', () => {
  const most = routes(ROUTES_OF_FLEET_MAX, { fallback: [{ ...FALLBACK, fleet: 'research/summarizer' }] });
  expect(faultOf(table({ routes: most }))).toBeUndefined();
  const toBackup = { to: [{ fleet: 'research/backup', weight: 1 }] };
  const others = routes(ROUTES_OF_FLEET_MAX, toBackup);
  expect(faultOf(table({ routes: [...most, ...others] }))).toBeUndefined();
  const back = route({ id: 'research/back', ...toBackup, fallback: [{ ...FALLBACK, fleet: 'research/summarizer' }] });
  const off = route({ id: 'research/off', to: [{ fleet: 'research/summarizer', weight: 0 }] });
  for (const more of [back, off]) {
    expect(faultOf(table({ routes: [...most, more] }))).toBe(
      '1001 routes lead to the fleet research/summarizer, and a scheduler takes at most 1000: let one route take several task types, or split the fleet',
    );
  }
});

test('routes to a fleet that the table does not have are nobody’s', () => {
  const nowhere = routes(ROUTES_OF_FLEET_MAX + 1, { to: [{ fleet: 'research/gone', weight: 1 }] });
  expect(faultOf(table({ routes: nowhere }))).toBeUndefined();
});

test('the store takes whole numbers only, so that a table has no others', () => {
  const faulty = (changes: Partial<TableAccept>): string | undefined => faultOf(table(withAccept(changes)));
  expect(faulty({ runMs: 1.5 })).toBe(
    'the task summarize of the fleet research/summarizer has runMs 1.5, and it must be a whole number of at least 0: compile the spec again',
  );
  expect(faulty({ attempts: 0 })).toContain('attempts 0, and it must be a whole number of at least 1');
  const { backoff } = accept();
  const accepts: readonly Partial<TableAccept>[] = [
    { queueMs: -1 },
    { heartbeatMs: 2 ** 53 },
    { attempts: 1.5 },
    { backoff: { ...backoff, firstMs: 0.5 } },
    { backoff: { ...backoff, maxMs: '1000' as unknown as number } },
    { runMs: undefined as unknown as number },
  ];
  for (const changes of accepts) expect(faulty(changes)).toContain('must be a whole number');
});

test.each<[string, Partial<TableRoute>]>([
  ['queue.maxDepth', { queue: { ...full.queue, maxDepth: 0.5 } }],
  ['queue.maxAgeMs', { queue: { ...full.queue, maxAgeMs: 0.5 } }],
  ['fallback.1.afterMs', { fallback: [FALLBACK, { ...FALLBACK, afterMs: 0.5 }] }],
  ['dedupe.windowMs', { dedupe: { key: '{task}', windowMs: 0.5, onHit: 'join' } }],
  ['limits.inFlight', { limits: { inFlight: 0.5 } }],
  ['limits.rate.count', { limits: { rate: { count: 0.5, perMs: 1000 } } }],
  ['limits.rate.perMs', { limits: { rate: { count: 1, perMs: 0.5 } } }],
  ['limits.perKey.max', { limits: { perKey: { key: 'task', max: 0.5, onFull: 'queue' } } }],
  ['affinity.holdMs', { affinity: { key: 'task', mode: 'soft', holdMs: 0.5, spillAfterMs: 1 } }],
  ['affinity.spillAfterMs', { affinity: { key: 'task', mode: 'soft', holdMs: 1, spillAfterMs: 0.5 } }],
  ['priority.aging.everyMs', { priority: { default: 'low', when: [], aging: { everyMs: 0.5, max: 'high' } } }],
])('so has none of a route’s %s', (field, changes) => {
  expect(faultOf(table({ routes: [route(), route({ ...full, ...changes })] }))).toBe(
    `the route research/summaries has ${field} 0.5, and it must be a whole number of at least 0: compile the spec again`,
  );
});

test('a schedule whose times this scheduler cannot tell is a fault, as its first look would be its end', () => {
  const of = (changes: Partial<TableSchedule>) =>
    faultOf(table({ schedules: [SCHEDULE, { ...SCHEDULE, ...changes }] }));
  expect(of({ tz: 'Europe/Nowhere' })).toBe(
    'the schedule research/nightly has the time zone Europe/Nowhere, which this scheduler does not know: run a newer one, or name another zone',
  );
  expect(of({ cron: 'every night' })).toBe(
    'the schedule research/nightly has the times "every night", which are no cron pattern: compile the spec again',
  );
});

test.each<[string, Partial<RoutingTable>]>([
  ['the team other is null', { teams: { research: { weight: 1 }, other: NOT(null) } }],
  ['the provider brain is 1', { providers: { brain: NOT(1) } }],
  ['the schema sha256-a is []', { schemas: { 'sha256-a': NOT([]) } }],
  ['the fleet a/b is null', { fleets: { 'a/b': NOT(null) } }],
  ['builds of the fleet a/b is null', { fleets: { 'a/b': fleet({ builds: NOT(null) }) } }],
  ['accepts of the fleet a/b is missing', { fleets: { 'a/b': fleet({ accepts: NOT(undefined) }) } }],
])('a table says %s, where there must be a map', (said, changes) => {
  expect(faultOf(table(changes))).toBe(`${said}, and no map: compile the spec again`);
});

test.each<[string, Partial<RoutingTable>]>([
  ['weight "x", and it must be a whole number of at least 1', { teams: { research: { weight: NOT('x') } } }],
  ['weight 0, and it must be a whole number of at least 1', { teams: { research: { weight: 0 } } }],
  ['inFlightMax -1', { teams: { research: { weight: 1, inFlightMax: -1 } } }],
  ['fairness.weights.a "x"', { routes: [route({ fairness: { key: 'tenant', weights: { a: NOT('x') } } })] }],
  ['fairness.weights.a 0', { routes: [route({ fairness: { key: 'tenant', weights: { a: 0 } } })] }],
  ['backoff.factor missing', withAccept({ backoff: { ...accept().backoff, factor: NOT(undefined) } })],
  ['backoff.factor "2"', withAccept({ backoff: { ...accept().backoff, factor: NOT('2') } })],
  [
    'backoff.factor -2, and it must be a number of at least 1',
    withAccept({ backoff: { ...accept().backoff, factor: -2 } }),
  ],
  ['requestsPerSecond 0, and it must be a number above 0', withProvider({ requestsPerSecond: 0 })],
  ['concurrent 0.5', withProvider({ concurrent: 0.5 })],
  ['breaker.errors "x"', withProvider({ breaker: { errors: 'x', openForMs: 1 } })],
  [
    'breaker.errors 0.5, and it must be a whole number of at least 1',
    withProvider({ breaker: { errors: 0.5, openForMs: 1 } }),
  ],
  ['breaker.openForMs 1e+300', withProvider({ breaker: { errors: 1, openForMs: 1e300 } })],
  ['drainMs null', { fleets: { 'a/b': fleet({ drainMs: NOT(null) }) } }],
  ['builds.v1 "all"', { fleets: { 'a/b': fleet({ builds: { v1: NOT('all') } }) } }],
  ['catchUp.max 0.5', { schedules: [{ ...SCHEDULE, catchUp: { windowMs: 1000, max: 0.5 } }] }],
  ['catchUp.windowMs -1', { schedules: [{ ...SCHEDULE, catchUp: { windowMs: -1, max: 1 } }] }],
])('a figure that turns and times are reckoned with is one: not %s', (said, changes) => {
  expect(faultOf(table(changes))).toContain(` has ${said}`);
});

test('two routes of one fleet that have the same number are refused; of two fleets they may', () => {
  const [first, second] = [route({ id: 'research/r-172' }), route({ id: 'research/r-4007' })];
  expect(faultOf(table({ routes: [first, second] }))).toBe(
    "the routes research/r-172 and research/r-4007 lead to the fleet research/summarizer, and both have the same number in a scheduler's store: call one of them otherwise",
  );
  const elsewhere = { ...second, to: [{ fleet: 'research/backup', weight: 1 }] };
  expect(faultOf(table({ routes: [first, elsewhere] }))).toBeUndefined();
  const back = [{ ...FALLBACK, fleet: 'research/summarizer' }];
  expect(faultOf(table({ routes: [first, { ...elsewhere, fallback: back }] }))).toContain('the same number');
});

test('two builds of one fleet that have the same number are refused', () => {
  const builds = { v463: 9_500, v1111: 500 };
  expect(faultOf(table({ fleets: { 'a/b': fleet({ builds }) } }))).toBe(
    "the builds v463 and v1111 of the fleet a/b have the same number in a scheduler's store: call one of them otherwise",
  );
});

test('a time is at most a hundred years, so that there is a date after it', () => {
  expect(faultOf(table(withAccept({ runMs: 8.7e15 })))).toBe(
    'the task summarize of the fleet research/summarizer has runMs 8700000000000000, and it must be a whole number of at most 3155760000000: compile the spec again',
  );
  expect(faultOf(table(withAccept({ runMs: 3_155_760_000_000 })))).toBeUndefined();
});

test('what need not be whole may be a part', () => {
  const backoff = { ...accept().backoff, factor: 1.5 };
  const broken = { breaker: { errors: 5, openForMs: 30_000 }, requestsPerSecond: 1 / 3600 };
  expect(faultOf(table({ ...withAccept({ backoff }), ...withProvider(broken) }))).toBeUndefined();
});

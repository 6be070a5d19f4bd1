import fc from 'fast-check';
import { PRIORITIES } from '../../../spec/contract/task.ts';
import { DEFAULT_SETTINGS } from '../../core/route-policy.ts';
import type { Standing } from '../../core/task-record.ts';
import type { Operation } from '../store.ts';
import { LANE, OTHER_LANE, START_MS, routePolicy, task } from './bench.ts';

/** What a scheduler may send, drawn from a small world so that operations meet. */
export interface Turn {
  readonly scheduler: string;
  readonly waitMs: number;
  readonly draws: readonly Draw[];
}

/** An operation; `token` is chosen among those handed out so far, since a random one never fits. */
export type Draw = { readonly operation: Operation; readonly lease?: number };

const ID = fc.constantFrom(...Array.from({ length: 24 }, (_, index) => `t:${index}`));
const FILLERS = Array.from({ length: 70 }, (_, index) => OTHER_LANE + 1 + index);
const LANES = fc.constantFrom([LANE], [OTHER_LANE], [LANE, OTHER_LANE], [OTHER_LANE, ...FILLERS, LANE]);
const AGENT = fc.constantFrom('ag-1', 'ag-2', 'ag-3');
const KEY = fc.constantFrom('k1', 'k2');
const REASON = fc.constantFrom('error', 'by-owner');
const RESULT = fc.constantFrom('', '"r"', '"é😀"', '{"long":"xxxxxxxxxxxxxxxxxxxxxxxx"}');
const LIMIT = fc.integer({ min: 1, max: 5 });
/** Counted from the newest. */
const LEASE = fc.nat(7);

const submission = fc
  .record({
    id: ID,
    lane: fc.constantFrom(LANE, OTHER_LANE),
    priority: fc.constantFrom(...PRIORITIES),
    flow: fc.constantFrom('acme', 'umbrella'),
    cost: fc.constantFrom(1, 1000, 4096),
    key: fc.option(KEY, { nil: undefined }),
    affinity: fc.option(KEY, { nil: undefined }),
    dedupe: fc.option(fc.record({ key: KEY, windowMs: fc.constantFrom(5, 50) }), { nil: undefined }),
    delayMs: fc.constantFrom(0, 0, 10),
    queueMs: fc.constantFrom(0, 30),
    noticeMs: fc.constantFrom(0, 7),
    leaseMs: fc.constantFrom(10, 25),
    runMs: fc.constantFrom(20, 40),
    attemptMax: fc.constantFrom(1, 2),
    retryMs: fc.constantFrom(0, 5),
    acceptedMs: fc.constantFrom(undefined, undefined, undefined, START_MS),
    attempts: fc.constantFrom(0, 1),
    crashes: fc.constantFrom(0, 1),
    over: fc.constantFrom(false as const, false as const, true as const),
  })
  .map(({ key, affinity, dedupe, acceptedMs, over, ...rest }): Operation => {
    const more = {
      ...rest,
      ...(key !== undefined && { key }),
      ...(affinity !== undefined && { affinity }),
      ...(dedupe !== undefined && { dedupe }),
      ...(acceptedMs !== undefined && { acceptedMs }),
    };
    return { op: 'submit', task: task(rest.id, more), ...(over && acceptedMs !== undefined && { over }) };
  });

const policy = fc
  .record({
    inFlight: fc.constantFrom(undefined, 2, 4),
    rate: fc.constantFrom(undefined, { count: 3, perMs: 20 }),
    perKey: fc.constantFrom(
      undefined,
      { max: 1, onFull: 'queue' as const },
      { max: 2, onFull: 'reject' as const },
      { max: 1, onFull: 'queue' as const },
    ),
    depth: fc.constantFrom(
      { max: 100, onFull: 'reject' as const },
      { max: 3, onFull: 'reject' as const },
      { max: 3, onFull: 'shed-lowest' as const },
    ),
    aging: fc.constantFrom(undefined, { everyMs: 8, max: 'urgent' as const }),
    affinity: fc.constantFrom(
      undefined,
      { mode: 'soft' as const, holdMs: 20, spillAfterMs: 9 },
      { mode: 'hard' as const, holdMs: 20, spillAfterMs: 9 },
    ),
    finishedMs: fc.constantFrom(40, 100_000),
    finishedMax: fc.constantFrom(2, 1000),
    resultBytesMax: fc.constantFrom(20, 100_000),
    deadMax: fc.constantFrom(1, 100),
    crashMax: fc.constantFrom(1, 3),
    none: fc.constantFrom(false, false, false, true),
  })
  .map(({ inFlight, rate, perKey, depth, aging, affinity, none, ...settings }): Operation => {
    const route = routePolicy({
      depth,
      ...(inFlight !== undefined && { inFlight }),
      ...(rate !== undefined && { rate }),
      ...(perKey !== undefined && { perKey }),
      ...(aging !== undefined && { aging }),
      ...(affinity !== undefined && { affinity }),
    });
    const bounds = { ...DEFAULT_SETTINGS, ...settings, crashWindowMs: 60 };
    return { op: 'policy', revision: 'sha256-2', settings: bounds, routes: none ? [] : [route] };
  });

const plain: readonly fc.WeightedArbitrary<Operation>[] = [
  { weight: 14, arbitrary: submission },
  {
    weight: 14,
    arbitrary: fc.record({
      op: fc.constant('claim' as const),
      agent: AGENT,
      lanes: LANES,
      count: fc.integer({ min: 1, max: 3 }),
      looks: fc.nat(4),
    }),
  },
  { weight: 8, arbitrary: fc.record({ op: fc.constant('tick' as const), limit: LIMIT }) },
  { weight: 3, arbitrary: policy },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('cancel' as const), id: ID, reason: REASON }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('remove' as const), id: ID, reason: REASON }) },
  {
    weight: 2,
    arbitrary: fc.record({ op: fc.constant('relane' as const), id: ID, lane: fc.constantFrom(LANE, OTHER_LANE) }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('redrive' as const), id: ID }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('get' as const), id: ID }) },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constant('list' as const),
      of: fc.constantFrom('open' as const, 'dead' as const, 'finished' as const),
      lane: fc.constantFrom(LANE, OTHER_LANE),
      offset: fc.nat(3),
      limit: LIMIT,
    }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('inspect' as const), lanes: LANES, id: ID }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('claimed' as const), number: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('begin' as const), holdMs: fc.constantFrom(3, 15) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant('end' as const),
      schedulers: fc.constantFrom(['s-1'], ['s-1', 's-2']),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant('present' as const),
      schedulers: fc.constantFrom([], ['s-2'], ['s-1', 's-2']),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant('roster' as const),
      notes: fc.array(fc.record({ agent: AGENT, note: fc.constantFrom('1/2', '2/2') }), { maxLength: 3 }),
      after: fc.constantFrom(0, 1025, 10_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({
        name: fc.constantFrom('paused', 'drain:a'),
        value: fc.constantFrom('', '', 'on'),
        atMs: fc.constantFrom(undefined, 1, 2, 3),
      })
      .map(({ atMs, ...said }) => ({ op: 'switch' as const, ...said, ...(atMs !== undefined && { atMs }) })),
  },
];

/** Its token is counted from that of a lease, where there is one. */
const standing: fc.Arbitrary<Standing> = fc.record({
  state: fc.constantFrom('leased', 'waiting', 'dead'),
  token: fc.constantFrom(0, 0, 0, 1),
  attempts: fc.constantFrom(0, 1, 2),
  crashes: fc.constantFrom(0, 1),
  agent: AGENT,
  sinceMs: fc.constant(START_MS),
  dueMs: fc.constantFrom(0, START_MS + 15, START_MS + 60),
  reason: fc.constantFrom('', 'error'),
  result: RESULT,
});

const leased: readonly fc.WeightedArbitrary<Draw>[] = [
  {
    weight: 6,
    arbitrary: fc.record({ lease: LEASE, result: RESULT, id: ID }).map(({ lease, result, id }) => {
      return { lease, operation: { op: 'complete' as const, id, token: 0, result } };
    }),
  },
  {
    weight: 6,
    arbitrary: fc
      .record({
        lease: LEASE,
        id: ID,
        then: fc.constantFrom('retry' as const, 'release' as const, 'failed' as const, 'dead' as const),
        attemptMax: fc.constantFrom(1, 2, 9),
        delayMs: fc.constantFrom(0, 10),
        reason: REASON,
        result: RESULT,
      })
      .map(({ lease, ...fail }) => ({ lease, operation: { op: 'fail' as const, token: 0, ...fail } })),
  },
  {
    weight: 3,
    arbitrary: fc.record({ lease: LEASE, id: ID }).map(({ lease, id }) => {
      return { lease, operation: { op: 'heartbeat' as const, id, token: 0 } };
    }),
  },
  {
    weight: 4,
    arbitrary: fc
      .record({ lease: fc.option(LEASE, { nil: undefined }), id: ID, standing })
      .map(({ lease, ...about }) => ({
        ...(lease !== undefined && { lease }),
        operation: { op: 'restore' as const, ...about },
      })),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({
        lease: LEASE,
        id: ID,
        state: fc.constantFrom('succeeded' as const, 'failed' as const),
        reason: REASON,
        result: RESULT,
      })
      .map(({ lease, ...end }) => ({ lease, operation: { op: 'finish' as const, token: 0, digest: 'd', ...end } })),
  },
];

const draw: fc.Arbitrary<Draw> = fc.oneof(
  ...plain.map(({ weight, arbitrary }) => ({
    weight,
    arbitrary: arbitrary.map((operation: Operation): Draw => ({ operation })),
  })),
  ...leased,
);

/** A talk of some length; most turns hold one operation, so that moves can be looked at one by one. */
export const turns: fc.Arbitrary<readonly Turn[]> = fc.array(
  fc.record({
    scheduler: fc.constantFrom('s-1', 's-1', 's-2'),
    waitMs: fc.constantFrom(0, 0, 1, 5, 12),
    draws: fc.oneof(
      fc.array(draw, { minLength: 1, maxLength: 1 }),
      fc.array(draw, { minLength: 2, maxLength: 8, size: 'max' }),
    ),
  }),
  { minLength: 5, maxLength: 80, size: 'max' },
);

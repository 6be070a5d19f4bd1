import { describe, expect, test } from 'vitest';
import type { RoutingTable, TableRoute } from '../../spec/contract/routing-table.ts';
import { accept, fleet } from './testing/bench.ts';
import { BACKUP, MAIN, routed } from './testing/routed.ts';
import type { VirtualBench } from './testing/virtual-bench.ts';

/** One test for each field of a Route's fallback chain, named by its way in the language, against the whole scheduler. */
let bench: VirtualBench;

describe('Route.spec.fallback[].when[], Route.spec.fallback[].after and Route.spec.fallback[].to', () => {
  type Step = TableRoute['fallback'][number];
  const step = (when: Step['when'], more: Partial<Step> = {}): Step => ({
    when,
    afterMs: 2000,
    fleet: BACKUP,
    ...more,
  });

  test('no-agent: after the time without an agent another fleet takes it', async () => {
    bench = await routed({ fallback: [step(['no-agent'])] });
    const id = await bench.accepted('k');
    await bench.clock.pass(1500);
    expect(await bench.view(id)).toMatchObject({ fleet: MAIN });
    await bench.clock.pass(1500);
    expect(await bench.view(id)).toMatchObject({ fleet: BACKUP });
    expect(await bench.taken('b-1', { fleet: BACKUP })).toEqual([id]);
  });

  test('no-agent does not hold while an agent is there, however busy it is', async () => {
    bench = await routed({ fallback: [step(['no-agent'])] });
    await bench.accepted('k-1');
    const id = await bench.accepted('k-2');
    expect(await bench.taken('a-1')).toHaveLength(1);
    await bench.clock.pass(4000);
    expect(await bench.view(id)).toMatchObject({ fleet: MAIN, state: 'ready' });
  });

  test('wait-above: after the time another fleet takes it, agents or not', async () => {
    bench = await routed({ fallback: [step(['wait-above'])] });
    await bench.accepted('k-1');
    const id = await bench.accepted('k-2');
    expect(await bench.taken('a-1')).toHaveLength(1);
    await bench.clock.pass(3000);
    expect(await bench.view(id)).toMatchObject({ fleet: BACKUP });
  });

  test('breaker-open: what comes while the breaker is open goes to another fleet', async () => {
    bench = await routed({ fallback: [step(['breaker-open'], { afterMs: 0 })] }, FAILS_AT_ONCE);
    await openBreaker();
    const id = await bench.accepted('after');
    expect(await bench.view(id)).toMatchObject({ fleet: BACKUP });
  });

  test('breaker-open: after the time what waits goes there too, while it is open, and not before', async () => {
    bench = await routed({ fallback: [step(['breaker-open'])] }, FAILS_AT_ONCE);
    const early = await bench.accepted('early');
    await bench.clock.pass(3000);
    expect(await bench.view(early)).toMatchObject({ fleet: MAIN });
    await openBreaker();
    const late = await bench.accepted('late');
    expect(await bench.view(late)).toMatchObject({ fleet: MAIN, state: 'ready' });
    await bench.clock.pass(1500);
    expect(await bench.view(late)).toMatchObject({ fleet: MAIN });
    await bench.clock.pass(1500);
    expect(await bench.view(late)).toMatchObject({ fleet: BACKUP });
  });

  test('several steps are each taken at their own time, though no look at the first one falls there', async () => {
    const third = 'research/third';
    bench = await routed(
      {
        fallback: [step(['no-agent'], { afterMs: 10_000 }), step(['wait-above'], { afterMs: 11_000, fleet: third })],
      },
      { fleets: { [MAIN]: QUICK_TO_EXPIRE, [BACKUP]: fleet(), [third]: fleet() } },
    );
    await bench.accepted('runs');
    const id = await bench.accepted('waits');
    expect(await bench.taken('a-1')).toHaveLength(1);
    await bench.clock.pass(10_500);
    expect(await bench.view(id)).toMatchObject({ fleet: MAIN, state: 'ready' });
    await bench.clock.pass(2000);
    expect(await bench.view(id)).toMatchObject({ fleet: third, state: 'ready' });
  });

  test('rejected: what the queue refuses goes to another fleet at once', async () => {
    bench = await routed({
      queue: { maxDepth: 1, maxAgeMs: 60_000, onFull: 'reject' },
      fallback: [step(['rejected'], { afterMs: 60_000 })],
    });
    await bench.accepted('k-1');
    expect(await bench.submit('k-2')).toMatchObject({ response: { fleet: BACKUP } });
    expect(await bench.submit('k-3')).toMatchObject({ because: 'queue-full' });
  });

  test('the chain goes on to its next step, and where no fleet is left the task is parked', async () => {
    const third = 'research/third';
    bench = await routed(
      { fallback: [step(['no-agent']), step(['no-agent'], { fleet: third })] },
      { fleets: { [MAIN]: fleet(), [BACKUP]: fleet(), [third]: fleet() } },
    );
    const id = await bench.accepted('k');
    await bench.clock.pass(3000);
    expect(await bench.view(id)).toMatchObject({ fleet: BACKUP });
    await bench.clock.pass(3000);
    expect(await bench.view(id)).toMatchObject({ fleet: third });
    await bench.clock.pass(10_000);
    expect(await bench.view(id)).toMatchObject({ fleet: third, state: 'ready' });
    expect((await bench.why(id)).holds).toContainEqual(expect.objectContaining({ rule: 'no-agent' }));
  });
});

describe('Route.spec.fallback[].require.skills.*', () => {
  test('a step asks for its own skills, and is passed over when its fleet has not got them', async () => {
    const fallback = [
      { when: ['no-agent' as const], afterMs: 1000, fleet: BACKUP, require: [['poetry', 1] as const] },
      { when: ['no-agent' as const], afterMs: 1000, fleet: 'research/third', require: [['prose', 1] as const] },
    ];
    bench = await routed(
      { fallback },
      { fleets: { [MAIN]: fleet(), [BACKUP]: fleet(), 'research/third': fleet({ skills: { prose: 1 } }) } },
    );
    const id = await bench.accepted('k');
    await bench.clock.pass(2000);
    expect(await bench.view(id)).toMatchObject({ fleet: 'research/third' });
  });
});

const QUICK_TO_EXPIRE = fleet({ accepts: { summarize: accept({ queueMs: 15_000, heartbeatMs: 30_000 }) } });

const FAILS_AT_ONCE: Partial<RoutingTable> = {
  fleets: { [MAIN]: fleet({ accepts: { summarize: accept({ attempts: 1 }) } }), [BACKUP]: fleet() },
};

/** Fails so many tasks that the breaker of the build opens. */
async function openBreaker(): Promise<void> {
  for (let n = 0; n < 12; n += 1) {
    await bench.accepted(`fails-${n}`);
    const [task] = await bench.take('a-1');
    if (task !== undefined) await bench.fail(task, 'a-1', { error: 'Broken' });
  }
}

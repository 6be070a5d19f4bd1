import { describe, expect, test } from 'vitest';
import type { Expression } from '../../spec/contract/expression.ts';
import { parseExpression } from '../../spec/contract/expression-parser.ts';
import type { TableRoute } from '../../spec/contract/routing-table.ts';
import { fleet, route } from './testing/bench.ts';
import { BACKUP, MAIN, routed } from './testing/routed.ts';
import type { VirtualBench } from './testing/virtual-bench.ts';

/** One test for each field of a Route, named by its way in the language, against the whole scheduler. */
let bench: VirtualBench;

function condition(text: string): Expression {
  const parsed = parseExpression(text);
  if (!('expression' in parsed)) throw new Error(text);
  return parsed.expression;
}

async function fleetOf(key: string, given: Parameters<VirtualBench['submit']>[1] = {}): Promise<string | undefined> {
  const outcome = await bench.submit(key, given);
  return outcome.kind === 'accepted' ? outcome.response.fleet : outcome.kind;
}

describe('Route.metadata.name', () => {
  test('the answer to a submission names the route that took it', async () => {
    bench = await routed({ id: 'research/named' });
    expect(await bench.submit('k')).toMatchObject({ response: { route: 'research/named' } });
  });
});

describe('Route.spec.match.task', () => {
  test('another task type is not taken', async () => {
    bench = await routed({});
    expect(await bench.submit('k')).toMatchObject({ kind: 'accepted' });
    expect(await bench.submit('l', { task: 'translate' })).toEqual({ kind: 'unroutable', because: 'no-route' });
  });
});

describe('Route.spec.match.labels.*', () => {
  test('only tasks with the label are taken', async () => {
    bench = await routed({ labels: { tier: 'gold' } });
    expect(await bench.submit('k', { labels: { tier: 'gold', other: 'x' } })).toMatchObject({ kind: 'accepted' });
    expect(await bench.submit('l', { labels: { tier: 'tin' } })).toMatchObject({ kind: 'unroutable' });
    expect(await bench.submit('m')).toMatchObject({ kind: 'unroutable' });
  });
});

describe('Route.spec.match.where', () => {
  test('only tasks for which it holds are taken', async () => {
    bench = await routed({ where: condition("input.size > 3 && tenant == 'research'") });
    expect(await bench.submit('k', { input: { size: 4 } })).toMatchObject({ kind: 'accepted' });
    expect(await bench.submit('l', { input: { size: 3 } })).toMatchObject({ kind: 'unroutable' });
    expect(await bench.submit('m', { input: { size: '4' } })).toMatchObject({ kind: 'unroutable' });
  });
});

describe('Route.spec.precedence', () => {
  test('routes are tried in the order of the table, and the first that matches takes the task', async () => {
    const special = route({ id: 'research/special', labels: { tier: 'gold' }, to: [{ fleet: BACKUP, weight: 100 }] });
    bench = await routed({}, { routes: [special, route()] });
    expect(await fleetOf('k', { labels: { tier: 'gold' } })).toBe(BACKUP);
    expect(await fleetOf('l')).toBe(MAIN);
  });
});

describe('Route.spec.require.skills.*', () => {
  test('a fleet must have all skills at their levels, also those that a task names', async () => {
    const skills = { python: 2, review: 1 };
    bench = await routed(
      {
        require: [
          ['{input.language}', 2],
          ['review', 1],
        ],
      },
      { fleets: { [MAIN]: fleet({ skills }), [BACKUP]: fleet() } },
    );
    expect(await bench.submit('k', { input: { language: 'python' } })).toMatchObject({ kind: 'accepted' });
    expect(await bench.submit('l', { input: { language: 'review' } })).toMatchObject({ because: 'no-fleet' });
    expect(await bench.submit('m', { input: { language: 'cobol' } })).toMatchObject({ because: 'no-fleet' });
    expect(await bench.submit('n')).toMatchObject({ because: 'no-fleet' });
  });
});

describe('Route.spec.to.*', () => {
  test('fleets get their shares of the keys, and one key always goes to the same', async () => {
    const shares = [
      { fleet: MAIN, weight: 80 },
      { fleet: BACKUP, weight: 20 },
    ];
    bench = await routed({ to: shares });
    const first: (string | undefined)[] = [];
    for (let n = 0; n < 300; n += 1) first.push(await fleetOf(`k-${n}`));
    const share = first.filter((id) => id === BACKUP).length / first.length;
    expect(share).toBeGreaterThan(0.13);
    expect(share).toBeLessThan(0.27);
    bench = await routed({ to: shares });
    for (let n = 0; n < 300; n += 1) expect(await fleetOf(`k-${n}`)).toBe(first[n]);
  });
});

/** Two agents, one of which has had a task of the key `r` and is busy with another task now. */
async function boundToBusyAgent(mode: 'soft' | 'hard'): Promise<string> {
  bench = await routed({ affinity: { key: 'input.repo', mode, holdMs: 60_000, spillAfterMs: 5000 } });
  await bench.accepted('first', { input: { repo: 'r' } });
  const [first] = await bench.take('a-1');
  if (first === undefined) throw new Error('a-1 was to get the first task');
  await bench.complete(first, 'a-1');
  return bench.accepted('second', { input: { repo: 'r' } });
}

describe('Route.spec.affinity.key', () => {
  test('a task waits for the agent that has had its key, and one with another key does not', async () => {
    const second = await boundToBusyAgent('soft');
    const other = await bench.accepted('other', { input: { repo: 'q' } });
    expect(await bench.taken('a-2')).toEqual([other]);
    expect(await bench.taken('a-2')).toEqual([]);
    expect((await bench.why(second)).holds).toContainEqual(expect.objectContaining({ rule: 'affinity' }));
    expect(await bench.taken('a-1')).toEqual([second]);
  });
});

describe('Route.spec.affinity.mode', () => {
  test.each([
    { mode: 'hard', next: 'a-2' },
    { mode: 'soft', next: 'a-1' },
  ] as const)('$mode: after a spill the key belongs to $next', async ({ mode, next }) => {
    const second = await boundToBusyAgent(mode);
    await bench.clock.pass(6000);
    const [spilled] = await bench.take('a-2');
    expect(spilled?.id).toBe(second);
    if (spilled !== undefined) await bench.complete(spilled, 'a-2');
    const third = await bench.accepted('third', { input: { repo: 'r' } });
    const other = next === 'a-1' ? 'a-2' : 'a-1';
    expect(await bench.taken(other)).toEqual([]);
    expect(await bench.taken(next)).toEqual([third]);
  });
});

describe('Route.spec.affinity.hold', () => {
  test('a key that is not used for so long belongs to nobody', async () => {
    await boundToBusyAgent('hard');
    const [second] = await bench.take('a-1');
    if (second === undefined) throw new Error('a-1 was to get the second task');
    await bench.complete(second, 'a-1');
    await bench.clock.pass(59_000);
    await bench.accepted('in-time', { input: { repo: 'r' } });
    expect(await bench.taken('a-2')).toEqual([]);
    const [third] = await bench.take('a-1');
    if (third === undefined) throw new Error('a-1 was to get the third task');
    await bench.complete(third, 'a-1');
    await bench.clock.pass(61_000);
    const late = await bench.accepted('late', { input: { repo: 'r' } });
    expect(await bench.taken('a-2')).toEqual([late]);
  });
});

describe('Route.spec.affinity.spillAfter', () => {
  test('a task waits so long for its agent, and not longer', async () => {
    const second = await boundToBusyAgent('hard');
    await bench.clock.pass(3000);
    expect(await bench.taken('a-2')).toEqual([]);
    await bench.clock.pass(2000);
    expect(await bench.taken('a-2')).toEqual([second]);
  });
});

describe('Route.spec.priority.default', () => {
  test('it is the priority of a task for which no condition holds', async () => {
    bench = await routed({ priority: { default: 'low', when: [] } });
    expect(await bench.view(await bench.accepted('k'))).toMatchObject({ priority: 'low' });
  });
});

describe('Route.spec.priority.when[].if and Route.spec.priority.when[].then', () => {
  test('the first condition that holds decides, and what is urgent starts first', async () => {
    const when = [
      { if: condition("input.severity == 'sev1'"), then: 'critical' },
      { if: condition('has(input.severity)'), then: 'high' },
    ] as const;
    bench = await routed({ priority: { default: 'normal', when } });
    const normal = await bench.accepted('normal');
    const critical = await bench.accepted('critical', { input: { severity: 'sev1' } });
    const high = await bench.accepted('high', { input: { severity: 'sev2' } });
    expect(await bench.view(critical)).toMatchObject({ priority: 'critical' });
    expect(await bench.view(high)).toMatchObject({ priority: 'high' });
    expect(await bench.view(normal)).toMatchObject({ priority: 'normal' });
    for (let n = 0; n < 9; n += 1) await bench.accepted(`normal-${n}`);
    for (let n = 0; n < 9; n += 1) await bench.accepted(`critical-${n}`, { input: { severity: 'sev1' } });
    const first = await bench.take('a-1', { free: 10 });
    expect(first.filter(({ priority }) => priority === 'critical').length).toBeGreaterThanOrEqual(8);
  });
});

describe('Route.spec.priority.aging.every and Route.spec.priority.aging.max', () => {
  test('a waiting task rises by one after each time, up to the bound', async () => {
    bench = await routed({ priority: { default: 'low', when: [], aging: { everyMs: 5000, max: 'high' } } });
    const id = await bench.accepted('k');
    const seen: (string | undefined)[] = [];
    for (let n = 0; n < 5; n += 1) {
      seen.push((await bench.view(id)).priority);
      await bench.clock.pass(5200);
    }
    expect(seen).toEqual(['low', 'normal', 'high', 'high', 'high']);
  });
});

/** Names of the flows in the order in which their tasks start, one at a time. */
async function starts(count: number): Promise<readonly unknown[]> {
  const order: unknown[] = [];
  for (let n = 0; n < count; n += 1) {
    const [task] = await bench.take('a-1');
    if (task === undefined) break;
    order.push(task.input['user']);
    await bench.complete(task, 'a-1');
  }
  return order;
}

describe('Route.spec.fairness.key', () => {
  test('a flow of few tasks does not wait behind one of many', async () => {
    bench = await routed({ fairness: { key: 'input.user', weights: {} } });
    for (let n = 0; n < 20; n += 1) await bench.accepted(`many-${n}`, { input: { user: 'many' } });
    for (let n = 0; n < 3; n += 1) await bench.accepted(`few-${n}`, { input: { user: 'few' } });
    expect((await starts(7)).filter((user) => user === 'few')).toHaveLength(3);
  });
});

describe('Route.spec.fairness.weights.*', () => {
  test('a flow of three times the weight starts three times as many', async () => {
    bench = await routed({ fairness: { key: 'input.user', weights: { big: 3 } } });
    for (let n = 0; n < 24; n += 1) await bench.accepted(`small-${n}`, { input: { user: 'small' } });
    for (let n = 0; n < 24; n += 1) await bench.accepted(`big-${n}`, { input: { user: 'big' } });
    const big = (await starts(24)).filter((user) => user === 'big').length;
    expect(big).toBeGreaterThanOrEqual(17);
    expect(big).toBeLessThanOrEqual(19);
  });
});

describe('Route.spec.limits.inFlight', () => {
  test('no more tasks run at once, and the next starts when one ends', async () => {
    bench = await routed({ limits: { inFlight: 2 } });
    for (let n = 0; n < 3; n += 1) await bench.accepted(`k-${n}`);
    const running = await bench.take('a-1', { free: 8 });
    expect(running).toHaveLength(2);
    expect(await bench.taken('a-2')).toEqual([]);
    if (running[0] !== undefined) await bench.complete(running[0], 'a-1');
    expect(await bench.taken('a-2')).toHaveLength(1);
  });
});

describe('Route.spec.limits.rate', () => {
  test('a burst starts at once, then one after each interval', async () => {
    bench = await routed({ limits: { rate: { count: 2, perMs: 10_000 } } });
    for (let n = 0; n < 4; n += 1) await bench.accepted(`k-${n}`);
    expect(await bench.taken('a-1', { free: 8 })).toHaveLength(2);
    expect(await bench.taken('a-1', { free: 8, waitMs: 4000 })).toEqual([]);
    expect(await bench.taken('a-1', { free: 8, waitMs: 2000 })).toHaveLength(1);
    expect(await bench.taken('a-1', { free: 8, waitMs: 4000 })).toEqual([]);
  });
});

describe('Route.spec.limits.inFlight and Route.spec.limits.rate of a route with several fleets', () => {
  const to = [
    { fleet: MAIN, weight: 50 },
    { fleet: BACKUP, weight: 50 },
  ];
  /** How many both start within so many seconds, of tasks that do not end. */
  async function started(limits: TableRoute['limits'], seconds: number): Promise<number> {
    bench = await routed({ to, limits });
    for (let n = 0; n < 40; n += 1) await bench.accepted(`k-${n}`);
    let count = 0;
    for (let second = 0; second < seconds; second += 1) {
      await bench.clock.pass(1000);
      count += (await bench.take('a-1', { free: 8, waitMs: 0 })).length;
      count += (await bench.take('b-1', { fleet: BACKUP, free: 8, waitMs: 0 })).length;
    }
    return count;
  }

  test('together they run no more, and start no more often, than the route may', async () => {
    expect(await started({ inFlight: 3 }, 3)).toBe(3);
    const count = await started({ rate: { count: 1, perMs: 2000 } }, 20);
    expect(count).toBeGreaterThanOrEqual(9);
    expect(count).toBeLessThanOrEqual(12);
  });
});

describe('Route.spec.limits.perKey.key, Route.spec.limits.perKey.max and Route.spec.limits.perKey.onFull', () => {
  const perKey = { key: 'input.repo', max: 1 };

  test('queue: one of a key runs, the next is held until it ends, and other keys are not', async () => {
    bench = await routed({ limits: { perKey: { ...perKey, onFull: 'queue' } } });
    const first = await bench.accepted('k-1', { input: { repo: 'r' } });
    const second = await bench.accepted('k-2', { input: { repo: 'r' } });
    const other = await bench.accepted('k-3', { input: { repo: 'q' } });
    const running = await bench.take('a-1', { free: 8 });
    expect(running.map(({ id }) => id).sort()).toEqual([first, other].sort());
    expect(await bench.taken('a-2')).toEqual([]);
    const one = running.find(({ id }) => id === first);
    if (one !== undefined) await bench.complete(one, 'a-1');
    expect(await bench.taken('a-2')).toEqual([second]);
  });

  test('as many of a key run as it says, and no more', async () => {
    bench = await routed({ limits: { perKey: { key: 'input.repo', max: 2, onFull: 'queue' } } });
    for (const key of ['k-1', 'k-2', 'k-3']) await bench.accepted(key, { input: { repo: 'r' } });
    expect(await bench.taken('a-1', { free: 8 })).toHaveLength(2);
  });

  test('reject: a second one of the key is refused while the first is open', async () => {
    bench = await routed({ limits: { perKey: { ...perKey, onFull: 'reject' } } });
    await bench.accepted('k-1', { input: { repo: 'r' } });
    expect(await bench.submit('k-2', { input: { repo: 'r' } })).toMatchObject({ because: 'key-full' });
    expect(await bench.submit('k-3', { input: { repo: 'q' } })).toMatchObject({ kind: 'accepted' });
    const running = await bench.take('a-1', { free: 8 });
    for (const one of running) await bench.complete(one, 'a-1');
    expect(await bench.submit('k-4', { input: { repo: 'r' } })).toMatchObject({ kind: 'accepted' });
  });
});

describe('Route.spec.dedupe.key, Route.spec.dedupe.onHit and Route.spec.dedupe.window', () => {
  const dedupe = { key: '{input.repo}@{input.commit}', windowMs: 10_000 };
  const input = { repo: 'r', commit: 'c' };

  test('join: the second submitter gets the task of the first, until the window is over', async () => {
    bench = await routed({ dedupe: { ...dedupe, onHit: 'join' } });
    const id = await bench.accepted('k-1', { input });
    expect(await bench.submit('k-2', { input })).toMatchObject({ response: { id, duplicate: 'joined' } });
    expect(await bench.accepted('k-3', { input: { ...input, commit: 'd' } })).not.toBe(id);
    await bench.clock.pass(9000);
    expect(await bench.accepted('k-4', { input })).toBe(id);
    await bench.clock.pass(1100);
    expect(await bench.accepted('k-5', { input })).not.toBe(id);
  });

  test('the window is that of the first task, whether it waits, runs or has ended', async () => {
    bench = await routed({ dedupe: { ...dedupe, onHit: 'join' } });
    const id = await bench.accepted('k-1', { input });
    const [task] = await bench.take('a-1');
    expect(await bench.accepted('k-2', { input })).toBe(id);
    if (task !== undefined) await bench.complete(task, 'a-1');
    await bench.clock.pass(5000);
    expect(await bench.accepted('k-3', { input })).toBe(id);
    expect(await bench.taken('a-1', { free: 8 })).toEqual([]);
    await bench.clock.pass(5100);
    expect(await bench.accepted('k-4', { input })).not.toBe(id);
  });

  test('a task without a value of the key is the same as none', async () => {
    bench = await routed({ dedupe: { ...dedupe, onHit: 'reject' } });
    for (const key of ['k-1', 'k-2']) {
      expect(await bench.submit(key, { input: { repo: 'r' } })).toMatchObject({ kind: 'accepted' });
    }
  });

  test('reject: the second submitter is told of the first task', async () => {
    bench = await routed({ dedupe: { ...dedupe, onHit: 'reject' } });
    const id = await bench.accepted('k-1', { input });
    expect(await bench.submit('k-2', { input })).toEqual({ kind: 'duplicate', of: id });
  });
});

describe('Route.spec.queue.maxDepth and Route.spec.queue.onFull', () => {
  const when = [{ if: condition('input.urgent == true'), then: 'high' }] as const;

  test('reject: one more than may wait is refused, however urgent it is', async () => {
    bench = await routed({
      priority: { default: 'low', when },
      queue: { maxDepth: 2, maxAgeMs: 60_000, onFull: 'reject' },
    });
    await bench.accepted('k-1');
    await bench.accepted('k-2');
    const urgent = { input: { urgent: true } };
    expect(await bench.submit('k-3', urgent)).toMatchObject({ kind: 'refused', because: 'queue-full' });
    expect(await bench.taken('a-1')).toHaveLength(1);
    expect(await bench.submit('k-4')).toMatchObject({ kind: 'accepted' });
  });

  test('shed-lowest: a more urgent one takes the place of the least urgent', async () => {
    bench = await routed({
      priority: { default: 'low', when },
      queue: { maxDepth: 2, maxAgeMs: 60_000, onFull: 'shed-lowest' },
    });
    const ids = [await bench.accepted('k-1'), await bench.accepted('k-2')];
    expect(await bench.submit('k-3')).toMatchObject({ kind: 'refused', because: 'queue-full' });
    await bench.accepted('k-4', { input: { urgent: true } });
    const states = await Promise.all(ids.map(async (id) => (await bench.scheduler.task(id))?.state));
    expect(states.filter((state) => state === 'ready')).toHaveLength(1);
  });
});

describe('Route.spec.queue.maxAge', () => {
  test('a task that has waited so long ends as expired', async () => {
    bench = await routed({ queue: { maxDepth: 10, maxAgeMs: 5000, onFull: 'reject' } });
    const id = await bench.accepted('k');
    await bench.clock.pass(4500);
    expect(await bench.view(id)).toMatchObject({ state: 'ready' });
    await bench.clock.pass(1000);
    expect(await bench.view(id)).toMatchObject({ state: 'expired' });
  });
});

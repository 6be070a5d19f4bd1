import type { Assignment } from '../../spec/contract/protocol.ts';
import type { ChangeOutcome, SettleOutcome, SubmitOutcome } from '../core/scheduler.ts';
import { digestOf } from '../loops/submission-digest.ts';
import { call, type Network } from './network.ts';
import type { Outside } from './outside.ts';
import { URGENT } from './table.ts';
import type { World } from './world.ts';

/** What people and agents do with schedulers. */
const POLL_TIMEOUT_MS = 30_000;
const ATTEMPTS_MAX = 60;
export const TENANTS = ['acme', 'umbrella', 'initech'] as const;

/** Submits one task until it is told what became of it; sometimes changes its mind afterwards. */
export async function submitter(world: World, network: Network, outside: Outside, key: string): Promise<void> {
  const { random } = world;
  const urgent = random.chance(0.2);
  const request = {
    task: 'work',
    input: { key, group: `g-${random.whole(0, 3)}` },
    ...(random.chance(0.1) && { delayMs: random.whole(1, 2000) }),
    ...(urgent && { labels: URGENT }),
  };
  const tenant = random.pick(TENANTS);
  outside.submit(key, urgent);
  const heard = (outcome: SubmitOutcome): void => {
    if (outcome.kind === 'accepted') outside.accept(outcome.response.id, key);
    if (outcome.kind === 'conflict') outside.violate('conflict', `${key} was submitted once only`);
  };
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const outcome = await call(world, network, {
      from: key,
      make: (scheduler) => scheduler.submit({ tenant, subject: 'submitter', key, bytes: 20, request }),
      heardAgain: heard,
    });
    world.note(
      `submit:${outcome?.kind === 'accepted' ? outcome.response.status : (outcome?.kind ?? 'no-answer')}`,
      key,
    );
    if (outcome !== undefined) heard(outcome);
    if (outcome?.kind === 'accepted') {
      if (random.chance(0.3)) void reader(world, network, outside, outcome.response.id);
      if (random.chance(0.06)) await change(world, network, outside, outcome.response.id);
      return;
    }
    await world.pause(random.between(20, 200) * 2 ** Math.min(attempt, 5));
  }
}

/** Uses a key for a thing of its own, while somebody else uses it for another one, until it is told what became of it. */
export async function rival(
  world: World,
  network: Network,
  outside: Outside,
  { tenant, key, side }: { readonly tenant: string; readonly key: string; readonly side: string },
): Promise<void> {
  const request = { task: 'work', input: { key, group: 'g-0', side } };
  const heard = (outcome: SubmitOutcome): void => {
    // Who hears that has been told, also when a copy of the call was accepted before.
    if (outcome.kind === 'conflict') outside.giveWay(outcome.id, digestOf(request));
    if (outcome.kind !== 'accepted') return;
    outside.accept(outcome.response.id, key);
    outside.acceptRival(outcome.response.id, digestOf(request));
  };
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const outcome = await call(world, network, {
      from: `${key}-${side}`,
      make: (scheduler) => scheduler.submit({ tenant, subject: 'submitter', key, bytes: 20, request }),
      heardAgain: heard,
    });
    world.note(`rival:${outcome?.kind ?? 'no-answer'}`, `${key} ${side}`);
    if (outcome !== undefined) heard(outcome);
    if (outcome?.kind === 'accepted' || outcome?.kind === 'conflict') return;
    await world.pause(world.aside.between(20, 200) * 2 ** Math.min(attempt, 5));
  }
}

/** Asks for a task that was accepted, as whoever was given its id: no scheduler may say that there is none. */
async function reader(world: World, network: Network, outside: Outside, id: string): Promise<void> {
  await world.pause(world.random.chance(0.5) ? 0 : world.random.between(0, 3000));
  const answer = await call(world, network, {
    from: 'reader',
    make: async (scheduler) => ({ view: await scheduler.task(id) }),
  });
  world.note(`read:${answer === undefined ? 'no-answer' : (answer.view?.state ?? 'nothing')}`, id);
  if (answer !== undefined && answer.view === undefined) outside.violate('denied', id);
}

async function change(world: World, network: Network, outside: Outside, id: string): Promise<void> {
  await world.pause(world.random.between(0, 3000));
  const cancels = world.random.chance(0.7);
  const heard = (outcome: ChangeOutcome): void => {
    if (cancels && outcome.kind === 'done') outside.cancelled.add(id);
    if (cancels && outcome.kind === 'asked') outside.cancelAsked.add(id);
  };
  if (!cancels) outside.mayRunAgain(id);
  const outcome = await call(world, network, {
    from: 'somebody',
    make: (scheduler) => (cancels ? scheduler.cancel(id, 'changed-my-mind') : scheduler.redrive(id)),
    heardAgain: heard,
  });
  world.note(`${cancels ? 'cancel' : 'redrive'}:${outcome?.kind ?? 'no-answer'}`, id);
  if (outcome !== undefined) heard(outcome);
}

/** Pauses, drains, lists and redrives, until it is told to stop. What it leaves behind is for `resume`. */
export async function operator(
  world: World,
  network: Network,
  outside: Outside,
  fleets: readonly string[],
  isOver: () => boolean,
): Promise<void> {
  const { random } = world;
  const from = 'operator';
  while (!isOver()) {
    await world.pause(random.between(200, 3000));
    const fleet = random.pick(fleets);
    const what = random.pick(['pause', 'resume', 'drain', 'dead', 'look'] as const);
    world.note(`operator:${what}`);
    await call<unknown>(world, network, {
      from,
      make: async (scheduler) => {
        if (what === 'pause') return scheduler.pause(fleet, 'lunch');
        if (what === 'resume') return scheduler.resume(fleet);
        if (what === 'drain') return scheduler.drain(fleet, random.pick(['v1', 'v2']));
        if (what === 'look') return scheduler.fleet(fleet);
        const { tasks } = await scheduler.tasks({ fleet, of: 'dead', limit: 10 });
        for (const { id } of tasks) outside.mayRunAgain(id);
        return Promise.all(tasks.map(({ id }) => scheduler.redrive(id)));
      },
    });
  }
}

/** An agent's process; a new one with the same name takes its place. */
export interface AgentProcess {
  alive: boolean;
  /** Until when it stands still. */
  frozenUntil: number;
}

export interface AgentHabits {
  readonly fleet: string;
  readonly name: string;
  readonly build: string;
  readonly slots: number;
  /** How long a task takes at most. */
  workMs: number;
  /** Share of runs that fail. */
  failures: number;
  /** It goes when it is asked to. */
  readonly leaves: boolean;
}

/** Polls, works, and tells, until it dies, or goes. */
export async function agent(
  world: World,
  network: Network,
  outside: Outside,
  process: AgentProcess,
  habits: AgentHabits,
): Promise<void> {
  const { fleet, name, build, slots } = habits;
  let busy = 0;
  let freed = (): void => undefined;
  const begin = (task: Assignment): void => {
    busy += 1;
    const more = (): boolean => busy >= slots;
    void work(world, network, outside, process, { ...habits, more }, task).then((next) => {
      busy -= 1;
      if (process.alive) next.forEach(begin);
      freed();
    });
  };
  while (process.alive) {
    await thaw(world, process);
    if (busy >= slots) {
      await new Promise<void>((resolve) => {
        freed = resolve;
      });
      continue;
    }
    const gone = new AbortController();
    const request = { build, slots, free: slots - busy, waitMs: 20_000 };
    const answer = await call(world, network, {
      from: name,
      make: (scheduler) => scheduler.poll({ fleet, name }, request, gone.signal),
      timeoutMs: POLL_TIMEOUT_MS,
    });
    gone.abort('over');
    if (!process.alive) return;
    if (answer === undefined) await world.pause(world.random.between(10, 200));
    for (const task of answer?.tasks ?? []) begin(task);
    if (answer?.drain === true && habits.leaves) break;
  }
  while (process.alive && busy > 0) {
    await new Promise<void>((resolve) => {
      freed = resolve;
    });
  }
}

/** How long a task takes at most when all is well: well below the time that a table gives a run. */
export const HEALTHY_MS = 200;

/** Runs a task; gives what came with the answer to its completion. */
export async function work(
  world: World,
  network: Network,
  outside: Outside,
  process: AgentProcess,
  habits: AgentHabits & { readonly more: () => boolean },
  task: Assignment,
): Promise<readonly Assignment[]> {
  const { random } = world;
  const { id, token } = task;
  const me = { fleet: habits.fleet, name: habits.name };
  world.note('start', `${habits.name} ${id} ${token}`);
  outside.start(task, `${habits.fleet}/${habits.name}`);
  const until = world.now + random.between(1, habits.workMs);
  while (world.now < until) {
    await world.pause(Math.min(until - world.now, task.heartbeatMs / 3));
    await thaw(world, process);
    if (!process.alive) return [];
    if (world.now >= until) break;
    const beat = await call(world, network, {
      from: habits.name,
      make: (scheduler) => scheduler.heartbeat(me, [{ id, token }]),
      heardAgain: () => undefined,
    });
    const said = beat?.tasks[0];
    if (said?.lease === 'gone') return [];
    // One that only stops leaves it to the lease to run out.
    if (said?.cancel === true && random.chance(0.5)) return [];
    if (said?.cancel === true) break;
  }
  outside.worked(token);
  const chance = random.next();
  const end = chance < habits.failures ? 'failed' : random.chance(0.02) ? 'released' : 'completed';
  const why = failure(random.next());
  const heard = (outcome: SettleOutcome): void => {
    if (end === 'completed' && outcome.kind === 'settled') outside.complete(id, token);
  };
  if (end !== 'completed') outside.mayRunAgain(id);
  const takesMore = random.chance(0.7) && habits.more();
  for (let attempt = 0; attempt < ATTEMPTS_MAX && process.alive; attempt += 1) {
    const gone = new AbortController();
    const request = { build: habits.build, slots: habits.slots, free: 1 };
    const next = takesMore ? { request, signal: gone.signal } : undefined;
    const outcome = await call(world, network, {
      from: habits.name,
      make: (scheduler) => {
        const run = { id, token, agent: me };
        if (end === 'released') return scheduler.release(run);
        return end === 'failed' ? scheduler.fail(run, why) : scheduler.complete(run, { by: habits.name }, next);
      },
      heardAgain: heard,
    });
    // It was told, and dies before it can say so to anyone.
    gone.abort('over');
    if (!process.alive) return [];
    if (outcome !== undefined) {
      world.note(outcome.kind === 'settled' ? end : `settle:${outcome.kind}`, `${habits.name} ${id} ${token}`);
      heard(outcome);
      const found = outcome.kind === 'settled' ? (outcome.next?.tasks ?? []) : [];
      if (found.length > 0) world.note('took-next', `${habits.name} ${found.length}`);
      return found;
    }
    await world.pause(random.between(20, 400));
  }
  return [];
}

function failure(chance: number): { readonly error: string; readonly retryAfterMs?: number } {
  if (chance < 0.1) return { error: 'Never' };
  return { error: 'Broken', ...(chance < 0.3 && { retryAfterMs: 300 }) };
}

async function thaw(world: World, process: AgentProcess): Promise<void> {
  while (process.alive && world.now < process.frozenUntil) await world.pause(process.frozenUntil - world.now + 1);
}

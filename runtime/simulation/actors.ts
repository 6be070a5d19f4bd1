import type { Assignment } from '../../spec/contract/protocol.ts';
import type { RunningScheduler } from '../loops/scheduler.ts';
import { StoreFailure } from '../store/store-failure.ts';
import type { Outside } from './outside.ts';
import type { World } from './world.ts';

/** Schedulers as a submitter or an agent reaches them: some are down, and calls and answers get lost. */
export interface Network {
  readonly schedulers: readonly (() => RunningScheduler | undefined)[];
  lostCalls: number;
  lostAnswers: number;
  delayMs: number;
}

const TIMEOUT_MS = 30_000;
const GIVE_UP_MS = 5000;

/** One call over the network; nothing when there was no answer. */
async function call<Answer>(
  world: World,
  network: Network,
  make: (scheduler: RunningScheduler) => Promise<Answer>,
  timeoutMs = GIVE_UP_MS,
): Promise<Answer | undefined> {
  const { random } = world;
  await world.pause(random.between(0.1, 1 + network.delayMs));
  const scheduler = random.pick(network.schedulers)();
  if (scheduler === undefined || random.chance(network.lostCalls)) {
    await world.pause(random.between(1, 50));
    return undefined;
  }
  const answer = await Promise.race([
    make(scheduler).catch((error: unknown) => {
      if (error instanceof StoreFailure) return undefined;
      throw error;
    }),
    world.pause(timeoutMs).then(() => undefined),
  ]);
  await world.pause(random.between(0.1, 1 + network.delayMs));
  if (answer !== undefined && random.chance(network.lostAnswers)) {
    world.note('fault:reply-lost');
    return undefined;
  }
  return answer;
}

/** Submits one task until it is told what became of it; sometimes changes its mind afterwards. */
export async function submitter(world: World, network: Network, outside: Outside, key: string): Promise<void> {
  const { random } = world;
  const request = { task: 'work', input: { key }, ...(random.chance(0.1) && { delayMs: random.whole(1, 2000) }) };
  outside.submitted.add(key);
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const outcome = await call(world, network, (scheduler) =>
      scheduler.submit({ tenant: 'acme', subject: 'submitter', key, bytes: 20, request }),
    );
    if (outcome?.kind === 'accepted') {
      world.note(`submit:${outcome.response.status}`, key);
      outside.accept(outcome.response.id, key);
      if (random.chance(0.03)) await change(world, network, outcome.response.id);
      return;
    }
    world.note(`submit:${outcome?.kind ?? 'no-answer'}`, key);
    if (outcome?.kind === 'conflict') outside.violate('conflict', `${key} was submitted once only`);
    await world.pause(random.between(20, 200) * 2 ** Math.min(attempt, 5));
  }
}

const ATTEMPTS_MAX = 60;

async function change(world: World, network: Network, id: string): Promise<void> {
  await world.pause(world.random.between(0, 3000));
  if (world.random.chance(0.7)) {
    const outcome = await call(world, network, (scheduler) => scheduler.cancel(id, 'changed-my-mind'));
    world.note(`cancel:${outcome?.kind ?? 'no-answer'}`, id);
  } else {
    const outcome = await call(world, network, (scheduler) => scheduler.redrive(id));
    world.note(`redrive:${outcome?.kind ?? 'no-answer'}`, id);
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
  readonly workMs: number;
  /** Share of runs that fail. */
  readonly failures: number;
}

/** Polls, works, and tells, until it dies. */
export async function agent(
  world: World,
  network: Network,
  outside: Outside,
  process: AgentProcess,
  habits: AgentHabits,
): Promise<void> {
  const { fleet, name, build, slots } = habits;
  let busy = 0;
  while (process.alive) {
    await thaw(world, process);
    if (busy >= slots) {
      await world.pause(5);
      continue;
    }
    const gone = new AbortController();
    const request = { build, slots, free: slots - busy, waitMs: 20_000 };
    const answer = await call(
      world,
      network,
      (scheduler) => scheduler.poll({ fleet, name }, request, gone.signal),
      TIMEOUT_MS,
    );
    gone.abort('over');
    if (!process.alive) return;
    if (answer === undefined) await world.pause(world.random.between(10, 200));
    for (const task of answer?.tasks ?? []) {
      busy += 1;
      void work(world, network, outside, process, habits, task).then(() => {
        busy -= 1;
      });
    }
  }
}

async function work(
  world: World,
  network: Network,
  outside: Outside,
  process: AgentProcess,
  habits: AgentHabits,
  task: Assignment,
): Promise<void> {
  const { random } = world;
  const { id, token } = task;
  const me = { fleet: habits.fleet, name: habits.name };
  world.note('start', `${habits.name} ${id} ${token}`);
  outside.start(id, String(task.input['key']), token, `${habits.fleet}/${habits.name}`);
  const until = world.now + random.between(1, habits.workMs);
  while (world.now < until) {
    await world.pause(Math.min(until - world.now, task.heartbeatMs / 3));
    await thaw(world, process);
    if (!process.alive) return;
    if (world.now >= until) break;
    const beat = await call(world, network, (scheduler) => scheduler.heartbeat(me, [{ id, token }]));
    const said = beat?.tasks[0];
    if (said?.lease === 'gone') return;
    if (said?.cancel === true) break;
  }
  const fails = random.chance(habits.failures);
  const released = !fails && random.chance(0.02);
  for (let attempt = 0; attempt < ATTEMPTS_MAX && process.alive; attempt += 1) {
    const outcome = await call(world, network, (scheduler) => {
      const run = { id, token, agent: me };
      if (released) return scheduler.release(run);
      return fails ? scheduler.fail(run, failure(random.next())) : scheduler.complete(run, { by: habits.name });
    });
    if (!process.alive) return;
    if (outcome?.kind === 'settled') {
      world.note(fails ? 'failed' : released ? 'released' : 'completed', `${habits.name} ${id} ${token}`);
      if (!fails && !released) outside.complete(id, token);
      return;
    }
    if (outcome !== undefined) {
      world.note(`settle:${outcome.kind}`, `${habits.name} ${id} ${token}`);
      return;
    }
    await world.pause(random.between(20, 400));
  }
}

function failure(chance: number): { readonly error: string; readonly retryAfterMs?: number } {
  if (chance < 0.1) return { error: 'Never' };
  return { error: 'Broken', ...(chance < 0.3 && { retryAfterMs: 300 }) };
}

async function thaw(world: World, process: AgentProcess): Promise<void> {
  while (process.alive && world.now < process.frozenUntil) await world.pause(process.frozenUntil - world.now + 1);
}

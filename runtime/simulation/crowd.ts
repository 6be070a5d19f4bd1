import { agent, HEALTHY_MS, rival, submitter, TENANTS, type AgentHabits, type AgentProcess } from './actors.ts';
import { register } from './drains.ts';
import type { Network } from './network.ts';
import type { Outside } from './outside.ts';
import { BACKUP, buildsOf, FLEET } from './table.ts';
import type { World } from './world.ts';

/** An agent and its machine: it dies, and is started again. */
export interface SimAgent {
  readonly fleet: string;
  readonly name: string;
  readonly build: string;
  /** How often it has gone because it was asked to. */
  readonly gone: () => number;
  crash(): void;
  heal(): void;
  stop(): void;
}

/** At least one agent of every build in each fleet, so that no task waits for one that never comes. */
export function startAgents(
  world: World,
  network: Network,
  outside: Outside,
  untilMs: number,
  leaves: boolean,
): SimAgent[] {
  const { random } = world;
  const failures = random.chance(0.5) ? random.between(0, 0.7) : 0;
  const workMs = random.pick([20, 200, 2000]);
  const unlucky = random.chance(0.6);
  const builds = Object.keys(buildsOf(2));
  const named = [
    ...Array.from({ length: random.whole(2, 6) }, (_, at) => ({ fleet: FLEET, name: `w-${at}`, at })),
    ...Array.from({ length: 2 }, (_, at) => ({ fleet: BACKUP, name: `b-${at}`, at })),
  ];
  return named.map(({ fleet, name, at }) => {
    const build = builds[at % builds.length] ?? '';
    const habits = { fleet, name, build, slots: random.whole(1, 3), workMs, failures, leaves };
    return startAgent(world, network, outside, habits, unlucky ? untilMs : 0);
  });
}

function startAgent(
  world: World,
  network: Network,
  outside: Outside,
  habits: AgentHabits,
  unluckyUntilMs: number,
): SimAgent {
  const { random } = world;
  let process: AgentProcess = { alive: false, frozenUntil: 0 };
  let gone = 0;
  const start = (): void => {
    const life = { alive: true, frozenUntil: 0 };
    process = life;
    void agent(world, network, outside, life, habits).then(() => {
      if (life.alive) leave();
    });
  };
  /** A new process takes its place, as after every update. */
  const leave = (): void => {
    world.note('agent:gone', habits.name);
    gone += 1;
    const life = { alive: true, frozenUntil: 0 };
    process = life;
    void register(world, network, life, habits).then(() => {
      if (life.alive && process === life) start();
    });
  };
  const one: SimAgent = {
    fleet: habits.fleet,
    name: habits.name,
    build: habits.build,
    gone: () => gone,
    crash: () => {
      if (!process.alive) return;
      world.note('fault:agent-crash', habits.name);
      process.alive = false;
      world.after(random.between(50, 4000), () => {
        if (!process.alive) start();
      });
    },
    heal: () => {
      process.frozenUntil = 0;
      // A breaker would rightly keep a build closed that goes on failing.
      Object.assign(habits, { failures: 0, workMs: Math.min(habits.workMs, HEALTHY_MS) });
      // One that never came back would hold its fleet's tasks for good.
      if (!process.alive) start();
    },
    stop: () => {
      process.alive = false;
    },
  };
  const misfortune = (): void => {
    if (world.now >= unluckyUntilMs) return;
    if (random.chance(0.5)) one.crash();
    else {
      world.note('fault:agent-frozen', habits.name);
      process.frozenUntil = world.now + random.between(100, 8000);
    }
    world.after(random.between(1000, 10_000), misfortune);
  };
  start();
  if (unluckyUntilMs > 0) world.after(random.between(500, 10_000), misfortune);
  return one;
}

/** Those who submit, each at a time of its own; tells how many have not heard yet. */
export function startSubmitters(
  world: World,
  network: Network,
  outside: Outside,
  tasks: number,
  withinMs: number,
): () => number {
  let waiting = tasks;
  for (let task = 0; task < tasks; task += 1) {
    world.after(world.random.between(0, withinMs), () => {
      void submitter(world, network, outside, `k-${task}`).then(() => {
        waiting -= 1;
      });
    });
  }
  return () => waiting;
}

/** In some seeds keys that are used for two things, at about the same time; tells how many have not heard yet. */
export function startRivals(world: World, network: Network, outside: Outside, withinMs: number): () => number {
  const { aside } = world;
  const keys = aside.chance(0.3) ? aside.whole(1, 4) : 0;
  let waiting = 2 * keys;
  for (let number = 0; number < keys; number += 1) {
    const key = `r-${number}`;
    const tenant = aside.pick(TENANTS);
    const atMs = aside.between(0, withinMs);
    outside.submit(key, false);
    for (const side of ['one', 'other'] as const) {
      world.after(atMs + aside.between(0, RIVALS_WITHIN_MS), () => {
        void rival(world, network, outside, { tenant, key, side }).then(() => {
          waiting -= 1;
        });
      });
    }
  }
  return () => waiting;
}

const RIVALS_WITHIN_MS = 1000;

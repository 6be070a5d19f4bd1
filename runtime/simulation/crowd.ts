import { agent, submitter, type AgentHabits, type AgentProcess } from './actors.ts';
import type { Network } from './network.ts';
import type { Outside } from './outside.ts';
import { BACKUP, buildsOf, FLEET } from './table.ts';
import type { World } from './world.ts';

/** An agent and its machine: it dies, and is started again. */
export interface SimAgent {
  readonly name: string;
  crash(): void;
  heal(): void;
  stop(): void;
}

/** At least one agent of every build in each fleet, so that no task waits for one that never comes. */
export function startAgents(world: World, network: Network, outside: Outside, untilMs: number): SimAgent[] {
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
    const habits = { fleet, name, build, slots: random.whole(1, 3), workMs, failures };
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
  const start = (): void => {
    process = { alive: true, frozenUntil: 0 };
    void agent(world, network, outside, process, habits);
  };
  const one: SimAgent = {
    name: habits.name,
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

/** Well below the time that a table gives a run. */
const HEALTHY_MS = 200;

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

import type { AgentName } from '../core/scheduler.ts';
import type { AgentHabits, AgentProcess } from './actors.ts';
import { call, type Network } from './network.ts';
import type { World } from './world.ts';

/** Asks single agents to go, until it is told to stop. */
export async function drainer(
  world: World,
  network: Network,
  agents: readonly AgentName[],
  isOver: () => boolean,
): Promise<void> {
  while (!isOver()) {
    await world.pause(world.aside.between(500, 4000));
    await drainAgent(world, network, world.aside.pick(agents));
  }
}

/** Whether somebody was told that it goes. */
export async function drainAgent(world: World, network: Network, name: AgentName): Promise<boolean> {
  const answer = await call(world, network, {
    from: 'drainer',
    make: async (scheduler) => ({ isKnown: await scheduler.drainAgent(name) }),
    timeoutMs: DRAIN_TIMEOUT_MS,
  });
  const said = answer?.isKnown === true ? 'done' : 'unknown';
  world.note(`drain-agent:${answer === undefined ? 'no-answer' : said}`, name.name);
  return said === 'done';
}

/** A scheduler that does not know the agent waits for the others. */
const DRAIN_TIMEOUT_MS = 10_000;

/** A new process under a name that was asked to go: until it is heard, it would be taken for the old one. */
export async function register(
  world: World,
  network: Network,
  process: AgentProcess,
  { fleet, name, build, slots }: AgentHabits,
): Promise<void> {
  while (process.alive) {
    const answer = await call(world, network, {
      from: name,
      make: async (scheduler) => Promise.resolve(scheduler.register(fleet, { name, build, slots })),
    });
    // Another table is in force there, and comes here.
    if (answer?.kind === 'registered') return;
    await world.pause(world.aside.between(50, 500));
  }
}

import { expect, test } from 'vitest';
import { agent, submitter, type AgentProcess } from './actors.ts';
import { Host } from './host.ts';
import type { Network } from './network.ts';
import { Outside } from './outside.ts';
import { watchShards } from './shard-watch.ts';
import { SimServer } from './sim-server.ts';
import { FLEET } from './table.ts';
import { World } from './world.ts';

const AGENTS = 1000;
const PER_SECOND = 50;

test(
  'a thousand agents that all come back at once do not double the load of the store',
  { timeout: 120_000 },
  async () => {
    const world = new World(1);
    const server = new SimServer(world);
    const outside = new Outside(world, false);
    const shape = {
      perKey: false,
      affinity: false,
      aging: false,
      rate: false,
      external: false,
      pushed: false,
      queueMs: 600_000,
      runMs: 20_000,
    };
    watchShards(server, outside, shape);
    const names = ['s-0', 's-1'];
    const hosts = names.map(
      (name) => new Host(name, { world, server, names, shape, mutant: undefined, onConflict: () => undefined }),
    );
    for (const host of hosts) void host.start();
    const quiet = { lostCalls: 0, lostAnswers: 0, repeated: 0, delayMs: 2, cuts: new Map() };
    const network: Network = { schedulers: hosts.map((host) => () => host.scheduler), ...quiet };
    const process: AgentProcess = { alive: true, frozenUntil: 0 };
    for (let count = 0; count < AGENTS; count += 1) {
      const habits = {
        fleet: FLEET,
        name: `w-${count}`,
        build: 'v1',
        slots: 1,
        workMs: 20,
        failures: 0,
        leaves: false,
      };
      void agent(world, network, outside, process, habits);
    }
    const perSecond: number[] = [];
    let batches = 0;
    server.onApplied(() => {
      batches += 1;
    });
    for (let second = 0; second < 20; second += 1) {
      for (let task = 0; task < PER_SECOND; task += 1) {
        world.after(
          world.random.between(0, 1000),
          () => void submitter(world, network, outside, `k-${second}-${task}`),
        );
      }
      // Half of the agents lose the scheduler that they waited at, at the same moment.
      if (second === 10) hosts[0]?.crash(2000);
      batches = 0;
      await world.run(world.now + 1000);
      perSecond.push(batches);
    }
    process.alive = false;
    for (const host of hosts) host.kill();
    const steady = Math.max(...inTwo(perSecond.slice(3, 10)));
    expect(steady).toBeGreaterThan(2 * PER_SECOND);
    expect(Math.max(...inTwo(perSecond.slice(10)))).toBeLessThanOrEqual(2 * steady);
    expect(outside.violations).toEqual([]);
    expect(outside.completed.size).toBeGreaterThan(15 * PER_SECOND);
  },
);

/** In any two seconds. */
function inTwo(perSecond: readonly number[]): readonly number[] {
  return perSecond.slice(1).map((count, second) => count + (perSecond[second] ?? 0));
}

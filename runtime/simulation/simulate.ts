import { operator } from './actors.ts';
import { startAgents, startRivals, startSubmitters } from './crowd.ts';
import { drainer } from './drains.ts';
import { breakThings } from './faults.ts';
import { Host, type Mutant } from './host.ts';
import { drain, judge, judgeDrain } from './judge.ts';
import type { PushCall } from '../loops/push-call.ts';
import { startMirrors } from './mirrors.ts';
import type { Network } from './network.ts';
import { Outside } from './outside.ts';
import { startPushed } from './pushed.ts';
import { watchShards } from './shard-watch.ts';
import { SimServer, type RealStore } from './sim-server.ts';
import { drawShape, FLEETS, PUSHED } from './table.ts';
import { World } from './world.ts';

/**
 * A whole system under one seed: schedulers, their disks, a store, agents, submitters and an operator, and what goes wrong
 * between them. First things break (safety), then they no longer do, and everything that was promised must end (liveness).
 */
export interface SimulationResult {
  readonly seed: number;
  readonly violations: readonly string[];
  /** The same for the same seed. */
  readonly trace: string;
  readonly accepted: number;
  readonly completed: number;
  /** What happened how often. */
  readonly reached: ReadonlyMap<string, number>;
  readonly recent: readonly string[];
  /** Virtual time. */
  readonly hours: number;
  /** How long it took, after everything was whole again, until all tasks had ended. */
  readonly drainedMs: number;
}

export interface SimulationOptions {
  readonly mutant?: Mutant;
  /** How long things break. */
  readonly brokenMs?: number;
  readonly tasks?: number;
  /** Lines of the trace to keep. */
  readonly recentMax?: number;
  /** The store that answers; the one in memory when absent. */
  readonly store?: RealStore;
}

export async function simulate(seed: number, options: SimulationOptions = {}): Promise<SimulationResult> {
  const world = new World(seed, options.recentMax);
  const { random } = world;
  const started = world.now;
  const server = new SimServer(world, options.store);
  const shape = drawShape(world);
  const outside = new Outside(world, shape.external);
  watchShards(server, outside, shape);
  const names = ['s-0', 's-1', 's-2'].slice(0, random.whole(1, 3));
  const { mutant } = options;
  const onConflict = (id: string, digest: string): void => outside.giveWay(id, digest);
  const pushOf = (life: { readonly alive: boolean }): PushCall | undefined => pushed?.callOf(life);
  const hosts = names.map((name) => new Host(name, { world, server, names, shape, mutant, pushOf, onConflict }));
  const network = drawNetwork(world, hosts);
  const isOver = (): boolean => world.now >= until;
  const pushed = shape.pushed ? startPushed(world, network, outside, isOver) : undefined;
  const mirrors = startMirrors({ world, hosts, server, outside, isOver });
  for (const host of hosts) void host.start();

  const brokenMs = options.brokenMs ?? random.between(4000, 16_000);
  const until = world.now + brokenMs;
  const drains = world.aside.chance(0.2);
  const agents = startAgents(world, network, outside, until, drains);
  const tasks = options.tasks ?? random.whole(10, 70);
  const submitters = startSubmitters(world, network, outside, tasks, brokenMs);
  const rivals = startRivals(world, network, outside, brokenMs);
  const callers = [...agents.map(({ name }) => name), ...Array.from({ length: tasks }, (_, task) => `k-${task}`)];
  const stopAgents = (): void => {
    agents.forEach((one) => one.crash());
    pushed?.crash();
  };
  const fleets = shape.pushed ? [...FLEETS, PUSHED] : FLEETS;
  if (random.chance(0.2)) void operator(world, network, outside, fleets, isOver);
  if (drains) void drainer(world, network, agents, isOver);
  breakThings({ world, server, hosts, network, callers, stopAgents }, until);
  await world.run(until);

  world.note('heal');
  server.up = true;
  network.cuts.clear();
  Object.assign(network, { lostCalls: 0, lostAnswers: 0, repeated: 0, delayMs: 2 });
  const version = random.pick([1, 2] as const);
  for (const host of hosts) host.heal(version);
  for (const one of agents) one.heal();
  pushed?.heal();
  mirrors?.heal();
  const drainedMs = await drain({ world, server, outside, hosts, submitters: () => submitters() + rivals() });
  if (drains) await judgeDrain(world, network, outside, agents);
  await judge(world, hosts, outside);
  await mirrors?.judge();
  for (const host of hosts) host.kill();
  for (const one of agents) one.stop();
  pushed?.stop();
  return {
    seed,
    violations: outside.violations,
    trace: world.trace(),
    accepted: outside.accepted.size,
    completed: outside.completed.size,
    reached: world.reached,
    recent: world.recent,
    hours: (world.now - started) / 3_600_000,
    drainedMs,
  };
}

/** The way to the schedulers, as bad as it stays while things break. */
function drawNetwork({ random }: World, hosts: readonly Host[]): Network {
  return {
    schedulers: hosts.map((host) => () => host.scheduler),
    lostCalls: random.chance(0.7) ? random.between(0, 0.1) : 0,
    lostAnswers: random.chance(0.7) ? random.between(0, 0.15) : 0,
    repeated: random.chance(0.6) ? random.between(0, 0.2) : 0,
    delayMs: random.chance(0.3) ? random.between(0, 200) : 2,
    cuts: new Map(),
  };
}

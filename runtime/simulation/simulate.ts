import type { RoutingTable, TableFleet, TableRoute } from '../../spec/contract/routing-table.ts';
import { routeNumber, routeOfLane } from '../core/lane.ts';
import { startScheduler, type RunningScheduler } from '../loops/scheduler.ts';
import { memoryStore } from '../store/memory/memory-store.ts';
import { RUNNING, type ShardData } from '../store/memory/shard-data.ts';
import type { Store } from '../store/store.ts';
import type { Journal } from '../journal/journal.ts';
import { agent, submitter, type AgentHabits, type AgentProcess, type Network } from './actors.ts';
import { Outside } from './outside.ts';
import { SimDisk } from './sim-disk.ts';
import { SimServer, simStore, type StoreWeather } from './sim-store.ts';
import { World } from './world.ts';

/**
 * A whole system under one seed: schedulers, their disks, a store, agents and submitters, and what goes wrong between them. First
 * things break (safety), then they no longer do, and everything that was promised must end (liveness).
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
}

/** A bug to be planted: it changes what a scheduler sees of its store or its disk. */
export interface Mutant {
  readonly store?: (store: Store) => Store;
  readonly journal?: (journal: Journal, disk: SimDisk) => Journal;
}

export interface SimulationOptions {
  readonly mutant?: Mutant;
  /** How long things break. */
  readonly brokenMs?: number;
  readonly tasks?: number;
  /** Lines of the trace to keep. */
  readonly recentMax?: number;
}

const FLEET = 'acme/worker';
const BACKUP = 'acme/backup';
const IN_FLIGHT = 6;
const HEAL_MS = 600_000;

interface Life {
  alive: boolean;
  skewMs: number;
  scheduler?: RunningScheduler;
}

export async function simulate(seed: number, options: SimulationOptions = {}): Promise<SimulationResult> {
  const world = new World(seed, options.recentMax);
  const { random } = world;
  const started = world.now;
  const outside = new Outside(world);
  const server = new SimServer(world, memoryStore({ nowUs: () => Math.floor(world.now * 1000) }));
  const names = ['s-0', 's-1', 's-2'].slice(0, random.whole(1, 3));
  const hosts = names.map((name) => new Host(world, server, name, names, options.mutant));
  const network: Network = {
    schedulers: hosts.map((host) => () => host.scheduler),
    lostCalls: random.chance(0.7) ? random.between(0, 0.1) : 0,
    lostAnswers: random.chance(0.7) ? random.between(0, 0.15) : 0,
    delayMs: random.chance(0.3) ? random.between(0, 200) : 2,
  };
  await during(world, Promise.all(hosts.map((host) => host.start())));

  const brokenMs = options.brokenMs ?? random.between(4000, 16_000);
  const faults = { until: world.now + brokenMs };
  breakThings(world, server, hosts, faults);
  const agents = startAgents(world, network, outside, faults);
  let submitting = 0;
  const tasks = options.tasks ?? random.whole(10, 70);
  for (let task = 0; task < tasks; task += 1) {
    submitting += 1;
    world.after(random.between(0, brokenMs), () => {
      void submitter(world, network, outside, `k-${task}`).then(() => {
        submitting -= 1;
      });
    });
  }
  const watch = watchCapacity(world, server, outside);
  await world.run(faults.until);

  world.note('heal');
  server.up = true;
  Object.assign(network, { lostCalls: 0, lostAnswers: 0, delayMs: 2 });
  for (const host of hosts) host.heal();
  for (const one of agents) one.heal();
  await drain(
    world,
    server,
    outside,
    () => submitting === 0 && hosts.every(({ scheduler }) => scheduler !== undefined),
  );
  watch();
  await judge(world, hosts, outside);
  for (const host of hosts) host.kill();
  for (const one of agents) one.process.alive = false;
  return {
    seed,
    violations: outside.violations,
    trace: world.trace(),
    accepted: outside.accepted.size,
    completed: outside.completed.size,
    reached: world.reached,
    recent: world.recent,
    hours: (world.now - started) / 3_600_000,
  };
}

/** A machine on which one scheduler lives, again and again. */
class Host {
  readonly disk: SimDisk;
  readonly weather: StoreWeather = { lostCalls: 0, lostAnswers: 0, delayMs: 1, cut: false };
  readonly #world: World;
  readonly #server: SimServer;
  readonly #name: string;
  readonly #names: readonly string[];
  readonly #mutant: Mutant | undefined;
  #life: Life = { alive: false, skewMs: 0 };

  constructor(world: World, server: SimServer, name: string, names: readonly string[], mutant: Mutant | undefined) {
    this.#world = world;
    this.#server = server;
    this.#name = name;
    this.#names = names;
    this.#mutant = mutant;
    this.disk = new SimDisk(world);
  }

  get scheduler(): RunningScheduler | undefined {
    return this.#life.alive ? this.#life.scheduler : undefined;
  }

  async start(): Promise<void> {
    const life: Life = {
      alive: true,
      skewMs: this.#world.random.chance(0.2) ? this.#world.random.whole(-30_000, 30_000) : 0,
    };
    this.#life = life;
    const store = simStore(this.#world, this.#server, this.weather, life);
    const journal = this.disk.open(life);
    life.scheduler = await startScheduler({
      name: this.#name,
      schedulers: this.#names,
      table: simTable(),
      store: this.#mutant?.store?.(store) ?? store,
      journal: this.#mutant?.journal?.(journal, this.disk) ?? journal,
      clock: this.#world.clock(life),
      bounds: { tickMs: 250, idleTickMs: 1000, holdMs: 30_000, patienceMs: 3000 },
    });
  }

  /** kill -9, and back after a while. */
  crash(awayMs: number): void {
    if (!this.#life.alive) return;
    this.#world.note('fault:scheduler-crash', this.#name);
    this.kill();
    this.disk.crash();
    this.#world.after(awayMs, () => void this.start());
  }

  kill(): void {
    this.#life.alive = false;
  }

  heal(): void {
    Object.assign(this.weather, { lostCalls: 0, lostAnswers: 0, delayMs: 1, cut: false });
    this.disk.slow = false;
    this.disk.full = false;
  }
}

/** Whatever breaks does so for a while, at a time and for as long as the seed says; each seed breaks some things only. */
function breakThings(
  world: World,
  server: SimServer,
  hosts: readonly Host[],
  faults: { readonly until: number },
): void {
  const { random } = world;
  const now_and_then = (chance: number, leastMs: number, mostMs: number, run: () => void): void => {
    if (!random.chance(chance)) return;
    const again = (): void => {
      world.after(random.between(leastMs, mostMs), () => {
        if (world.now >= faults.until) return;
        run();
        again();
      });
    };
    again();
  };
  const snapshots = (): void => {
    if (world.now >= faults.until) return;
    server.keepSnapshot();
    world.after(random.between(500, 5000), snapshots);
  };
  snapshots();
  for (const host of hosts) {
    const { weather, disk } = host;
    if (random.chance(0.6)) weather.lostCalls = random.between(0, 0.05);
    if (random.chance(0.6)) weather.lostAnswers = random.between(0, 0.05);
    if (random.chance(0.3)) weather.delayMs = random.between(1, 100);
    now_and_then(0.6, 500, 10_000, () => host.crash(random.between(50, 5000)));
    now_and_then(0.4, 500, 10_000, () => {
      world.note('fault:partition');
      weather.cut = true;
      world.after(random.between(50, 5000), () => {
        weather.cut = false;
      });
    });
    now_and_then(0.3, 500, 10_000, () => {
      world.note('fault:slow-disk');
      disk.slow = true;
      world.after(random.between(100, 4000), () => {
        disk.slow = false;
      });
    });
    now_and_then(0.2, 2000, 15_000, () => {
      disk.full = true;
      world.after(random.between(100, 3000), () => {
        disk.full = false;
      });
    });
  }
  const what = (): 'same' | 'old' | 'nothing' => random.pick(['same', 'old', 'nothing']);
  now_and_then(0.6, 1000, 12_000, () => server.restart(what(), random.between(10, 4000)));
  now_and_then(0.3, 1000, 12_000, () => server.lose(random.pick(['old', 'nothing'])));
  now_and_then(0.25, 3000, 20_000, () => {
    world.note('fault:power-loss');
    for (const host of hosts) host.crash(random.between(100, 5000));
    server.restart(what(), random.between(100, 4000));
  });
}

interface SimAgent {
  process: AgentProcess;
  heal(): void;
}

function startAgents(world: World, network: Network, outside: Outside, faults: { readonly until: number }): SimAgent[] {
  const { random } = world;
  const failures = random.chance(0.5) ? random.between(0, 0.3) : 0;
  const workMs = random.pick([20, 200, 2000]);
  const habits: AgentHabits[] = [
    ...Array.from({ length: random.whole(1, 5) }, (_, at) => ({ fleet: FLEET, name: `w-${at}` })),
    ...Array.from({ length: random.whole(1, 2) }, (_, at) => ({ fleet: BACKUP, name: `b-${at}` })),
  ].map(({ fleet, name }) => ({
    fleet,
    name,
    build: 'v1',
    slots: random.whole(1, 3),
    workMs,
    failures,
  }));
  const crashes = random.chance(0.6);
  return habits.map((habit) => {
    const one: SimAgent = {
      process: { alive: true, frozenUntil: 0 },
      heal: () => {
        one.process.frozenUntil = 0;
        // One that never came back would hold its fleet's tasks for good.
        if (!one.process.alive) startOne();
      },
    };
    const startOne = (): void => {
      one.process = { alive: true, frozenUntil: 0 };
      void agent(world, network, outside, one.process, habit);
    };
    const misfortune = (): void => {
      if (world.now >= faults.until) return;
      if (random.chance(0.5)) {
        world.note('fault:agent-crash', habit.name);
        one.process.alive = false;
        world.after(random.between(50, 4000), () => {
          if (!one.process.alive) startOne();
        });
      } else {
        world.note('fault:agent-frozen', habit.name);
        one.process.frozenUntil = world.now + random.between(100, 8000);
      }
      world.after(random.between(1000, 10_000), misfortune);
    };
    startOne();
    if (crashes) world.after(random.between(500, 10_000), misfortune);
    return one;
  });
}

/** Runs until nothing is open in the store, or too long. */
async function drain(world: World, server: SimServer, outside: Outside, quiet: () => boolean): Promise<void> {
  const until = world.now + HEAL_MS;
  while (world.now < until) {
    await world.run(world.now + 1000);
    const open = [...shards(server)].reduce((sum, [, data]) => sum + data.i.size, 0);
    const missing = [...outside.accepted.keys()].some((id) => !isThere(server, id));
    if (open === 0 && !missing && quiet() && world.now > until - HEAL_MS + 3000) return;
  }
  const open = [...shards(server)].flatMap(([, data]) => data.i.entries().map(({ member }) => member));
  if (open.length > 0) outside.violate('not-drained', open.slice(0, 5).join(' '));
}

/** Whether some shard has the task itself, and not only word of where it went. */
function isThere(server: SimServer, id: string): boolean {
  return [...shards(server)].some(([, { o }]) => (o.get(id)?.state ?? 'M') !== 'M');
}

async function judge(world: World, hosts: readonly Host[], outside: Outside): Promise<void> {
  const scheduler = hosts[0]?.scheduler;
  if (scheduler === undefined) {
    outside.violate('dead', 'no scheduler came back');
    return;
  }
  for (const [id, { key }] of outside.accepted) {
    const view = await during(world, scheduler.task(id));
    if (view === undefined) outside.violate('lost', `${key} ${id}`);
    else if (!ENDS.has(view.state)) outside.violate('open', `${key} ${id} is ${view.state}`);
    else if (outside.completed.has(id) && view.state !== 'succeeded') {
      outside.violate('completion-lost', `${key} ${id} is ${view.state}`);
    } else world.note(`end:${view.state}`);
  }
}

/** Time goes on until there is an answer. */
async function during<Answer>(world: World, asked: Promise<Answer>): Promise<Answer | undefined> {
  let answer: { readonly is: Answer } | undefined;
  asked.then(
    (is) => {
      answer = { is };
    },
    () => undefined,
  );
  for (let waited = 0; answer === undefined && waited < 30_000; waited += 10) await world.run(world.now + 10);
  return answer?.is;
}

const ENDS: ReadonlySet<string> = new Set(['succeeded', 'failed', 'cancelled', 'expired', 'dead']);

/** At no time run more than the route allows. */
function watchCapacity(world: World, server: SimServer, outside: Outside): () => void {
  let stopped = false;
  const look = (): void => {
    if (stopped) return;
    for (const [name, { i, m }] of shards(server)) {
      if (m.revision === '') continue;
      const first = routeNumber('acme/work');
      const running = i
        .entries()
        .filter(({ score }) => score >= RUNNING && routeOfLane(score - RUNNING) === first).length;
      if (running > IN_FLIGHT) outside.violate('capacity', `${name} runs ${running}`);
    }
    world.after(20, look);
  };
  look();
  return () => {
    stopped = true;
  };
}

function* shards({ memory }: SimServer): Generator<readonly [string, ShardData]> {
  for (const fleet of [FLEET, BACKUP]) {
    const data = memory.shard(`${fleet}:0`);
    if (data !== undefined) yield [fleet, data];
  }
}

function simTable(): RoutingTable {
  return {
    schema: 1,
    environment: 'simulation',
    digest: 'sha256-simulation',
    teams: { acme: { weight: 1 } },
    fleets: { [FLEET]: simFleet(), [BACKUP]: simFleet() },
    routes: [simRoute()],
    schedules: [],
    providers: {},
    schemas: {},
  };
}

function simFleet(): TableFleet {
  return {
    team: 'acme',
    namespace: 'acme--worker',
    delivery: 'pull',
    slots: 3,
    skills: {},
    providers: [],
    drainMs: 1000,
    builds: { v1: 10_000 },
    accepts: {
      work: {
        queueMs: 600_000,
        runMs: 20_000,
        heartbeatMs: 2000,
        attempts: 4,
        backoff: { firstMs: 100, factor: 2, maxMs: 2000, jitter: 'full' },
        never: ['Never'],
        effects: 'idempotent',
      },
    },
    calls: {},
  };
}

function simRoute(): TableRoute {
  return {
    id: 'acme/work',
    team: 'acme',
    tasks: ['work'],
    labels: {},
    require: [],
    to: [{ fleet: FLEET, weight: 100 }],
    priority: { default: 'normal', when: [] },
    limits: { inFlight: IN_FLIGHT },
    queue: { maxDepth: 1000, maxAgeMs: 600_000, onFull: 'reject' },
    fallback: [{ when: ['wait-above', 'no-agent'], afterMs: 3000, fleet: BACKUP }],
  };
}

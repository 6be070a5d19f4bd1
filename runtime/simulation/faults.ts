import type { Host } from './host.ts';
import { cutName, type Network } from './network.ts';
import type { SimServer } from './sim-server.ts';
import type { World } from './world.ts';

/** All that can break. */
export interface Breakable {
  readonly world: World;
  readonly server: SimServer;
  readonly hosts: readonly Host[];
  readonly network: Network;
  /** Those who call schedulers. */
  readonly callers: readonly string[];
  /** Everything that runs and is no scheduler and no store loses its power. */
  readonly stopAgents: () => void;
}

/** Whatever breaks does so for a while, at a time and for as long as the seed says. */
interface Fault {
  /** Share of the seeds in which it happens. */
  readonly chance: number;
  /** Between two times. */
  readonly everyMs: readonly [least: number, most: number];
  readonly strike: (things: Breakable, host: Host) => void;
  /** Strikes all at once, rather than one host of its own accord. */
  readonly once?: true;
}

const NAMES = {
  crash: {
    chance: 0.6,
    everyMs: [500, 10_000],
    strike: ({ world }, host) => host.crash(world.random.between(50, 5000)),
  },
  partition: {
    chance: 0.4,
    everyMs: [500, 10_000],
    strike: ({ world }, { weather }) => cutStore(world, weather, 'all'),
  },
  'one-way partition': {
    chance: 0.25,
    everyMs: [500, 10_000],
    strike: ({ world }, { weather }) => cutStore(world, weather, world.random.pick(['calls', 'answers'])),
  },
  'slow store': {
    chance: 0.2,
    everyMs: [1000, 10_000],
    strike: ({ world }, { weather }) => {
      world.note('fault:slow-store');
      const { delayMs } = weather;
      weather.delayMs = world.random.between(200, 1500);
      // It may have struck again, or all be whole by then.
      world.after(world.random.between(200, 4000), () => {
        weather.delayMs = Math.min(delayMs, weather.delayMs);
      });
    },
  },
  'slow disk': {
    chance: 0.3,
    everyMs: [500, 10_000],
    strike: ({ world }, { disk }) => {
      world.note('fault:slow-disk');
      disk.slow = true;
      world.after(world.random.between(100, 4000), () => {
        disk.slow = false;
      });
    },
  },
  'full disk': {
    chance: 0.2,
    everyMs: [2000, 15_000],
    strike: ({ world }, { disk }) => {
      disk.full = true;
      world.after(world.random.between(100, 3000), () => {
        disk.full = false;
      });
    },
  },
  'fsync error': {
    chance: 0.2,
    everyMs: [2000, 15_000],
    strike: (_, { disk }) => {
      disk.failing = true;
    },
  },
  'clock jump': {
    chance: 0.2,
    everyMs: [1000, 10_000],
    strike: ({ world }, host) => {
      world.note('fault:clock-jump', host.name);
      host.jumpClock();
    },
  },
  'cut off callers': {
    chance: 0.3,
    everyMs: [500, 8000],
    strike: ({ world, network, hosts, callers }, host) => {
      const { random } = world;
      const name = cutName(random.pick(callers), hosts.indexOf(host));
      network.cuts.set(name, random.pick(['calls', 'answers']));
      world.after(random.between(100, 8000), () => network.cuts.delete(name));
    },
  },
  'store restart': {
    chance: 0.6,
    everyMs: [1000, 12_000],
    once: true,
    strike: ({ world, server }) => server.restart(loss(world), world.random.between(10, 4000)),
  },
  'store loss': {
    chance: 0.3,
    everyMs: [1000, 12_000],
    once: true,
    strike: ({ world, server }) => server.lose(world.random.pick(['old', 'nothing'])),
  },
  failover: {
    chance: 0.35,
    everyMs: [1000, 12_000],
    once: true,
    strike: ({ world, server }) => server.failover(world.random.whole(1, 30), world.random.between(10, 800)),
  },
  'store clock jump': {
    chance: 0.2,
    everyMs: [1000, 10_000],
    once: true,
    strike: ({ world, server }) => {
      world.note('fault:store-clock-jump');
      // Between two jumps well below the hold: one of 30 s or more, while a scheduler is away, would end it.
      server.skewMs = world.random.whole(-10_000, 10_000);
    },
  },
  'power loss': {
    chance: 0.35,
    everyMs: [2000, 15_000],
    once: true,
    strike: ({ world, server, hosts, stopAgents }) => {
      world.note('fault:power-loss');
      for (const host of hosts) host.crash(world.random.between(100, 5000));
      server.restart(loss(world), world.random.between(100, 4000));
      if (world.random.chance(0.5)) stopAgents();
    },
  },
  upgrade: {
    chance: 0.25,
    everyMs: [3000, 15_000],
    once: true,
    strike: ({ world, hosts }) => {
      const version = world.random.pick([1, 2] as const);
      const oneByOne = async (): Promise<void> => {
        for (const host of hosts) {
          if (world.random.chance(0.2)) host.reload(version);
          else await host.upgrade(version, world.random.between(50, 2000));
          await world.pause(world.random.between(0, 2000));
        }
      };
      void oneByOne();
    },
  },
} satisfies Readonly<Record<string, Fault>>;

/** In the order in which a seed draws them. */
const FAULTS: readonly Fault[] = Object.values(NAMES);

/** Swarm: each seed breaks some things only, so that no fault hides what another one would show. */
export function breakThings(things: Breakable, untilMs: number): void {
  const { world, hosts, server } = things;
  const snapshots = (): void => {
    if (world.now >= untilMs) return;
    if (server.up) server.keepSnapshot();
    world.after(world.random.between(500, 5000), snapshots);
  };
  snapshots();
  for (const { weather } of hosts) spoil(world, weather);
  for (const fault of FAULTS) {
    const [first] = hosts;
    const stricken = fault.once === true && first !== undefined ? [first] : hosts;
    for (const host of stricken) again(things, fault, host, untilMs);
  }
}

function again(things: Breakable, fault: Fault, host: Host, untilMs: number): void {
  const { world } = things;
  if (!world.random.chance(fault.chance)) return;
  const [least, most] = fault.everyMs;
  const next = (): void => {
    world.after(world.random.between(least, most), () => {
      if (world.now >= untilMs) return;
      fault.strike(things, host);
      next();
    });
  };
  next();
}

/** What is bad about the way to the store as long as things break. */
function spoil({ random }: World, weather: Host['weather']): void {
  if (random.chance(0.6)) weather.lostCalls = random.between(0, 0.05);
  if (random.chance(0.6)) weather.lostAnswers = random.between(0, 0.05);
  if (random.chance(0.3)) weather.lateCalls = random.between(0, 0.05);
  if (random.chance(0.3)) weather.delayMs = random.between(1, 100);
}

function cutStore(world: World, weather: Host['weather'], cut: Host['weather']['cut']): void {
  world.note(cut === 'all' ? 'fault:partition' : `fault:store-no-${cut}`);
  weather.cut = cut;
  world.after(world.random.between(50, 5000), () => {
    weather.cut = 'nothing';
  });
}

function loss({ random }: World): 'same' | 'old' | 'nothing' {
  return random.pick(['same', 'old', 'nothing']);
}

import type { Host } from './host.ts';
import { drawWire, FAIR_WIRE, type Wire } from './mirror-wire.ts';
import type { Outside } from './outside.ts';
import { SimMirror } from './sim-mirror.ts';
import type { SimServer } from './sim-server.ts';
import type { World } from './world.ts';

export interface MirrorSystem {
  readonly world: World;
  readonly hosts: readonly Host[];
  readonly server: SimServer;
  readonly outside: Outside;
  readonly isOver: () => boolean;
}

export interface Mirrors {
  heal(): void;
  /** Every journal is mirrored, some time after all is well. */
  judge(): Promise<void>;
}

const BREAKS_MS = [1500, 6000] as const;
const LOOK_MS = 1000;
const WHOLE_MS = 20_000;

/** In some seeds each scheduler mirrors its journal to the next one, and a disk is lost now and then, as a rule with the store. */
export function startMirrors(system: MirrorSystem): Mirrors | undefined {
  const { world, hosts, outside, isOver } = system;
  const { mirrored } = world;
  if (hosts.length < 2 || !mirrored.chance(0.4)) return undefined;
  const wires = hosts.map((host, index) => {
    const wire = drawWire(world);
    const mirror: SimMirror = new SimMirror({
      ...{ world, outside, host, wire },
      peer: () => hosts[(index + 1) % hosts.length]?.mirror ?? mirror,
    });
    host.mirror = mirror;
    return wire;
  });
  const next = (): void => {
    world.after(mirrored.between(...BREAKS_MS), () => {
      if (isOver()) return;
      loseDisk(system);
      if (mirrored.chance(0.3)) cut(world, mirrored.pick(wires));
      next();
    });
  };
  next();
  return {
    heal: () => wires.forEach((wire) => Object.assign(wire, FAIR_WIRE)),
    judge: async () => {
      const missing = (): readonly Host[] => hosts.filter(({ mirror }) => mirror?.isWhole !== true);
      for (let waited = 0; waited < WHOLE_MS && missing().length > 0; waited += LOOK_MS) {
        await world.run(world.now + LOOK_MS);
      }
      for (const { name } of missing())
        outside.violate('not-mirrored', `the peer of ${name} lacks some of its journal`);
    },
  };
}

/** One disk at a time, of a scheduler that says that its peer has everything. */
function loseDisk({ world, hosts, server }: MirrorSystem): void {
  const { mirrored } = world;
  const index = mirrored.whole(0, hosts.length - 1);
  const host = hosts[index];
  if (host?.scheduler === undefined || host.mirror?.mayBeLost !== true) return;
  // What was on another one is not back yet.
  if (hosts.some(({ disk }) => disk.isEmpty)) return;
  host.loseDisk(mirrored.between(50, 3000));
  hosts[(index - 1 + hosts.length) % hosts.length]?.mirror?.doubt();
  if (mirrored.chance(0.8)) server.lose('nothing');
}

function cut(world: World, wire: Wire): void {
  world.note('fault:mirror-cut');
  wire.cut = true;
  world.after(world.mirrored.between(100, 3000), () => {
    wire.cut = false;
  });
}

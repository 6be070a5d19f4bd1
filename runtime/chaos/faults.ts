import type { RandomNumbers } from '../simulation/random.ts';
import { setDisk } from './bad-disk.ts';
import { isMirrored, loseDisk, noteRestored } from './lost-disk.ts';
import { losePower } from './power-loss.ts';
import type { ChaosSystem } from './system.ts';

/** One way in which a system breaks, and how it is mended. To add one: a line below. */
export interface Fault {
  readonly kind: string;
  readonly says: string;
  /** What it takes hold of: nobody else breaks that meanwhile. `all` is everything at once. */
  readonly hold: 'store' | 'scheduler' | 'agent' | 'store-wire' | 'call-wire' | 'mirror-wire' | 'disk' | 'all';
  /** It makes sense only where each journal has a mirror. */
  readonly needs?: 'mirror';
  /** How long it lasts, in milliseconds. */
  readonly lasts: readonly [least: number, most: number];
  readonly begin: (at: FaultPlace) => Promise<void> | void;
  readonly heal: (at: FaultPlace) => Promise<void> | void;
}

export interface FaultPlace {
  readonly system: ChaosSystem;
  /** Which scheduler, agent or wire. */
  readonly index: number;
  readonly random: RandomNumbers;
}

const SHORT = [200, 1500] as const;
const LONG = [500, 3500] as const;

export const FAULTS: readonly Fault[] = Object.freeze([
  ...schedulerFaults(),
  ...agentFaults(),
  ...storeFaults(),
  ...wireFaults('store-wire', 'a scheduler and the store', ({ system }) => system.storeWires),
  ...wireFaults('call-wire', 'callers and a scheduler', ({ system }) => system.callWires),
  ...diskFaults(),
  ...mirrorFaults(),
]);

/** Those that can happen in a system with mirrors, or in one without. */
export function possibleFaults(faults: readonly Fault[], mirrored: boolean): readonly Fault[] {
  return faults.filter(({ needs }) => needs === undefined || mirrored);
}

function schedulerFaults(): readonly Fault[] {
  return [
    {
      kind: 'scheduler:kill',
      says: 'a scheduler is killed (SIGKILL) and comes back',
      hold: 'scheduler',
      lasts: SHORT,
      begin: (at) => schedulerAt(at).kill(),
      heal: (at) => schedulerAt(at).start(),
    },
    {
      kind: 'scheduler:stop',
      says: 'a scheduler stands still (SIGSTOP) and goes on',
      hold: 'scheduler',
      lasts: LONG,
      begin: (at) => schedulerAt(at).child().signal('SIGSTOP'),
      heal: (at) => schedulerAt(at).child().signal('SIGCONT'),
    },
    {
      kind: 'scheduler:restart',
      says: 'a scheduler ends gracefully (SIGTERM) and comes back',
      hold: 'scheduler',
      lasts: [0, 300],
      begin: async (at) => {
        const code = await schedulerAt(at).stop();
        if (code !== 0) throw new Error(`${schedulerAt(at).name} ended with ${code} when it was asked to end`);
      },
      heal: (at) => schedulerAt(at).start(),
    },
  ];
}

function agentFaults(): readonly Fault[] {
  return [
    {
      kind: 'agent:kill',
      says: 'an agent is killed and comes back under its name',
      hold: 'agent',
      lasts: SHORT,
      begin: (at) => agentAt(at).kill(),
      heal: (at) => agentAt(at).start(),
    },
    {
      kind: 'agent:stop',
      says: 'an agent stands still for longer than its lease, and goes on with what is no longer its own',
      hold: 'agent',
      lasts: [1500, 4000],
      begin: (at) => agentAt(at).freeze(),
      heal: (at) => agentAt(at).thaw(),
    },
  ];
}

function storeFaults(): readonly Fault[] {
  const killed = async ({ system }: FaultPlace): Promise<void> => {
    await system.store.child().kill();
  };
  return [
    {
      kind: 'store:kill',
      says: 'the store is killed and comes back with what it has written',
      hold: 'store',
      lasts: SHORT,
      begin: killed,
      heal: ({ system }) => system.store.start(),
    },
    {
      kind: 'store:stop',
      says: 'the store stands still and goes on',
      hold: 'store',
      lasts: LONG,
      begin: ({ system }) => system.store.child().signal('SIGSTOP'),
      heal: ({ system }) => system.store.child().signal('SIGCONT'),
    },
    {
      kind: 'store:flush',
      says: 'FLUSHALL',
      hold: 'store',
      lasts: [0, 100],
      begin: ({ system }) => system.store.flush(),
      heal: () => undefined,
    },
    {
      kind: 'store:rollback',
      says: 'the store comes back as it was a few seconds ago',
      hold: 'store',
      lasts: [1000, 3000],
      begin: ({ system }) => system.store.snapshot(),
      heal: async (at) => {
        await killed(at);
        at.system.store.rollBack();
        await at.system.store.start();
      },
    },
    {
      kind: 'store:wipe',
      says: 'the store comes back empty, on a new disk',
      hold: 'store',
      lasts: SHORT,
      begin: killed,
      heal: async ({ system }) => {
        system.store.wipe();
        await system.store.start();
      },
    },
    {
      kind: 'power:all',
      says: 'power fails: schedulers and store at once, what was not synced is gone, and the store with it',
      hold: 'all',
      lasts: [100, 500],
      begin: async ({ system, random }) => {
        await Promise.all([system.store.child().kill(), ...system.schedulers.map((one) => one.kill())]);
        for (const { journal, disk } of system.schedulers) losePower(journal, disk, random);
        system.store.wipe();
      },
      heal: async ({ system }) => {
        await Promise.all([system.store.start(), ...system.schedulers.map((one) => one.start())]);
      },
    },
  ];
}

function wireFaults(
  hold: 'store-wire' | 'call-wire' | 'mirror-wire',
  between: string,
  wires: (at: FaultPlace) => ChaosSystem['storeWires'],
): readonly Fault[] {
  const wire = (at: FaultPlace) => itemAt(wires(at), at.index);
  const heal = (at: FaultPlace): void => wire(at).set({ kind: 'open' });
  return [
    {
      kind: `${hold}:cut`,
      says: `connections between ${between} are reset and refused`,
      hold,
      lasts: SHORT,
      begin: (at) => wire(at).set({ kind: 'cut' }),
      heal,
    },
    {
      kind: `${hold}:stuck`,
      says: `a partition between ${between}: nothing arrives; what was sent arrives when it heals`,
      hold,
      lasts: LONG,
      begin: (at) => wire(at).set({ kind: 'stuck' }),
      heal,
    },
    {
      kind: `${hold}:deaf`,
      says: `between ${between} all questions arrive and no answer does`,
      hold,
      lasts: LONG,
      begin: (at) => wire(at).set({ kind: 'deaf' }),
      heal,
    },
    {
      kind: `${hold}:slow`,
      says: `everything between ${between} is 20 to 200 ms late, each way`,
      hold,
      lasts: LONG,
      begin: (at) => wire(at).set({ kind: 'slow', slowMs: at.random.whole(20, 200) }),
      heal,
    },
  ];
}

function diskFaults(): readonly Fault[] {
  const heal = (at: FaultPlace): void => setDisk(schedulerAt(at).disk, { slowMs: 0, full: false });
  return [
    {
      kind: 'disk:slow',
      says: 'each sync of a journal takes up to 3 s longer',
      hold: 'disk',
      lasts: LONG,
      begin: (at) => setDisk(schedulerAt(at).disk, { slowMs: at.random.whole(100, 3000) }),
      heal,
    },
    {
      kind: 'disk:full',
      says: 'the disk of a journal is full (writes answer ENOSPC)',
      hold: 'disk',
      lasts: LONG,
      begin: (at) => {
        const { smallDisk, disk } = schedulerAt(at);
        if (smallDisk === undefined) setDisk(disk, { full: true });
        else smallDisk.fill();
      },
      heal: (at) => {
        schedulerAt(at).smallDisk?.empty();
        heal(at);
      },
    },
    {
      kind: 'disk:power',
      says: 'power of one scheduler fails: what its journal had not synced is gone',
      hold: 'scheduler',
      lasts: SHORT,
      begin: async (at) => {
        const { journal, disk } = schedulerAt(at);
        await schedulerAt(at).kill();
        losePower(journal, disk, at.random);
      },
      heal: (at) => schedulerAt(at).start(),
    },
  ];
}

function mirrorFaults(): readonly Fault[] {
  const wires = wireFaults('mirror-wire', 'a scheduler and its mirror', ({ system }) => system.mirrorWires);
  return [
    ...wires.map((fault) => ({ ...fault, needs: 'mirror' as const })),
    {
      kind: 'disk:lost',
      says: 'a scheduler’s disk is lost for good, with its journal and the mirror on it, and the store with it',
      hold: 'all',
      needs: 'mirror',
      lasts: [100, 500],
      begin: async (at) => {
        // What is promised while a peer is away is on one disk, and says so.
        await Promise.all(at.system.schedulers.map(isMirrored));
        await Promise.all([at.system.store.child().kill(), schedulerAt(at).kill()]);
        loseDisk(schedulerAt(at));
        at.system.store.wipe();
      },
      heal: async (at) => {
        await Promise.all([at.system.store.start(), schedulerAt(at).start()]);
        noteRestored(schedulerAt(at));
        // Its own mirror and the one it keeps are whole before anything else is broken.
        await Promise.all(at.system.schedulers.map(isMirrored));
      },
    },
  ];
}

function schedulerAt({ system, index }: FaultPlace) {
  return itemAt(system.schedulers, index);
}

function agentAt({ system, index }: FaultPlace) {
  return itemAt(system.agents, index);
}

function itemAt<Item>(items: readonly Item[], index: number): Item {
  const item = items[index % items.length];
  if (item === undefined) throw new RangeError('there is nothing to break');
  return item;
}

import type { ShardData } from '../store/memory/shard-data.ts';
import type { SimAgent } from './crowd.ts';
import { drainAgent } from './drains.ts';
import type { Host } from './host.ts';
import type { Network } from './network.ts';
import type { Outside } from './outside.ts';
import type { SimServer } from './sim-server.ts';
import { FLEETS, PUSHED } from './table.ts';
import type { World } from './world.ts';

export interface Healed {
  readonly world: World;
  readonly server: SimServer;
  readonly outside: Outside;
  readonly hosts: readonly Host[];
  /** How many submitters have not been answered. */
  readonly submitters: () => number;
}

/** Everything must have ended so long after the last fault; a breaker that has tripped again and again is open for 240 s. */
const DRAIN_MS = 330_000;
const QUIET_MS = 3000;
/** A shard that was lost last is held for half a minute, and a run that nobody hears of lasts as long as its lease. */
const WELL_MS = 60_000;
const LOOK_MS = 1000;
const POLLED_MS = 35_000;
const DRAIN_TRIES = 5;
/** A poll lasts 20 s, and is answered as soon as its scheduler hears of it. */
const DRAINED_MS = 25_000;
/** A promise is looked at when it is half a minute old, and a shard may be lost for as long before. */
const TOLD_MS = 120_000;

/** Runs until nothing is open any more, and says how long that took; or that it took too long. */
export async function drain({ world, server, outside, hosts, submitters }: Healed): Promise<number> {
  const began = world.now;
  while (world.now < began + DRAIN_MS) {
    await world.run(world.now + LOOK_MS);
    for (const [fleet, { s }] of shards(server)) {
      // What an operator has left behind.
      if (s.has('paused') || [...s.keys()].some((name) => name.startsWith('drain'))) resume(hosts, fleet);
    }
    const isOpen = shards(server).some(([, { i }]) => i.size > 0);
    const isMissing = [...outside.accepted.keys()].some((id) => !isThere(server, id));
    const areUp = hosts.every(({ scheduler }) => scheduler !== undefined);
    if (!isOpen && !isMissing && areUp && submitters() === 0 && world.now > began + QUIET_MS) return world.now - began;
  }
  const open = shards(server).flatMap(([, { i }]) => i.entries().map(({ member }) => member));
  if (open.length > 0) outside.violate('not-drained', open.slice(0, 5).join(' '));
  if (submitters() > 0) outside.violate('not-answered', `${submitters()} submitters`);
  return world.now - began;
}

/** Whoever is asked to go hears of it, wherever it polls; all is well by now, and what was said of it before may be forgotten. */
export async function judgeDrain(
  world: World,
  network: Network,
  outside: Outside,
  agents: readonly SimAgent[],
): Promise<void> {
  // One that asked a scheduler which died waits for its answer still.
  await world.run(world.now + POLLED_MS);
  // What no table has is not taken for an agent that begins anew.
  const one = world.aside.pick(agents.filter(({ build }) => build === 'v1'));
  const before = one.gone();
  let isKnown = false;
  for (let tries = 0; !isKnown && tries < DRAIN_TRIES; tries += 1) {
    isKnown = (await during(world, drainAgent(world, network, one))) === true;
    if (one.gone() > before) return;
  }
  if (!isKnown) outside.violate('drain-unknown', `${one.name} polls, and no scheduler knows it`);
  for (let waited = 0; waited < DRAINED_MS && one.gone() === before; waited += LOOK_MS) {
    await world.run(world.now + LOOK_MS);
  }
  if (one.gone() === before) outside.violate('drain-unheard', `${one.name} was to go`);
}

/** Every promise is looked at, as anyone could. */
export async function judge(world: World, hosts: readonly Host[], outside: Outside): Promise<void> {
  const scheduler = hosts[0]?.scheduler;
  if (scheduler === undefined) {
    outside.violate('dead', 'no scheduler came back');
    return;
  }
  for (let waited = 0; waited < WELL_MS && !hosts.every(({ isWell }) => isWell); waited += LOOK_MS) {
    await world.run(world.now + LOOK_MS);
  }
  for (const { isWell, name } of hosts) if (!isWell) outside.violate('canary', `${name} sends none through`);
  for (let waited = 0; waited < TOLD_MS && outside.silent().length > 0; waited += LOOK_MS) {
    await world.run(world.now + LOOK_MS);
  }
  for (const id of outside.silent())
    outside.violate('silent', `of two inputs of ${id} one was accepted and is not done`);
  for (const [id, { key }] of outside.accepted) {
    const view = await during(world, scheduler.task(id));
    if (view === undefined) outside.violate('lost', `${key} ${id}`);
    else if (!ENDS.has(view.state)) outside.violate('open', `${key} ${id} is ${view.state}`);
    else if (outside.completed.has(id) && view.state !== 'succeeded') {
      outside.violate('completion-lost', `${key} ${id} is ${view.state}`);
    } else if (outside.cancelled.has(id) && view.state !== 'cancelled') {
      outside.violate('cancel-lost', `${key} ${id} is ${view.state}`);
    } else if (outside.cancelAsked.has(id) && !CANCELLED.has(view.state)) {
      outside.violate('cancel-forgotten', `${key} ${id} is ${view.state}`);
    } else world.note(`end:${view.state}`);
  }
}

const ENDS: ReadonlySet<string> = new Set(['succeeded', 'failed', 'cancelled', 'expired', 'dead']);

/** How a task may end whose end was asked for while it ran. */
const CANCELLED: ReadonlySet<string> = new Set(['succeeded', 'cancelled', 'expired']);

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

function resume(hosts: readonly Host[], fleet: string): void {
  // Asked again at the next look when nobody could.
  for (const { scheduler } of hosts) scheduler?.resume(fleet).catch(() => undefined);
}

/** Whether some shard has the task itself, and not only word of where it went. */
function isThere(server: SimServer, id: string): boolean {
  return shards(server).some(([, { o }]) => (o.get(id)?.state ?? 'M') !== 'M');
}

function shards({ memory }: SimServer): (readonly [fleet: string, data: ShardData])[] {
  return [...FLEETS, PUSHED].flatMap((fleet) => {
    const data = memory.shard(`${fleet}:0`);
    return data === undefined ? [] : [[fleet, data] as const];
  });
}

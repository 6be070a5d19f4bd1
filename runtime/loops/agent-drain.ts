import type { AgentName } from '../core/scheduler.ts';
import { NoRoom, StoreFailure } from '../store/store-failure.ts';
import { agentId, type Agent } from './agent-pool.ts';
import { noteSwitch } from './change.ts';
import { pause } from './clock.ts';
import { askPatiently, type Engine, type FleetState } from './engine.ts';
import { isThere, shareRoster } from './roster.ts';
import { isPush, LEAVES, leaves } from './view-of-fleets.ts';

/**
 * An agent that drains does so wherever it polls: a switch of its fleet's shard tells all schedulers, `leave:<agent>` with the time
 * up to which it is kept, in milliseconds since 1970. Whoever sees the agent keeps it for longer; it is cleared when the agent
 * registers anew, and when nobody has seen it for so long.
 */
const KEPT_MS = 900_000;
/** Kept for longer when less than this is left. */
const RENEWED_MS = 600_000;
/** As many as leave room for other switches, with one more that each scheduler may be about to add. */
const LEAVES_MAX = 300;
const LOOK_MS = 50;

/** `Scheduler.drainAgent`. */
export async function drainAgent(engine: Engine, name: AgentName): Promise<boolean> {
  const state = engine.fleets.get(name.fleet);
  if (state === undefined || isPush(engine, name.fleet) || !(await isKnown(engine, state, name))) return false;
  const id = agentId(name);
  const one = async (): Promise<void> => {
    const isKept = await keep(engine, state, id);
    await keepRoom(engine, state, id);
    if (!isKept && !(await keep(engine, state, id))) throw new NoRoom(state.fleet);
  };
  const turn = (state.lastDrain ?? Promise.resolve()).then(one);
  state.lastDrain = turn.catch(() => undefined);
  await turn;
  return true;
}

/** After each look at the switches. */
export function noteLeaving(engine: Engine, state: FleetState): void {
  const now = engine.clock.nowMs();
  const agents = new Map(engine.pool.of(state.fleet).map((agent) => [agent.id, agent]));
  for (const agent of agents.values()) {
    agent.draining = leaves(engine, state, agent);
    if (agent.draining) agent.parked?.answer([]);
  }
  for (const [id, untilMs] of leaving(state)) {
    // What was said of the agents of a push fleet, before it was one, is forgotten in its time.
    const agent = isPush(engine, state.fleet) ? undefined : agents.get(id);
    if (agent?.isNew === true) continue;
    if (agent !== undefined && untilMs - now < RENEWED_MS) void keep(engine, state, id).catch(ignoreLoss);
    else if (untilMs < now) void clear(engine, state, id).catch(ignoreLoss);
  }
}

/** It has begun anew: what its last life was told is over with it, at all schedulers. */
export async function beginAnew(engine: Engine, state: FleetState, agent: Agent): Promise<void> {
  agent.draining = false;
  if (agent.isNew) return;
  agent.isNew = true;
  for (let isCleared = false; !isCleared && !engine.stopping && engine.pool.get(agent) === agent;) {
    isCleared = await clear(engine, state, agent.id).catch(ignoreLoss);
  }
  agent.isNew = false;
}

function leaving({ switches }: Pick<FleetState, 'switches'>): (readonly [id: string, untilMs: number])[] {
  return [...switches].flatMap(([name, value]) =>
    name.startsWith(LEAVES) ? [[name.slice(LEAVES.length), Number(value)] as const] : [],
  );
}

/**
 * Those that would be forgotten first go. They are counted in the shard, and after one was added: other schedulers add theirs at the
 * same time, and what the last look told does not hold these.
 */
async function keepRoom(engine: Engine, state: FleetState, added: string): Promise<void> {
  const told = await askPatiently(engine, state.link, { op: 'tick', limit: 0 });
  if (told.kind !== 'ticked') throw new Error(`the store answered a look with ${told.kind}`);
  const others = leaving(told).filter(([id]) => id !== added);
  const first = others.sort(([, a], [, b]) => a - b).slice(0, Math.max(0, others.length + 1 - LEAVES_MAX));
  for (const [id] of first) await clear(engine, state, id);
}

/** One that has just come to another scheduler is told of with its next look. */
async function isKnown(engine: Engine, state: FleetState, name: AgentName): Promise<boolean> {
  const { clock, bounds, schedulers } = engine;
  if (schedulers.length === 1) return isThere(engine, name);
  let failure: unknown;
  for (const until = clock.monotonicMs() + 2 * bounds.idleTickMs; clock.monotonicMs() < until;) {
    if (isThere(engine, name)) return true;
    await pause(clock, LOOK_MS);
    failure = undefined;
    await shareRoster(engine, state).catch((error: unknown) => (failure = error));
  }
  // Nobody can say now whether it is there.
  if (failure !== undefined && !isThere(engine, name)) throw failure;
  return isThere(engine, name);
}

function keep(engine: Engine, state: FleetState, id: string): Promise<boolean> {
  return set(engine, state, id, String(Math.floor(engine.clock.nowMs() + KEPT_MS)));
}

function clear(engine: Engine, state: FleetState, id: string): Promise<boolean> {
  return set(engine, state, id, '');
}

/** False when the shard has no room for it. */
async function set(engine: Engine, state: FleetState, id: string, value: string): Promise<boolean> {
  const reply = await askPatiently(engine, state.link, { op: 'switch', name: LEAVES + id, value });
  if (reply.kind === 'full') return false;
  noteSwitch(state, LEAVES + id, value);
  for (const agent of engine.pool.of(state.fleet)) {
    if (agent.id === id) agent.draining = leaves(engine, state, agent);
    if (agent.id === id && agent.draining) agent.parked?.answer([]);
  }
  engine.store.hint(state.link.shard);
  return true;
}

function ignoreLoss(error: unknown): false {
  if (error instanceof StoreFailure) return false;
  throw error;
}

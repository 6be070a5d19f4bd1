import type { AgentName } from '../core/scheduler.ts';
import { ROSTER_PAGE, type AgentNote, type KnownAgent } from '../store/store.ts';
import { agentId, type Agent } from './agent-pool.ts';
import type { Engine, FleetState } from './engine.ts';

/**
 * The agents of a fleet, wherever they poll: each scheduler writes down in the fleet's shard whom it hears of, and reads what the
 * others have written. An agent is as the scheduler says that heard of it last. So each is counted once, whether callers keep
 * to one scheduler or go to another with each call, and all schedulers say the same of them.
 */
export interface Roster {
  /** Those that another scheduler heard of last, by the name they have in the shard. */
  readonly others: Map<string, SeenAgent>;
  /** What was written before is known here. */
  upTo: number;
  /** How often the link had joined the shard when it was read last. */
  joins: number;
}

export interface SeenAgent {
  readonly name: string;
  readonly build: string;
  readonly slots: number;
  readonly free: number;
  readonly draining: boolean;
  /** When it was heard of last, in milliseconds since 1970. */
  readonly seenMs: number;
}

export function emptyRoster(): Roster {
  return { others: new Map(), upTo: 0, joins: 0 };
}

/** One that nothing was heard of for so long is lost; a little longer, and it is forgotten. */
export const LOST_MS = 40_000;
export const SILENT_MS = 60_000;
/** Of one that is as it was, so often it is said when it was heard of last. */
const AGAIN_MS = 15_000;
/** Pages of one look: a crowd that has come at once is known to all a few looks later. */
const PAGES_MAX = 8;

/** Tells what has changed here, and hears what the others tell. Once at a time, however many ask. */
export function shareRoster(engine: Engine, state: FleetState): Promise<void> {
  if (engine.schedulers.length === 1) return Promise.resolve();
  state.sharing ??= share(engine, state).finally(() => delete state.sharing);
  return state.sharing;
}

async function share(engine: Engine, state: FleetState): Promise<void> {
  const { roster, link } = state;
  if (roster.joins !== link.joins) {
    // The shard may have forgotten what was told before.
    for (const agent of engine.pool.of(state.fleet)) delete agent.told;
    roster.upTo = 0;
    roster.joins = link.joins;
  }
  const untold = engine.pool.of(state.fleet).filter((agent) => isUntold(engine, agent));
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const told = untold.splice(0, ROSTER_PAGE);
    const notes = told.map((agent) => noteOn(engine, agent));
    const reply = await link.ask({ op: 'roster', notes, after: roster.upTo });
    if (reply.kind !== 'roster') throw new Error(`the store answered a roster with ${reply.kind}`);
    for (const note of reply.notes) hear(engine, state, note);
    roster.upTo = reply.upTo;
    if (untold.length === 0 && reply.notes.length < ROSTER_PAGE) break;
  }
  forgetSilent(engine, roster);
}

function isUntold({ clock }: Engine, agent: Agent): boolean {
  if (agent.isElsewhere) return false;
  const { told } = agent;
  if (told === undefined || told.facts !== factsOf(agent)) return true;
  const now = clock.nowMs();
  return now - told.atMs >= AGAIN_MS && Math.floor(heardMs(now, agent)) > told.atMs;
}

function noteOn({ clock }: Engine, agent: Agent): AgentNote {
  const atMs = Math.floor(heardMs(clock.nowMs(), agent));
  const facts = factsOf(agent);
  agent.told = { facts, atMs };
  return { agent: agent.id, note: `${atMs}/${facts}` };
}

/** Names and builds have no `/`. */
function factsOf({ slots, free, draining, build, name }: Agent): string {
  return [slots, free, draining ? 1 : 0, build, name].join('/');
}

function readNote(note: string): SeenAgent {
  const [seenMs, slots, free, draining, build = '', name = ''] = note.split('/');
  return { name, build, slots: Number(slots), free: Number(free), draining: draining === '1', seenMs: Number(seenMs) };
}

function hear(engine: Engine, { fleet, roster }: FleetState, { agent: id, by, note }: KnownAgent): void {
  const seen = readNote(note);
  const own = engine.pool.get({ fleet, name: seen.name });
  if (own === undefined) {
    roster.others.set(id, seen);
    return;
  }
  if (by === engine.name) return;
  delete own.told;
  if (own.parked !== undefined || seen.seenMs <= own.seenMs) return;
  roster.others.set(id, seen);
  // What is heard of it here next may not say all of this again.
  const { build, slots, free } = seen;
  Object.assign(own, { build, slots, free, isElsewhere: true });
}

function forgetSilent({ clock }: Engine, { others }: Roster): void {
  const now = clock.nowMs();
  for (const [id, { seenMs }] of others) if (now - seenMs > SILENT_MS) others.delete(id);
}

/** An agent has shown that it lives, by a heartbeat or the end of a run: neither says how many slots it has. */
export function heardOf({ pool, fleets }: Engine, name: AgentName): Agent | undefined {
  const seen = pool.get(name) === undefined ? fleets.get(name.fleet)?.roster.others.get(agentId(name)) : undefined;
  if (seen !== undefined) return pool.see(name, seen);
  pool.touch(name);
  return pool.get(name);
}

/** A run of an agent has ended. */
export function freeOne(engine: Engine, name: AgentName): void {
  const agent = heardOf(engine, name);
  if (agent !== undefined) agent.free = Math.min(agent.slots, agent.free + 1);
}

/** Of a fleet's agents, all that were heard of within the last minute. */
export function agentsOf({ pool, clock }: Engine, { fleet, roster }: FleetState): readonly SeenAgent[] {
  const now = clock.nowMs();
  const own = pool.of(fleet).filter(({ isElsewhere }) => !isElsewhere);
  const names = new Set(own.map(({ id }) => id));
  const others = [...roster.others].flatMap(([id, seen]) => (names.has(id) ? [] : [seen]));
  return [...own.map((agent) => ({ ...agent, seenMs: heardMs(now, agent) })), ...others];
}

export function isThere({ fleets, pool }: Engine, name: AgentName): boolean {
  return pool.get(name) !== undefined || fleets.get(name.fleet)?.roster.others.has(agentId(name)) === true;
}

export interface AgentCount {
  readonly agents: number;
  readonly slots: number;
  readonly free: number;
}

/** Agents of a fleet that are there and do not drain; `build`: only those of that build. */
export function fleetAgents(engine: Engine, state: FleetState, build?: string): AgentCount {
  const now = engine.clock.nowMs();
  const here = agentsOf(engine, state).filter(
    (agent) => !agent.draining && now - agent.seenMs <= LOST_MS && (build === undefined || agent.build === build),
  );
  return {
    agents: here.length,
    slots: here.reduce((sum, { slots }) => sum + slots, 0),
    free: here.reduce((sum, { free }) => sum + free, 0),
  };
}

/** Who waits for an answer is there. */
function heardMs(nowMs: number, { parked, seenMs }: Agent): number {
  return parked === undefined ? seenMs : nowMs;
}

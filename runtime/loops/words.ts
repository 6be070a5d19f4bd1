import { hash } from 'node:crypto';
import { routeOfLane } from '../core/lane.ts';
import { StoreFailure } from '../store/store-failure.ts';
import { noteSwitch } from './change.ts';
import type { Engine, FleetState } from './engine.ts';
import { GRACE_MS, isHeldBack } from './held-back.ts';

/**
 * What a scheduler alone knows of a fleet, told to all as switches of its shard, so that each of them explains a task alike, also
 * after it has begun anew.
 *
 * - `open:<breaker>:<scheduler>`: a breaker of its is open, `<since>/<until>`
 * - `rate:<provider>:<scheduler>`: its share of a provider's rate is used up while tasks wait, `<since>/<until>`; told while that goes
 *   on, also over the moments at which a start is allowed, see `held-back.ts`
 * - `gone:<route>:<scheduler>`: its routing table has lost a route, and since when, as the first one that saw it says. While a
 *   table is rolled out the others still have the route, and take back nothing but their own word
 * - `no-agent`: none is there, and since when, as the first one that saw it says
 *
 * Times are milliseconds since 1970; breakers and providers are named by a digest, since their names may be longer than those of
 * switches.
 */
const OPEN = 'open:';
const RATE = 'rate:';
const GONE = 'gone:';
const NO_AGENT = 'no-agent';
/** Words of which each scheduler tells its own. */
const BY_SCHEDULER = [OPEN, RATE, GONE];
/** Routes of one fleet, of all tables that are remembered. */
const GONE_MAX = 50;
/** A scheduler that this one has not heard of may be one that is being added: for so long its words stay, once they are over. */
const STRANGE_MS = 3_600_000;

/** Tells what has changed since it was told last; what nobody knows of any more is taken back. */
export async function tellWords(engine: Engine, state: FleetState): Promise<void> {
  // What was told before must be known first.
  if (state.factsMs === 0) return;
  const words = wordsNow(engine, state);
  const told = [...state.switches.keys()].filter((name) => isOwn(engine, name));
  for (const name of new Set([...words.keys(), ...told])) {
    if (state.switches.get(name) === words.get(name)) continue;
    // While the ones before were told, another call may have told more of this one.
    const value = wordsNow(engine, state).get(name) ?? '';
    try {
      const { kind } = await state.link.ask({ op: 'switch', name, value });
      // No room: what others cannot see is told again later.
      if (kind === 'full') continue;
    } catch (error) {
      if (error instanceof StoreFailure) return;
      throw error;
    }
    noteSwitch(state, name, value);
  }
}

/** Takes back what nobody else will: words of schedulers that are no more, or of a version that named none in them. */
export async function forgetWords(engine: Engine, state: FleetState): Promise<void> {
  if (state.link.state !== 'up') return;
  for (const [name, value] of [...state.switches]) {
    if (!isForgotten(engine, name, value)) continue;
    await state.link.ask({ op: 'switch', name, value: '' });
    noteSwitch(state, name, '');
  }
}

function isForgotten({ schedulers, clock }: Engine, name: string, value: string): boolean {
  if (!BY_SCHEDULER.some((kind) => name.startsWith(kind))) return false;
  const [, , ...scheduler] = name.split(':');
  if (schedulers.includes(scheduler.join(':'))) return false;
  const overMs = Number(value.slice(value.indexOf('/') + 1));
  return !(clock.nowMs() < overMs + STRANGE_MS);
}

type Word = readonly [name: string, value: string];

function wordsNow(engine: Engine, state: FleetState): ReadonlyMap<string, string> {
  return new Map([
    ...openWords(engine, state),
    ...rateWords(engine, state),
    ...goneWords(engine, state),
    ...noAgentWords(state),
  ]);
}

function isOwn({ name: scheduler }: Engine, name: string): boolean {
  return name === NO_AGENT || (BY_SCHEDULER.some((kind) => name.startsWith(kind)) && name.endsWith(`:${scheduler}`));
}

function openWords(engine: Engine, { fleet }: FleetState): readonly Word[] {
  const builds = Object.keys(engine.tables.compiled.table.fleets[fleet]?.builds ?? {});
  const all = builds.map((build) => engine.tables.breakers(fleet, build));
  const names = new Set(all.flatMap(({ own, providers }) => [own, ...providers]));
  return [...names].flatMap((name) => {
    const breaker = engine.breakers.state(name);
    if (breaker.state !== 'open') return [];
    return [[openName(name, engine.name), timesText(breaker)] as const];
  });
}

/** Nobody else is there to whom one scheduler would have to tell them, and they change all the time. */
function rateWords({ clock, name, schedulers }: Engine, { heldBack }: FleetState): readonly Word[] {
  if (schedulers.length === 1) return [];
  const held = [...heldBack].filter(([, times]) => isHeldBack(times, clock.nowMs()));
  return held.map(([provider, times]) => [rateName(provider, name), timesText(times)]);
}

function timesText({ sinceMs, untilMs }: Times): string {
  return `${Math.floor(sinceMs)}/${Math.floor(untilMs)}`;
}

function goneWords(engine: Engine, state: FleetState): readonly Word[] {
  const { tables, name } = engine;
  const here = new Set(tables.allLanes(state.fleet).map(routeOfLane));
  const seen = tables.seenLanes(state.fleet).map((lane) => [routeOfLane(lane), lane] as const);
  const gone = new Map(seen.filter(([route]) => !here.has(route)));
  return [...gone.values()].slice(-GONE_MAX).flatMap((lane) => {
    const own = state.switches.get(goneName(lane, name));
    const sinceMs = toldGoneMs(engine, state, lane) ?? ownGoneMs(engine, state, lane);
    const value = own ?? (sinceMs === undefined ? '' : String(Math.floor(sinceMs)));
    return value === '' ? [] : [[goneName(lane, name), value] as const];
  });
}

function noAgentWords({ noAgentSinceMs: sinceMs, switches }: FleetState): readonly Word[] {
  return sinceMs === undefined ? [] : [[NO_AGENT, switches.get(NO_AGENT) ?? String(Math.floor(sinceMs))]];
}

function openName(breaker: string, scheduler: string): string {
  return `${OPEN}${digestOf(breaker)}:${scheduler}`;
}

function rateName(provider: string, scheduler: string): string {
  return `${RATE}${digestOf(provider)}:${scheduler}`;
}

function digestOf(name: string): string {
  return hash('sha256', name, 'base64url').slice(0, 16);
}

function goneName(lane: number, scheduler: string): string {
  return `${GONE}${routeOfLane(lane)}:${scheduler}`;
}

/** A breaker that is open at some scheduler; as all have told, so that all say the same of it. */
export function openBreaker(engine: Engine, { switches }: FleetState, name: string): Told | undefined {
  const breaker = engine.breakers.state(name);
  return toldOf(engine, {
    word: (scheduler) => switches.get(openName(name, scheduler)),
    own: breaker.state === 'open' ? breaker : undefined,
    graceMs: 0,
  });
}

/** A rate that holds tasks of a fleet back at some scheduler; `untilMs` may be just over. */
export function heldBackRate(engine: Engine, { switches, heldBack }: FleetState, provider: string): Told | undefined {
  const held = heldBack.get(provider);
  return toldOf(engine, {
    word: (scheduler) => switches.get(rateName(provider, scheduler)),
    own: held !== undefined && isHeldBack(held, engine.clock.nowMs()) ? held : undefined,
    graceMs: GRACE_MS,
  });
}

interface Times {
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** Of one thing that each scheduler has for itself. `onlyAt`: the schedulers that have told of it, when others have not. */
interface Told extends Times {
  readonly onlyAt?: readonly string[];
}

interface Telling {
  readonly word: (scheduler: string) => string | undefined;
  /** What counts where there is no other scheduler. */
  readonly own: Times | undefined;
  /** How long a word counts after its end. */
  readonly graceMs: number;
}

function toldOf({ schedulers, clock }: Engine, { word, own, graceMs }: Telling): Told | undefined {
  const now = clock.nowMs();
  const told = schedulers.flatMap((scheduler) => {
    const times = schedulers.length > 1 ? timesOf(word(scheduler)) : own;
    return times === undefined || times.untilMs + graceMs <= now ? [] : [{ scheduler, ...times }];
  });
  if (told.length === 0) return undefined;
  return {
    sinceMs: Math.min(...told.map(({ sinceMs }) => sinceMs)),
    untilMs: Math.min(...told.map(({ untilMs }) => untilMs)),
    ...(told.length < schedulers.length && { onlyAt: told.map(({ scheduler }) => scheduler) }),
  };
}

function timesOf(word: string | undefined): Times | undefined {
  if (word === undefined) return undefined;
  const [sinceMs = 0, untilMs = 0] = word.split('/').map(Number);
  return { sinceMs, untilMs };
}

/** Since when no table has had the route of a lane, or one that is rolled out has not. */
export function goneSinceMs(engine: Engine, state: FleetState, lane: number): number | undefined {
  const told = toldGoneMs(engine, state, lane);
  // Until one has told it, each of several has seen it at another time.
  return told ?? (engine.schedulers.length > 1 ? undefined : ownGoneMs(engine, state, lane));
}

function toldGoneMs({ schedulers }: Engine, { switches }: FleetState, lane: number): number | undefined {
  const words = schedulers.map((scheduler) => switches.get(goneName(lane, scheduler)));
  const times = words.filter((word) => word !== undefined).map(Number);
  return times.length === 0 ? undefined : Math.min(...times);
}

function ownGoneMs({ tables }: Engine, { fleet }: FleetState, lane: number): number | undefined {
  return tables.goneSinceMs(fleet, tables.lane(fleet, lane)?.route ?? '');
}

/** Since when no agent of a fleet is there. */
export function noAgentSinceMs({ switches, noAgentSinceMs: ownMs }: FleetState): number | undefined {
  const word = switches.get(NO_AGENT);
  return word === undefined ? ownMs : Number(word);
}

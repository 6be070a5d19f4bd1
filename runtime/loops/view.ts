import type { TaskView, TaskViewState } from '../../spec/contract/protocol.ts';
import { readReason } from '../core/reason-text.ts';
import { homeMark, homeOf } from '../core/task-id.ts';
import type { TaskRecord, TaskState } from '../core/task-record.ts';
import { Uncertain } from '../store/store-failure.ts';
import type { Reply } from '../store/store.ts';
import { pause } from './clock.ts';
import { envelopeIn } from './envelope.ts';
import { askPatiently, type Engine, type FleetState } from './engine.ts';
import { surely } from './roll-call.ts';
import { conflictSinceMs } from './view-of-fleets.ts';

/** A task where it is now: the shard that has it, and what the shard says of it. */
export interface Found {
  readonly state: FleetState;
  readonly reply: Extract<Reply, { kind: 'task' }>;
}

const HOPS_MAX = 16;

/** A task as far as the store knows now. It may be on its way there: see `findSurely`. */
export async function find(engine: Engine, id: string): Promise<Found | undefined> {
  const end = await follow(engine, id);
  return isFound(end) ? end : undefined;
}

/** The same, and nothing only when nobody has accepted it. Rejects with a `StoreFailure` when that cannot be told in time. */
export async function findSurely(engine: Engine, id: string): Promise<Found | undefined> {
  const end = await wayEnd(engine, id, arrived);
  return isFound(end) ? end : undefined;
}

/** The same, and where it was to be when nobody has accepted it; nothing where words lead to no fleet that is known here. */
export async function wayEnd(engine: Engine, id: string, ask = follow): Promise<WayEnd | undefined> {
  const end = await surely(
    engine,
    () => ask(engine, id),
    (at) => (isFound(at) || at === undefined ? [] : wayOf(engine, at)),
  );
  if (end === undefined && isAnotherTableInForce(engine))
    throw new Uncertain('it may be of a fleet that the table here does not have yet');
  return end;
}

/** Where the way of a task ends: at the shard that has it, or at one that does not know it, and which fleets have word that leads there. */
type WayEnd = Found | { readonly state: FleetState; readonly left: ReadonlySet<string> };

export function isFound(end: WayEnd | undefined): end is Found {
  return end !== undefined && 'reply' in end;
}

/** Whoever promised it at any of them may have to bring it where it goes. */
function wayOf({ fleets }: Engine, { state, left }: Exclude<WayEnd, Found>): readonly FleetState[] {
  return [...[...left].flatMap((fleet) => fleets.get(fleet) ?? []), state];
}

/** At another scheduler, as far as the shards tell. */
function isAnotherTableInForce({ fleets, tables }: Engine): boolean {
  const { digest } = tables.compiled.table;
  return [...fleets.values()].some(({ revision }) => revision !== '' && revision !== digest);
}

/**
 * Follows a task to where it is, and waits for one that was just let go and is not where it goes yet. Somebody is bringing it; where
 * that is this scheduler, until it has. Word that leads nowhere is rare: its sender died, or all queues on the way were full.
 */
async function arrived(engine: Engine, id: string): Promise<WayEnd | undefined> {
  const { clock, bounds, moving } = engine;
  const begunMs = clock.monotonicMs();
  for (;;) {
    const end = await follow(engine, id);
    if (end === undefined || isFound(end) || end.left.size === 0) return end;
    const waitedMs = clock.monotonicMs() - begunMs;
    if (!moving.has(id) && waitedMs >= MOVE_MS) return end;
    if (waitedMs >= bounds.patienceMs) throw new Uncertain('it is on its way from one fleet to another');
    await pause(clock, LOOK_MS);
  }
}

/** A move takes two questions and a write between them. */
const MOVE_MS = 1000;
const LOOK_MS = 25;

/** Follows a task from its home to where it went. */
async function follow(engine: Engine, id: string): Promise<WayEnd | undefined> {
  const left = new Set<string>();
  let mark: string | undefined = homeOf(id);
  for (let hop = 0; hop < HOPS_MAX && mark !== undefined; hop += 1) {
    const fleet = engine.tables.home(mark);
    const state = fleet === undefined ? undefined : engine.fleets.get(fleet);
    if (state === undefined) return undefined;
    const reply = await askPatiently(engine, state.link, { op: 'get', id });
    if (reply.kind !== 'task') return { state, left };
    if (reply.record.state !== 'moved') return { state, reply };
    left.add(state.fleet);
    mark = movedTo(reply.record);
  }
  return undefined;
}

const MOVED = 'to:';

export function movedReason(fleet: string): string {
  return `${MOVED}${homeMark(fleet)}`;
}

export function movedTo({ reason = '' }: Pick<TaskRecord, 'reason'>): string | undefined {
  return reason.startsWith(MOVED) ? reason.slice(MOVED.length) : undefined;
}

/** What the digest of a submission says of its task type; see `digestOf`. */
export function typeOf({ digest }: Pick<TaskRecord, 'digest'>): string {
  return digest.slice(0, digest.lastIndexOf('/'));
}

export function viewOf(
  engine: Engine,
  fleet: string,
  record: TaskRecord,
  { body, result }: { readonly body?: string; readonly result?: string } = {},
): TaskView {
  const lane = engine.tables.lane(fleet, record.lane);
  const conflictMs = conflictSinceMs(engine.fleets.get(fleet), record.id);
  const envelope = body === undefined || body === '' ? undefined : envelopeIn(body);
  return {
    id: record.id,
    task: typeOf(record),
    state: viewState(record.state),
    fleet,
    build: lane?.build ?? '',
    route: envelope?.route ?? lane?.route ?? '',
    priority: record.priority,
    attempts: record.attempts,
    crashes: record.crashes,
    acceptedAt: iso(record.acceptedMs),
    since: iso(record.sinceMs),
    ...(record.dueMs !== undefined && { dueAt: iso(record.dueMs) }),
    ...(record.agent !== undefined && { agent: record.agent }),
    ...(record.cancelAsked && { cancelAsked: true as const }),
    ...(record.reason !== undefined && record.reason !== '' && { reason: readReason(record.reason) }),
    ...(conflictMs !== undefined && { conflictAt: iso(conflictMs) }),
    ...(envelope !== undefined && { tenant: envelope.tenant, labels: envelope.labels, input: envelope.input }),
    ...(result !== undefined && result !== '' && { result: JSON.parse(result) }),
  };
}

export function viewState(state: TaskState): TaskViewState {
  if (state === 'leased') return 'running';
  // One that moved is looked for where it went; seen alone it is gone from here.
  return state === 'moved' ? 'cancelled' : state;
}

/** Most of a batch are about the same few times. */
export function iso(ms: number): string {
  const known = isoTexts.get(ms);
  if (known !== undefined) return known;
  if (isoTexts.size >= ISO_TEXTS_MAX) isoTexts.clear();
  const text = new Date(ms).toISOString();
  isoTexts.set(ms, text);
  return text;
}

const ISO_TEXTS_MAX = 64;
const isoTexts = new Map<number, string>();

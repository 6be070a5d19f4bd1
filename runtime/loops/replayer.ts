import { checkOperation } from '../store/check-batch.ts';
import { StoreFailure } from '../store/store-failure.ts';
import type { Operation, Reply } from '../store/store.ts';
import { pause, type Clock } from './clock.ts';
import { decodeEntry, submissionName, type JournalEntry } from './journal-entry.ts';
import { fleetsOf, type Ledger } from './ledger.ts';
import type { ShardLink } from './shard-link.ts';

/**
 * Brings back what the store has forgotten, while nothing may be claimed: first every end, how other tasks stand, and what holds
 * for the fleet; then the submissions. Shards that are lost together are replayed together, in one reading of the journal for
 * each half.
 */
export interface Replayer {
  replay(link: ShardLink, position: number): Promise<number>;
}

export interface ReplayerOptions {
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** Names of all schedulers, this one included. */
  readonly schedulers: readonly string[];
  readonly holdMs: number;
  readonly progress: (event: {
    readonly kind: 'begun' | 'done';
    readonly shard: string;
    readonly records: number;
  }) => void;
  readonly leftOut: (fleet: string, operation: Operation, because: string) => void;
  /** The shard has word that a task which is open here has gone on. */
  readonly strayed: (fleet: string, id: string) => void;
}

interface Shard {
  readonly link: ShardLink;
  readonly fleet: string;
  readonly position: number;
  readonly target: number;
  /** Newest record that was read of it. */
  read: number;
  operations: Operation[];
  records: number;
  holdsUntilMs: number;
  /** Switches for which the shard has no room. */
  readonly noRoom: Extract<Operation, { op: 'switch' }>[];
  /** Open submissions of which it has word that they have gone on. */
  readonly strays: string[];
  failure?: StoreFailure;
}

interface Request {
  readonly link: ShardLink;
  readonly position: number;
  readonly resolve: (position: number) => void;
  readonly reject: (error: unknown) => void;
}

/** Shards that were lost at the same moment notice it within this. */
const GATHER_MS = 10;
const BATCH = 128;
const BATCH_BYTES = 262_144;

export function replayer(options: ReplayerOptions): Replayer {
  const { ledger, clock, progress, leftOut, strayed } = options;
  let gathered: Request[] | undefined;
  let last: Promise<void> = Promise.resolve();

  const pass = async (requests: readonly Request[]): Promise<void> => {
    const shards = requests.map(({ link, position }) => shardOf(link, position, ledger));
    for (const { fleet } of shards) progress({ kind: 'begun', shard: fleet, records: 0 });
    await replayAll(shards, options);
    for (const [index, { fleet, target, read, failure, records, noRoom, strays }] of shards.entries()) {
      for (const id of strays) strayed(fleet, id);
      for (const one of noRoom) leftOut(fleet, one, `the shard has no room for another switch, as ${one.name} is`);
      if (failure === undefined) {
        progress({ kind: 'done', shard: fleet, records });
        requests[index]?.resolve(Math.max(target, read));
      } else requests[index]?.reject(failure);
    }
  };

  const gather = async (): Promise<void> => {
    await pause(clock, GATHER_MS);
    await last;
    const requests = gathered ?? [];
    gathered = undefined;
    last = pass(requests).catch((error: unknown) => {
      for (const { reject } of requests) reject(error);
    });
  };

  return {
    replay: (link, position) =>
      new Promise((resolve, reject) => {
        const request = { link, position, resolve, reject };
        if (gathered === undefined) {
          gathered = [request];
          void gather();
        } else gathered.push(request);
      }),
  };
}

function shardOf(link: ShardLink, position: number, ledger: Ledger): Shard {
  const { fleet } = link.shard;
  const target = Math.max(link.newest, ledger.newest(fleet));
  return {
    link,
    fleet,
    position,
    target,
    read: position,
    operations: [],
    records: 0,
    holdsUntilMs: 0,
    noRoom: [],
    strays: [],
  };
}

async function replayAll(shards: readonly Shard[], options: ReplayerOptions): Promise<void> {
  const { ledger, clock, schedulers, holdMs } = options;
  const byFleet = new Map(shards.map((shard) => [shard.fleet, shard]));
  const lacking = shards.filter(({ position, target }) => position < target);
  const from = Math.min(...lacking.map(({ position }) => position));
  await ledger.durable(Math.min(ledger.journal.lsn, Math.max(0, ...lacking.map(({ target }) => target))));
  for (const shard of shards) {
    await hold(shard, clock, holdMs);
    await sendSwitches(shard, ledger);
  }
  if (lacking.length === 0) {
    await endAll(shards, schedulers);
    return;
  }

  const refused = new Set<string>();
  for await (const { lsn, entry, shard } of entries(ledger, from, byFleet)) {
    if (entry.kind === 'submit') refused.delete(submissionName(entry.fleet, entry.task.id));
    if (entry.kind === 'void') refused.add(submissionName(entry.fleet, entry.id));
    if (ledger.isUnended(lsn)) continue;
    const operation = first(entry, shard.fleet, ledger);
    if (operation === undefined || isLeftOut(operation, shard, options)) continue;
    shard.operations.push(operation);
    await flushFull(shard);
    await hold(shard, clock, holdMs);
  }

  for await (const { entry, shard } of entries(ledger, from, byFleet)) {
    const operation = second(entry, shard.fleet, ledger, refused, clock.nowMs());
    if (operation === undefined || isLeftOut(operation, shard, options)) continue;
    shard.operations.push(operation);
    await flushFull(shard);
    await hold(shard, clock, holdMs);
  }
  await endAll(shards, schedulers);
}

/** A record that no store takes, as an earlier version may have written: it must not keep all others from coming back. */
function isLeftOut(operation: Operation, { fleet }: Shard, { leftOut }: ReplayerOptions): boolean {
  try {
    checkOperation(operation);
    return false;
  } catch (error) {
    leftOut(fleet, operation, String(error));
    return true;
  }
}

/** What was said later, here or elsewhere, holds. */
async function sendSwitches(shard: Shard, ledger: Ledger): Promise<void> {
  for (const { name, value, atMs } of ledger.switches(shard.fleet)) {
    shard.operations.push({ op: 'switch', name, value, atMs });
    await flushFull(shard);
  }
}

/** All is there, what runs counts against limits: the hold may end as far as this scheduler is concerned. */
async function endAll(shards: readonly Shard[], schedulers: readonly string[]): Promise<void> {
  for (const shard of shards) {
    shard.operations.push({ op: 'end', schedulers });
    await flush(shard, Math.max(shard.target, shard.read));
  }
}

/** Ends, and how tasks stand that have none. */
function first(entry: JournalEntry, fleet: string, ledger: Ledger): Operation | undefined {
  if (entry.kind === 'moved')
    return entry.from === fleet ? { op: 'finish', id: entry.task.id, ...entry.end } : undefined;
  if (entry.kind === 'stand') {
    const { id, standing } = entry;
    return ledger.stands(fleet, id, standing) ? { op: 'restore', id, standing } : undefined;
  }
  if (entry.kind !== 'end') return undefined;
  return { op: 'finish', id: entry.id, ...entry.end };
}

/** Submissions: those that are open, and of the others what was submitted. */
function second(
  entry: JournalEntry,
  fleet: string,
  ledger: Ledger,
  refused: ReadonlySet<string>,
  nowMs: number,
): Operation | undefined {
  if (entry.kind !== 'submit' && !(entry.kind === 'moved' && entry.to === fleet)) return undefined;
  const { task } = entry;
  if (refused.has(submissionName(fleet, task.id))) return undefined;
  if (!ledger.isOpen(fleet, task.id)) return { op: 'submit', task: { ...task, body: '' }, over: true };
  return { op: 'submit', task: { ...task, delayMs: Math.max(0, task.acceptedMs + task.delayMs - nowMs) } };
}

async function* entries(
  { journal }: Ledger,
  from: number,
  shards: ReadonlyMap<string, Shard>,
): AsyncGenerator<{ readonly lsn: number; readonly entry: JournalEntry; readonly shard: Shard }> {
  for await (const { lsn, payload } of journal.read(from)) {
    const entry = decodeEntry(payload);
    for (const fleet of fleetsOf(entry)) {
      const shard = shards.get(fleet);
      if (shard === undefined || shard.failure !== undefined || lsn <= shard.position) continue;
      shard.read = Math.max(shard.read, lsn);
      yield { lsn, entry, shard };
    }
  }
}

/** Nothing is claimed of the shard for `holdMs` more; asked for again when half of it is over. */
async function hold(shard: Shard, clock: Clock, holdMs: number): Promise<void> {
  if (clock.monotonicMs() < shard.holdsUntilMs - holdMs / 2) return;
  shard.holdsUntilMs = clock.monotonicMs() + holdMs;
  shard.operations.push({ op: 'begin', holdMs });
  await flush(shard);
}

async function flushFull(shard: Shard): Promise<void> {
  const { operations } = shard;
  const last = operations.at(-1);
  const large = last !== undefined && sizeOf(last) > BATCH_BYTES / BATCH;
  const isFull =
    operations.length >= BATCH || (large && operations.reduce((sum, op) => sum + sizeOf(op), 0) >= BATCH_BYTES);
  if (isFull) await flush(shard);
}

/** Sends what has gathered; the shard moves to `lsn` with it. A shard that fails is left alone from then on. */
async function flush(shard: Shard, lsn = shard.position): Promise<void> {
  const { operations, link, position } = shard;
  if (shard.failure !== undefined || (operations.length === 0 && lsn === position)) return;
  shard.operations = [];
  try {
    const { replies } = await link.replayBatch(operations, position, lsn);
    for (const [index, operation] of operations.entries()) note(shard, operation, replies[index]);
    shard.records += operations.length;
  } catch (error) {
    if (!(error instanceof StoreFailure)) throw error;
    shard.failure = error;
  }
}

function note({ noRoom, strays }: Shard, operation: Operation, reply: Reply | undefined): void {
  if (operation.op === 'switch' && reply?.kind === 'full') noRoom.push(operation);
  if (operation.op !== 'submit' || operation.over === true || reply?.kind !== 'known') return;
  const { id, digest } = operation.task;
  if (reply.record.state === 'moved' && reply.record.digest === digest) strays.push(id);
}

function sizeOf(operation: Operation): number {
  if (operation.op === 'submit') return operation.task.body.length;
  if (operation.op === 'restore') return operation.standing.result.length;
  return operation.op === 'finish' ? operation.result.length : 0;
}

import { StoreFailure } from '../store/store-failure.ts';
import type { Operation, Reply } from '../store/store.ts';
import { pause, type Clock } from './clock.ts';
import { decodeEntry, type JournalEntry } from './journal-entry.ts';
import { fleetsOf, type Ledger } from './ledger.ts';
import type { ShardLink } from './shard-link.ts';

/**
 * Brings back what the store has forgotten: first every end, while nothing may be claimed, then the submissions that are open.
 * Shards that are lost together are replayed together, in one reading of the journal for each half.
 *
 * A dead letter of a task that another scheduler brings may come before its submission: it is kept for `retryDead`.
 */
export interface Replayer {
  replay(link: ShardLink, position: number): Promise<number>;
  /** Dead letters that wait for their submissions, to be sent again. */
  dead(fleet: string): readonly Operation[];
  /** What became of one of them. */
  deadDone(fleet: string, id: string, reply: Reply): void;
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
  const { ledger, clock, progress } = options;
  const dead = new Map<string, Map<string, Operation>>();
  let gathered: Request[] | undefined;
  let last: Promise<void> = Promise.resolve();

  const pass = async (requests: readonly Request[]): Promise<void> => {
    const shards = requests.map(({ link, position }) => shardOf(link, position, ledger));
    for (const { fleet } of shards) progress({ kind: 'begun', shard: fleet, records: 0 });
    await replayAll(shards, options, (fleet, operation) => {
      const waiting = dead.get(fleet) ?? new Map<string, Operation>();
      if (operation.op === 'finish') waiting.set(operation.id, operation);
      dead.set(fleet, waiting);
    });
    for (const [index, { fleet, target, read, failure, records }] of shards.entries()) {
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
    dead: (fleet) => [...(dead.get(fleet)?.values() ?? [])],
    deadDone: (fleet, id, reply) => {
      if (reply.kind !== 'unknown') dead.get(fleet)?.delete(id);
    },
  };
}

function shardOf(link: ShardLink, position: number, ledger: Ledger): Shard {
  const { fleet } = link.shard;
  const target = Math.max(link.newest, ledger.newest(fleet));
  return { link, fleet, position, target, read: position, operations: [], records: 0, holdsUntilMs: 0 };
}

async function replayAll(
  shards: readonly Shard[],
  options: ReplayerOptions,
  keepDead: (fleet: string, operation: Operation) => void,
): Promise<void> {
  const { ledger, clock, schedulers, holdMs } = options;
  const byFleet = new Map(shards.map((shard) => [shard.fleet, shard]));
  const lacking = shards.filter(({ position, target }) => position < target);
  const from = Math.min(...lacking.map(({ position }) => position));
  await ledger.durable(Math.min(ledger.journal.lsn, Math.max(0, ...lacking.map(({ target }) => target))));
  for (const shard of shards) await hold(shard, clock, holdMs);
  if (lacking.length === 0) {
    await endAll(shards, schedulers);
    return;
  }

  const redriven = new Set<string>();
  for await (const { lsn, entry, shard } of entries(ledger, from, byFleet)) {
    if (entry.kind === 'redrive') redriven.add(`${entry.fleet} ${entry.id} ${entry.token}`);
    if (ledger.isUnended(lsn)) continue;
    const operation = first(entry, shard.fleet);
    if (operation === undefined) continue;
    shard.operations.push(operation);
    await flushFull(shard);
    await hold(shard, clock, holdMs);
  }
  await endAll(shards, schedulers);

  for await (const { entry, shard } of entries(ledger, from, byFleet)) {
    const operation = second(entry, shard.fleet, ledger, redriven, clock.nowMs());
    if (operation === undefined) continue;
    shard.operations.push(operation);
    const replies = await flushFull(shard);
    keepUnknown(shard.fleet, replies, keepDead);
  }
  for (const shard of shards) {
    keepUnknown(shard.fleet, await flush(shard, Math.max(shard.target, shard.read)), keepDead);
  }
}

/** All ends are there: the hold may end as far as this scheduler is concerned. */
async function endAll(shards: readonly Shard[], schedulers: readonly string[]): Promise<void> {
  for (const shard of shards) {
    shard.operations.push({ op: 'end', schedulers });
    await flush(shard);
  }
}

/** Ends. */
function first(entry: JournalEntry, fleet: string): Operation | undefined {
  if (entry.kind === 'moved')
    return entry.from === fleet ? { op: 'finish', id: entry.task.id, ...entry.end } : undefined;
  if (entry.kind !== 'end' || entry.end.state === 'dead') return undefined;
  return { op: 'finish', id: entry.id, ...entry.end };
}

/** Submissions that are open, and the dead among them. */
function second(
  entry: JournalEntry,
  fleet: string,
  ledger: Ledger,
  redriven: ReadonlySet<string>,
  nowMs: number,
): Operation | undefined {
  if (entry.kind === 'submit' || (entry.kind === 'moved' && entry.to === fleet)) {
    const { task } = entry;
    if (!ledger.isOpen(fleet, task.id)) return undefined;
    return { op: 'submit', task: { ...task, delayMs: Math.max(0, task.acceptedMs + task.delayMs - nowMs) } };
  }
  if (entry.kind !== 'end' || entry.end.state !== 'dead') return undefined;
  if (redriven.has(`${entry.fleet} ${entry.id} ${entry.end.token}`)) return undefined;
  return { op: 'finish', id: entry.id, ...entry.end };
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

async function flushFull(shard: Shard): Promise<readonly (readonly [Operation, Reply])[]> {
  const { operations } = shard;
  const last = operations.at(-1);
  const large = last !== undefined && sizeOf(last) > BATCH_BYTES / BATCH;
  return operations.length >= BATCH || (large && operations.reduce((sum, op) => sum + sizeOf(op), 0) >= BATCH_BYTES)
    ? flush(shard)
    : [];
}

/** Sends what has gathered; the shard moves to `lsn` with it. A shard that fails is left alone from then on. */
async function flush(shard: Shard, lsn = shard.position): Promise<readonly (readonly [Operation, Reply])[]> {
  const { operations, link, position } = shard;
  if (shard.failure !== undefined || (operations.length === 0 && lsn === position)) return [];
  shard.operations = [];
  try {
    const { replies } = await link.replayBatch(operations, position, lsn);
    shard.records += operations.length;
    return operations.flatMap((operation, index) => {
      const reply = replies[index];
      return reply === undefined ? [] : [[operation, reply] as const];
    });
  } catch (error) {
    if (!(error instanceof StoreFailure)) throw error;
    shard.failure = error;
    return [];
  }
}

function keepUnknown(
  fleet: string,
  replies: readonly (readonly [Operation, Reply])[],
  keepDead: (fleet: string, operation: Operation) => void,
): void {
  for (const [operation, reply] of replies) {
    if (operation.op === 'finish' && reply.kind === 'unknown') keepDead(fleet, operation);
  }
}

function sizeOf(operation: Operation): number {
  if (operation.op === 'submit') return operation.task.body.length;
  return operation.op === 'finish' ? operation.result.length : 0;
}

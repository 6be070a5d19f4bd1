import type { EndState, NewTask, Standing } from '../core/task-record.ts';

/**
 * What a scheduler writes into its journal. Replayed in the order of the journal, the ends of a shard first, they make a store
 * that has forgotten everything know again what was promised.
 *
 * - `submit`: a task was accepted into a fleet's shard; open until it has ended
 * - `end`: it ended; written when the store has said so, or beside the question, and then taken back (`unend`) if it says no.
 *   Nobody is told before this is durable and the store's position is at or above it. Of one whose scheduler died in between
 *   nobody knows; so it gives way to other ends (`Finish` in `../store/store.ts`)
 * - `void`: the store refused what `submit` says
 * - `stand`: what became of its last run, for tasks that have not ended: they are dead letters, or were tried before, or their
 *   agents have begun what must not be begun twice; open until it has ended
 * - `cancel`: its end was asked for while it runs; open until it has ended
 * - `switch`: somebody paused or drained a fleet, or took that back (`value` empty); open while it holds
 * - `move`: a task is about to leave a shard for another one
 * - `moved`: it has left, and belongs to the other: its end there and its submission here, in one record
 * - `stay`: it stays
 * - `life`: the scheduler started; see `LIFE_GAP` in `ledger.ts`. With `tokensBelow`, also while it lives: no token at or above
 *   that has been handed out; absent before there were such records
 */
export type JournalEntry =
  | { readonly kind: 'submit'; readonly fleet: string; readonly task: JournaledTask }
  | { readonly kind: 'end'; readonly fleet: string; readonly id: string; readonly end: End }
  | {
      readonly kind: 'unend';
      readonly fleet: string;
      readonly id: string;
      readonly token: number;
      /** Of the `end` that is taken back. An earlier version did not say it: then the last success of that run. */
      readonly lsn?: number;
    }
  | { readonly kind: 'void'; readonly fleet: string; readonly id: string }
  | { readonly kind: 'stand'; readonly fleet: string; readonly id: string; readonly standing: Standing }
  | {
      readonly kind: 'cancel';
      readonly fleet: string;
      readonly id: string;
      readonly reason: string;
      readonly askedMs: number;
    }
  | {
      readonly kind: 'switch';
      readonly fleet: string;
      readonly name: string;
      readonly value: string;
      readonly atMs: number;
    }
  | { readonly kind: 'move'; readonly from: string; readonly to: string; readonly task: JournaledTask }
  | {
      readonly kind: 'moved';
      readonly from: string;
      readonly to: string;
      readonly task: JournaledTask;
      readonly end: End;
    }
  | { readonly kind: 'stay'; readonly id: string }
  | { readonly kind: 'life'; readonly tokensBelow?: number };

/** One that says when it was accepted, so that a replay is never refused. */
export type JournaledTask = NewTask & { readonly acceptedMs: number };

export interface End {
  readonly state: EndState;
  readonly token: number;
  readonly digest: string;
  readonly reason: string;
  readonly result: string;
}

export function encodeEntry(entry: JournalEntry): Uint8Array {
  return Buffer.from(JSON.stringify(entry));
}

/** Throws for bytes that we did not write; the journal's checksums leave that to a wrong version. */
export function decodeEntry(payload: Uint8Array): JournalEntry {
  const value: unknown = JSON.parse(Buffer.from(payload).toString());
  if (!isRecord(value)) throw new TypeError('the journal holds a record of another version');
  return isEntry(value) ? value : ofEarlierVersion(value);
}

/** Written before there was `stand`, which says the same and more. */
type EarlierEntry =
  | { readonly kind: 'end'; readonly fleet: string; readonly id: string; readonly end: DeadEnd }
  | { readonly kind: 'redrive'; readonly fleet: string; readonly id: string; readonly token: number };

type DeadEnd = Omit<End, 'state'> & { readonly state: 'dead' };

function ofEarlierVersion(entry: EarlierEntry): JournalEntry {
  const { fleet, id } = entry;
  const unknown = { attempts: 0, crashes: 0, agent: '', sinceMs: 0, dueMs: 0, reason: '', result: '' };
  if (entry.kind === 'redrive') {
    return { kind: 'stand', fleet, id, standing: { ...unknown, state: 'waiting', token: entry.token } };
  }
  const { token, reason, result } = entry.end;
  return { kind: 'stand', fleet, id, standing: { ...unknown, state: 'dead', token, reason, result } };
}

/** Name of a submission among the journal's open records. */
export function submissionName(fleet: string, id: string): string {
  return `s ${fleet} ${id}`;
}

export function moveName(id: string): string {
  return `m ${id}`;
}

export function standingName(fleet: string, id: string): string {
  return `r ${fleet} ${id}`;
}

export function cancelName(fleet: string, id: string): string {
  return `c ${fleet} ${id}`;
}

export function switchName(fleet: string, name: string): string {
  return `w ${fleet} ${name}`;
}

const KINDS: ReadonlySet<string> = new Set<(JournalEntry | EarlierEntry)['kind']>([
  'submit',
  'end',
  'unend',
  'void',
  'stand',
  'cancel',
  'switch',
  'redrive',
  'move',
  'moved',
  'stay',
  'life',
]);

function isRecord(value: unknown): value is JournalEntry | EarlierEntry {
  return typeof value === 'object' && value !== null && 'kind' in value && KINDS.has(String(value.kind));
}

function isEntry(entry: JournalEntry | EarlierEntry): entry is JournalEntry {
  return entry.kind !== 'redrive' && !(entry.kind === 'end' && entry.end.state === 'dead');
}

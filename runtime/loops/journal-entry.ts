import type { EndState, NewTask } from '../core/task-record.ts';

/**
 * What a scheduler writes into its journal. Replayed in the order of the journal, the ends of a shard first, they make a store
 * that has forgotten everything know again what was promised.
 *
 * - `submit`: a task was accepted into a fleet's shard; open until it has ended
 * - `end`: it ended; written when the store has said so, or beside the question, and then taken back (`unend`) if it says no.
 *   Nobody is told before this is durable and the store's position is at or above it.
 * - `void`: the store refused what `submit` says
 * - `redrive`: a dead letter became ready again
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
  | { readonly kind: 'redrive'; readonly fleet: string; readonly id: string; readonly token: number }
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
  readonly state: EndState | 'dead';
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
  if (!isEntry(value)) throw new TypeError('the journal holds a record of another version');
  return value;
}

/** Name of a submission among the journal's open records. */
export function submissionName(fleet: string, id: string): string {
  return `s ${fleet} ${id}`;
}

export function moveName(id: string): string {
  return `m ${id}`;
}

const KINDS = new Set(['submit', 'end', 'unend', 'void', 'redrive', 'move', 'moved', 'stay', 'life']);

function isEntry(value: unknown): value is JournalEntry {
  return typeof value === 'object' && value !== null && 'kind' in value && KINDS.has(String(value.kind));
}

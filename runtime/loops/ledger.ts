import type { Journal } from '../journal/journal.ts';
import {
  decodeEntry,
  encodeEntry,
  moveName,
  submissionName,
  type End,
  type JournaledTask,
  type JournalEntry,
} from './journal-entry.ts';

/**
 * This scheduler's promises: its journal, and in memory what of it is still open. Every method that writes returns the LSN of
 * its record at once; it is durable when `durable` resolves.
 */
export interface Ledger {
  readonly journal: Journal;
  /** Throws `JournalFull`. */
  submit(fleet: string, task: JournaledTask): number;
  /** The same for a task that was promised before, and comes from another shard: there is always room. */
  arrive(fleet: string, task: JournaledTask): number;
  end(fleet: string, id: string, end: End): number;
  /** The store refused the submission. */
  refuse(fleet: string, id: string): number;
  redrive(fleet: string, id: string, token: number): number;
  move(from: string, to: string, task: JournaledTask): number;
  stay(id: string): number;
  /** The end of a task that another scheduler's journal has, or that the store has already forgotten. */
  forget(fleet: string, id: string): void;
  durable(lsn: number): Promise<void>;
  isOpen(fleet: string, id: string): boolean;
  /** Newest record about a fleet's shard; 0 when there is none. */
  newest(fleet: string): number;
  /** Fleets that the journal speaks of. */
  fleets(): readonly string[];
  /** Submissions without an end, the oldest first. */
  open(): IterableIterator<OpenSubmission>;
  openMoves(): readonly Move[];
}

export interface OpenSubmission {
  readonly fleet: string;
  readonly id: string;
  readonly acceptedMs: number;
}

export type Move = Extract<JournalEntry, { kind: 'move' }>;

/**
 * A crash loses records that the store may have seen already. Their numbers must not be given again, or the store would seem to
 * know the new ones. So each life begins far above the last durable record, and makes its beginning durable first.
 */
const LIFE_GAP = 2 ** 20;

/** Reads the journal once, from its beginning, and begins a new life in it. */
export async function openLedger(journal: Journal): Promise<Ledger> {
  const open = new Map<string, OpenSubmission>();
  const moves = new Map<string, Move>();
  const newest = new Map<string, number>();

  const note = (entry: JournalEntry, lsn: number): void => {
    if ('fleet' in entry) newest.set(entry.fleet, lsn);
    if (entry.kind === 'submit') {
      const { id, acceptedMs } = entry.task;
      open.set(submissionName(entry.fleet, id), { fleet: entry.fleet, id, acceptedMs });
    } else if (entry.kind === 'move') moves.set(entry.task.id, entry);
    else if (entry.kind === 'stay') close(moveName(entry.id), () => moves.delete(entry.id));
    // A dead letter is open: its body must come back with the store.
    else if (entry.kind === 'void' || (entry.kind === 'end' && entry.end.state !== 'dead'))
      forget(entry.fleet, entry.id);
  };
  const close = (name: string, forgetIt: () => boolean): void => {
    if (forgetIt()) journal.settle(name);
  };
  const forget = (fleet: string, id: string): void => {
    const name = submissionName(fleet, id);
    close(name, () => open.delete(name));
  };
  const write = (entry: JournalEntry, name?: string, kind: 'submit' | 'settle' = 'settle'): number => {
    const lsn = journal.append(encodeEntry(entry), {
      class: kind,
      ...(name !== undefined && { open: name }),
    });
    note(entry, lsn);
    return lsn;
  };

  for await (const { lsn, payload } of journal.read(0)) note(decodeEntry(payload), lsn);
  journal.raise(journal.lsn + LIFE_GAP);
  await journal.durable(write({ kind: 'life' }));
  return {
    journal,
    submit: (fleet, task) => write({ kind: 'submit', fleet, task }, submissionName(fleet, task.id), 'submit'),
    arrive: (fleet, task) => write({ kind: 'submit', fleet, task }, submissionName(fleet, task.id)),
    end: (fleet, id, end) => write({ kind: 'end', fleet, id, end }),
    refuse: (fleet, id) => write({ kind: 'void', fleet, id }),
    redrive: (fleet, id, token) => write({ kind: 'redrive', fleet, id, token }),
    move: (from, to, task) => write({ kind: 'move', from, to, task }, moveName(task.id)),
    stay: (id) => write({ kind: 'stay', id }),
    forget,
    durable: (lsn) => journal.durable(lsn),
    isOpen: (fleet, id) => open.has(submissionName(fleet, id)),
    newest: (fleet) => newest.get(fleet) ?? 0,
    fleets: () => [...newest.keys()],
    open: () => open.values(),
    openMoves: () => [...moves.values()],
  };
}

import type { Journal } from '../journal/journal.ts';
import type { Standing } from '../core/task-record.ts';
import {
  cancelName,
  decodeEntry,
  encodeEntry,
  moveName,
  standingName,
  submissionName,
  switchName,
  type End,
  type JournaledTask,
  type JournalEntry,
} from './journal-entry.ts';
import { ledgerNotes, type AskedCancel, type NotedTask, type SaidSwitch } from './ledger-notes.ts';

/**
 * This scheduler's promises: its journal, and in memory what of it is still open. Every method that writes returns the LSN of
 * its record at once; it is durable when `durable` resolves.
 */
export interface Ledger {
  readonly journal: Journal;
  /** It was empty: this scheduler has not been here before, or has a new disk. */
  readonly isFirstLife: boolean;
  /** Throws `JournalFull`. */
  submit(fleet: string, task: JournaledTask): number;
  end(fleet: string, id: string, end: End): number;
  /** The same before the store has said so: `forget` when it does, `unend` when it does not. */
  intend(fleet: string, id: string, end: End): number;
  /** Takes back the end that `intend` wrote as this LSN, and no other of the same run: one that was told may stand before it. */
  unend(fleet: string, id: string, token: number, lsn: number): number;
  isUnended(lsn: number): boolean;
  /** The store refused the submission. */
  refuse(fleet: string, id: string): number;
  /** How a task stands that has not ended; nothing is written when more is known. */
  stand(fleet: string, id: string, standing: Standing): number;
  /** Whether that is the last that this journal says of it, and it has not ended. */
  stands(fleet: string, id: string, standing: Standing): boolean;
  /** The end of a task that runs was asked for. */
  askCancel(asked: AskedCancel): number;
  cancels(fleet: string): IterableIterator<AskedCancel>;
  /** Tasks of which more is kept than their submission; also of those that other schedulers have accepted. */
  noted(): IterableIterator<NotedTask>;
  setSwitch(said: SaidSwitch): number;
  /** The last that this journal says of each switch of a fleet. */
  switches(fleet: string): IterableIterator<SaidSwitch>;
  /** Something later was said, elsewhere. */
  forgetSwitch(fleet: string, name: string): void;
  move(from: string, to: string, task: JournaledTask): number;
  /** The store has let it go: from now on it belongs to the other shard. */
  moved(move: Move, end: End): number;
  stay(id: string): number;
  /** This scheduler's lives before have handed out no token at or above this; see `token-floor.ts`. */
  readonly tokenFloor: number;
  /** Tokens below this may be handed out: durable when the ledger is opened. */
  readonly tokensBelow: number;
  allowTokens(below: number): number;
  /**
   * The end of a task that another scheduler's journal has, or that the store has already forgotten. With a digest, as with every
   * end, a promise of another input under the same key stays open: whoever was told of it must hear that it is not done.
   */
  forget(fleet: string, id: string, digest?: string): void;
  durable(lsn: number): Promise<void>;
  /** Whether there is nothing to wait for. */
  isDurable(lsn: number): boolean;
  isOpen(fleet: string, id: string): boolean;
  /** Digest of what was submitted, while it is open. */
  promised(fleet: string, id: string): string | undefined;
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
  readonly digest: string;
}

export type Move = Extract<JournalEntry, { kind: 'move' }>;

/**
 * A crash loses records that the store may have seen already. Their numbers must not be given again, or the store would seem to
 * know the new ones. So each life begins far above the last durable record, and makes its beginning durable first.
 */
const LIFE_GAP = 2 ** 20;

/** Reads the journal once, from its beginning, and begins a new life in it, which may hand out tokens below some number. */
export async function openLedger(journal: Journal, allowedBelow = 0): Promise<Ledger> {
  const open = new Map<string, OpenSubmission>();
  const moves = new Map<string, Move>();
  const newest = new Map<string, number>();
  /** LSNs of ends that were taken back: of each outage as many as were being written when it began. */
  const unended = new Set<number>();
  const notes = ledgerNotes();
  /** What has been closed, and by which records; only while the journal is read: an `unend` may follow. */
  const closed = new Map<string, { readonly submission: OpenSubmission | undefined; readonly by: Set<number> }>();
  /** The last success of each run; only while the journal is read. */
  const successes = new Map<string, number>();
  const begun = new Set<string>();
  let tokensBelow = 0;
  let reading = true;
  const isFirstLife = journal.lsn === 0;

  /** `name`: that of its submission, where the caller has made it already. */
  const note = (entry: JournalEntry, lsn: number, name?: string): void => {
    for (const fleet of fleetsOf(entry)) newest.set(fleet, lsn);
    notes.take(entry);
    if (entry.kind === 'life') tokensBelow = Math.max(tokensBelow, entry.tokensBelow ?? 0);
    if (entry.kind === 'submit') promise(entry.fleet, entry.task, name);
    else if (entry.kind === 'move') {
      moves.set(entry.task.id, entry);
      if (reading) begun.add(entry.task.id);
    } else if (entry.kind === 'stay') close(moveName(entry.id), () => moves.delete(entry.id));
    else if (entry.kind === 'moved') {
      const { from, to, task } = entry;
      forget(from, task.id, lsn, task.digest);
      promise(to, task);
      close(moveName(task.id), () => moves.delete(task.id));
    } else if (entry.kind === 'unend') {
      const taken = entry.lsn ?? successes.get(runName(entry));
      if (taken !== undefined) takeBack(entry, taken);
    } else if (entry.kind === 'void') release(entry.fleet, entry.id, lsn);
    else if (entry.kind === 'end') {
      if (reading && entry.end.state === 'succeeded') {
        successes.set(runName({ ...entry, token: entry.end.token }), lsn);
      }
      forget(entry.fleet, entry.id, lsn, entry.end.digest);
    }
  };
  const takeBack = ({ fleet, id }: { readonly fleet: string; readonly id: string }, lsn: number): void => {
    unended.add(lsn);
    const name = submissionName(fleet, id);
    const known = closed.get(name);
    if (known?.by.delete(lsn) !== true || known.by.size > 0) return;
    if (known.submission !== undefined) open.set(name, known.submission);
    notes.remember(fleet, id);
  };
  const promise = (
    fleet: string,
    { id, acceptedMs, digest }: JournaledTask,
    name = submissionName(fleet, id),
  ): void => {
    open.set(name, { fleet, id, acceptedMs, digest });
    closed.delete(name);
  };
  const close = (name: string, forgetIt: () => boolean): void => {
    if (forgetIt() && !reading) journal.settle(name);
  };
  /** `by`: the record that says so. */
  const forget = (fleet: string, id: string, by?: number, digest?: string): void => {
    release(fleet, id, by, digest);
    for (const noted of notes.forget(fleet, id)) if (!reading) journal.settle(noted);
  };
  /** Only what was promised: another input may run under the same id, and what is noted is of that. */
  const release = (fleet: string, id: string, by?: number, digest?: string): void => {
    const name = submissionName(fleet, id);
    const promised = open.get(name)?.digest;
    const isOther = digest !== undefined && promised !== undefined && digest !== promised;
    if (reading && by !== undefined) noteClosed(name, by);
    if (!isOther) close(name, () => open.delete(name));
  };
  const noteClosed = (name: string, lsn: number): void => {
    const submission = open.get(name);
    const known = closed.get(name);
    if (submission !== undefined || known === undefined) closed.set(name, { submission, by: new Set([lsn]) });
    else known.by.add(lsn);
  };
  const append = (entry: JournalEntry, name?: string, kind: 'submit' | 'settle' = 'settle'): number =>
    journal.append(encodeEntry(entry), { class: kind, ...(name !== undefined && { open: name }) });
  const write = (entry: JournalEntry, name?: string, kind?: 'submit'): number => {
    const lsn = append(entry, name, kind);
    note(entry, lsn, name);
    return lsn;
  };

  for await (const { lsn, payload } of journal.read(0)) note(decodeEntry(payload), lsn);
  reading = false;
  for (const name of closed.keys()) if (!open.has(name)) journal.settle(name);
  for (const id of begun) if (!moves.has(id)) journal.settle(moveName(id));
  for (const name of notes.read()) journal.settle(name);
  closed.clear();
  successes.clear();
  begun.clear();
  journal.raise(journal.lsn + LIFE_GAP);
  const tokenFloor = tokensBelow;
  await journal.durable(write({ kind: 'life', tokensBelow: Math.max(tokenFloor, allowedBelow) }));
  return {
    journal,
    isFirstLife,
    submit: (fleet, task) => write({ kind: 'submit', fleet, task }, submissionName(fleet, task.id), 'submit'),
    end: (fleet, id, end) => write({ kind: 'end', fleet, id, end }),
    intend: (fleet, id, end) => {
      const lsn = append({ kind: 'end', fleet, id, end });
      newest.set(fleet, lsn);
      return lsn;
    },
    unend: (fleet, id, token, lsn) => write({ kind: 'unend', fleet, id, token, lsn }),
    isUnended: (lsn) => unended.has(lsn),
    refuse: (fleet, id) => write({ kind: 'void', fleet, id }),
    stand: (fleet, id, standing) =>
      notes.isNews(fleet, id, standing)
        ? write({ kind: 'stand', fleet, id, standing }, standingName(fleet, id))
        : (newest.get(fleet) ?? 0),
    stands: notes.stands,
    askCancel: (asked) => write({ kind: 'cancel', ...asked }, cancelName(asked.fleet, asked.id)),
    cancels: notes.cancels,
    noted: notes.tasks,
    setSwitch: (said) => {
      const name = switchName(said.fleet, said.name);
      const lsn = write({ kind: 'switch', ...said }, said.value === '' ? undefined : name);
      if (said.value === '') journal.settle(name);
      return lsn;
    },
    switches: notes.switches,
    forgetSwitch: (fleet, name) => {
      journal.settle(notes.forgetSwitch(fleet, name));
    },
    move: (from, to, task) => write({ kind: 'move', from, to, task }, moveName(task.id)),
    moved: ({ from, to, task }, end) => write({ kind: 'moved', from, to, task, end }, submissionName(to, task.id)),
    stay: (id) => write({ kind: 'stay', id }),
    tokenFloor,
    get tokensBelow() {
      return tokensBelow;
    },
    allowTokens: (below) => write({ kind: 'life', tokensBelow: below }),
    forget: (fleet, id, digest) => forget(fleet, id, undefined, digest),
    durable: (lsn) => journal.durable(lsn),
    isDurable: (lsn) => lsn <= journal.durableLsn,
    isOpen: (fleet, id) => open.has(submissionName(fleet, id)),
    promised: (fleet, id) => open.get(submissionName(fleet, id))?.digest,
    newest: (fleet) => newest.get(fleet) ?? 0,
    fleets: () => [...newest.keys()],
    open: () => open.values(),
    openMoves: () => [...moves.values()],
  };
}

function runName({
  fleet,
  id,
  token,
}: Pick<Extract<JournalEntry, { kind: 'unend' }>, 'fleet' | 'id' | 'token'>): string {
  return `${fleet} ${id} ${token}`;
}

/** The fleets whose shards a record is about. */
export function fleetsOf(entry: JournalEntry): readonly string[] {
  if (entry.kind === 'moved') return [entry.from, entry.to];
  return 'fleet' in entry ? [entry.fleet] : [];
}

import { noteOf } from '../agent-note.ts';
import { decodeRow, toRecord } from '../row.ts';
import { saidOf } from '../said.ts';
import type { TaskRecord } from '../../core/task-record.ts';
import type { Applied, Batch, ClaimedTask, Gap, LaneFacts, Operation, Reply, TickEvent } from '../store.ts';

/** What the script returns: texts and lists of them. */
type Raw = string | null | readonly Raw[];

/** Throws for anything the script cannot have written. */
export function decodeAnswer(answer: unknown, { operations }: Batch): Applied | Gap {
  const [kind, ...rest] = answer as readonly Raw[];
  if (kind === 'gap') return { kind: 'gap', position: Number(rest[0]), number: Number(rest[1]), beat: Number(rest[2]) };
  const [nowMs, beat, revision, holdUntilMs, ready, replies] = rest;
  const list = replies as readonly Raw[];
  return {
    kind: 'applied',
    nowMs: Number(nowMs),
    beat: Number(beat),
    revision: String(revision),
    holdUntilMs: Number(holdUntilMs),
    ready: Number(ready),
    replies: decodeReplies(list, operations),
  };
}

const TOO_MANY = 'the store answered what it was not asked';

/** One for each operation; claims that were asked together are answered together. */
function decodeReplies(list: readonly Raw[], operations: readonly Operation[]): readonly Reply[] {
  const replies: Reply[] = [];
  for (const raw of list) {
    if (Array.isArray(raw) && raw[0] === 'c') decodeClaims(raw as readonly string[], replies);
    else replies.push(decodeReply(raw, operations[replies.length]));
  }
  const missing = operations[replies.length];
  if (missing !== undefined) throw new Error(`the store did not answer ${missing.op}`);
  if (replies.length > operations.length) throw new Error(TOO_MANY);
  return replies;
}

function decodeReply(raw: Raw, operation: Operation | undefined): Reply {
  if (operation === undefined) throw new Error(TOO_MANY);
  if (typeof raw === 'string') return decodeWord(raw, operation);
  if (raw === null) throw new Error(`the store did not answer ${operation.op}`);
  return decodeList(raw as readonly (string | readonly string[])[], operation);
}

const WITH_RECORD = { '=': 'known', D: 'done', A: 'already', T: 'stale', Q: 'asked' } as const;

function decodeWord(text: string, operation: Operation): Reply {
  const letter = text.charAt(0);
  const rest = text.slice(1);
  if (Object.hasOwn(WITH_RECORD, letter)) {
    return { kind: WITH_RECORD[letter as keyof typeof WITH_RECORD], record: record(idIn(operation), rest) };
  }
  switch (letter) {
    case 'S':
      return { kind: 'done', record: record(idIn(operation), text) };
    case '+':
      return rest === '' ? { kind: 'accepted' } : { kind: 'accepted', shed: shedRecord(rest) };
    case '~':
      return { kind: 'duplicate', of: rest };
    case '-':
      return { kind: 'refused', because: rest === 'q' ? 'queue-full' : 'key-full' };
    case '?':
      return { kind: 'unknown' };
    case 'h':
      return { kind: 'held' };
    case 'B':
      return { kind: 'alive', untilMs: Number(rest.slice(0, -2)), cancel: rest.endsWith('1') };
    case 'f':
      return { kind: 'full' };
    case 'o':
      return { kind: 'ok' };
    case 'w':
      return { kind: 'passed', atMs: Number(rest) };
    default:
      throw new Error(`the store answered ${operation.op} with ${JSON.stringify(text)}`);
  }
}

function idIn(operation: Operation): string {
  if (operation.op === 'submit') return operation.task.id;
  return 'id' in operation ? (operation.id ?? '') : '';
}

function record(id: string, row: string): TaskRecord {
  return toRecord(id, decodeRow(row));
}

function shedRecord(text: string): TaskRecord {
  const end = text.indexOf('|');
  return record(text.slice(0, end), text.slice(end + 1));
}

type Parts = readonly (string | readonly string[])[];

function decodeList(parts: Parts, operation: Operation): Reply {
  const [letter, ...rest] = parts;
  switch (letter) {
    case 'm':
      return { kind: 'removed', record: record(idIn(operation), text(rest[0])), body: text(rest[1]) };
    case 't':
      return { kind: 'ticked', events: decodeEvents(rest[1] ?? []), switches: switches(rest[0] ?? []) };
    case 'g':
      return decodeTask(idIn(operation), rest as readonly (string | null)[]);
    case 'l':
      return {
        kind: 'tasks',
        records: chunks(rest as readonly string[], 2).map(([id, row]) => record(id ?? '', row ?? '')),
      };
    case 'p':
      return { kind: 'present', beats: rest.map(Number) };
    case 'a':
      return decodeRoster(rest as readonly string[]);
    case 'f':
      return decodeFacts(idIn(operation), rest as readonly (readonly string[])[]);
    default:
      throw new Error(`the store answered ${operation.op} with ${JSON.stringify(letter)}`);
  }
}

function text(part: string | readonly string[] | undefined): string {
  return typeof part === 'string' ? part : '';
}

function partAt(parts: readonly string[], index: number): string {
  return parts[index] ?? '';
}

/** After `held`, for each agent how many tasks it got, and for each of them id, record, body, and when its lease ends. */
function decodeClaims(parts: readonly string[], replies: Reply[]): void {
  const held = partAt(parts, 1);
  for (let at = 2; at < parts.length;) {
    const claims: ClaimedTask[] = [];
    const end = at + 1 + 4 * Number(parts[at]);
    for (at += 1; at < end; at += 4) {
      claims.push({
        record: record(partAt(parts, at), partAt(parts, at + 1)),
        body: partAt(parts, at + 2),
        untilMs: Number(partAt(parts, at + 3)),
      });
    }
    if (held === '') replies.push({ kind: 'claims', claims });
    else replies.push({ kind: 'claims', claims, held: held as 'hold' | 'paused' | 'no-policy' });
  }
}

function decodeEvents(parts: string | readonly string[]): readonly TickEvent[] {
  return chunks(parts as readonly string[], 3).map(([kind, id, row]) => ({
    kind: kind as TickEvent['kind'],
    record: record(id ?? '', row ?? ''),
  }));
}

function switches(parts: string | readonly string[]): ReadonlyMap<string, string> {
  return new Map(chunks(parts as readonly string[], 2).map(([name, held]) => [name ?? '', saidOf(held ?? '')]));
}

function decodeTask(id: string, [row, body, result]: readonly (string | null)[]): Reply {
  return {
    kind: 'task',
    record: record(id, row ?? ''),
    ...(typeof body === 'string' && { body }),
    ...(typeof result === 'string' && { result }),
  };
}

function decodeFacts(id: string, [counts = [], lanes = [], task = []]: readonly (readonly string[])[]): Reply {
  const [ready = 0, held = 0, dead = 0, finished = 0, resultBytes = 0, paused = 0] = counts.map(Number);
  const [row, ahead, keyRunning, agent, untilMs] = task;
  const facts = {
    ready,
    held,
    dead,
    finished,
    resultBytes,
    paused: paused === 1,
    lanes: chunks(lanes, 6).map(laneFacts),
  };
  if (row === undefined) return { kind: 'facts', facts };
  const bound = agent === undefined ? {} : { bound: { agent, untilMs: Number(untilMs) } };
  const about = { record: record(id, row), ahead: Number(ahead), keyRunning: Number(keyRunning), ...bound };
  return { kind: 'facts', facts: { ...facts, task: about } };
}

function decodeRoster([upTo, ...notes]: readonly string[]): Reply {
  return {
    kind: 'roster',
    upTo: Number(upTo),
    notes: chunks(notes, 2).map(([agent = '', text = '']) => noteOf(agent, text)),
  };
}

function laneFacts(parts: readonly string[]): LaneFacts {
  const [lane = 0, waiting = 0, running = 0, routeRunning = 0, rateUntilMs = 0, firstAcceptedMs = 0] =
    parts.map(Number);
  return { lane, waiting, running, routeRunning, rateUntilMs, firstAcceptedMs };
}

function chunks(parts: readonly string[], size: number): readonly (readonly string[])[] {
  const found: (readonly string[])[] = [];
  for (let at = 0; at < parts.length; at += size) found.push(parts.slice(at, at + size));
  return found;
}

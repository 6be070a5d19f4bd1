import { priorityName, priorityNumber } from '../core/fairness.ts';
import type { NewTask, TaskRecord, TaskState } from '../core/task-record.ts';

/**
 * A task's record as both stores hold it: Dragonfly as one text in the hash `o`, the fields joined by `|`; memory as this
 * object. The order of the fields is that of `FIELDS` here and in `dragonfly/apply.lua`; a test compares the two.
 */
export interface Row {
  /** One letter, see `STATES`. */
  state: string;
  /** Sixteen digits, so that tags sort as texts; empty until it was ready once. */
  tag: string;
  token: number;
  agent: string;
  attempts: number;
  crashes: number;
  /** When the window of the poison rule began; 0 without a crash. */
  crashMs: number;
  acceptedMs: number;
  sinceMs: number;
  /** Delayed: when it is ready. Leased: when the run must be over. Ready and held: when its wait is reported next, or 0. */
  dueMs: number;
  /** Letters: `c` its end was asked for, `s` any agent may take it, `b` only its end is known. */
  flags: string;
  priority: number;
  lane: number;
  basePriority: number;
  cost: number;
  flow: string;
  key: string;
  affinity: string;
  queueMs: number;
  noticeMs: number;
  leaseMs: number;
  runMs: number;
  attemptMax: number;
  retryMs: number;
  digest: string;
  reason: string;
  /** What a held task waits for: `k:<route>:<key>` or `a:<agent>`. */
  hold: string;
}

export const FIELDS = [
  'state',
  'tag',
  'token',
  'agent',
  'attempts',
  'crashes',
  'crashMs',
  'acceptedMs',
  'sinceMs',
  'dueMs',
  'flags',
  'priority',
  'reason',
  'hold',
  'digest',
  'lane',
  'basePriority',
  'cost',
  'flow',
  'key',
  'affinity',
  'queueMs',
  'noticeMs',
  'leaseMs',
  'runMs',
  'attemptMax',
  'retryMs',
] as const satisfies readonly (keyof Row)[];

export const STATES: Readonly<Record<TaskState, string>> = {
  delayed: 'D',
  ready: 'R',
  held: 'H',
  leased: 'L',
  dead: 'X',
  succeeded: 'S',
  failed: 'F',
  cancelled: 'C',
  expired: 'E',
  moved: 'M',
};
const STATE_NAMES: ReadonlyMap<string, TaskState> = new Map(
  Object.entries(STATES).map(([name, letter]) => [letter, name as TaskState]),
);

export function encodeRow(row: Row): string {
  return FIELDS.map((field) => row[field]).join('|');
}

/**
 * Reads what `encodeRow` or the script wrote, field by field and without the parts between: this is done several times for each
 * task. Throws for anything else: nobody else writes there.
 */
export function decodeRow(text: string): Row {
  const from = new FieldReader(text);
  const state = from.text();
  const tag = from.text();
  const token = from.number();
  const agent = from.text();
  const attempts = from.number();
  const crashes = from.number();
  const crashMs = from.number();
  const acceptedMs = from.number();
  const sinceMs = from.number();
  const dueMs = from.number();
  const flags = from.text();
  const priority = from.number();
  const reason = from.text();
  const hold = from.text();
  const digest = from.text();
  const meta = metaOf(from.rest());
  if (meta === undefined) throw new Error(`the store holds a broken record of ${text.split('|').length} fields`);
  return {
    state,
    tag,
    token,
    agent,
    attempts,
    crashes,
    crashMs,
    acceptedMs,
    sinceMs,
    dueMs,
    flags,
    priority,
    reason,
    hold,
    digest,
    lane: meta.lane,
    basePriority: meta.basePriority,
    cost: meta.cost,
    flow: meta.flow,
    key: meta.key,
    affinity: meta.affinity,
    queueMs: meta.queueMs,
    noticeMs: meta.noticeMs,
    leaseMs: meta.leaseMs,
    runMs: meta.runMs,
    attemptMax: meta.attemptMax,
    retryMs: meta.retryMs,
  };
}

/** What a submission brought: the fields from `lane` on. */
type Meta = Pick<
  Row,
  | 'lane'
  | 'basePriority'
  | 'cost'
  | 'flow'
  | 'key'
  | 'affinity'
  | 'queueMs'
  | 'noticeMs'
  | 'leaseMs'
  | 'runMs'
  | 'attemptMax'
  | 'retryMs'
>;

/** Tasks of one flow of a route bring the same. */
const METAS_MAX = 1024;
const metas = new Map<string, Meta>();

/** Nothing for a text that we did not write. */
function metaOf(text: string): Meta | undefined {
  const known = metas.get(text);
  if (known !== undefined) return known;
  const from = new FieldReader(text);
  const meta: Meta = {
    lane: from.number(),
    basePriority: from.number(),
    cost: from.number(),
    flow: from.text(),
    key: from.text(),
    affinity: from.text(),
    queueMs: from.number(),
    noticeMs: from.number(),
    leaseMs: from.number(),
    runMs: from.number(),
    attemptMax: from.number(),
    retryMs: from.number(),
  };
  if (!from.isAtEnd) return undefined;
  if (metas.size >= METAS_MAX) metas.clear();
  metas.set(text, meta);
  return meta;
}

const BAR = 0x7c;
const ZERO = 0x30;

/** The fields of a record, one after the other. */
class FieldReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Whether the field that was read last was the last there is. */
  get isAtEnd(): boolean {
    return this.#at === this.#text.length + 1;
  }

  text(): string {
    const from = this.#at;
    const bar = this.#text.indexOf('|', from);
    const end = bar === -1 ? this.#text.length : bar;
    this.#at = end + 1;
    return this.#text.slice(from, end);
  }

  /** All that is left. */
  rest(): string {
    return this.#text.slice(this.#at);
  }

  number(): number {
    const text = this.#text;
    const from = this.#at;
    let number = 0;
    let at = from;
    for (; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === BAR) break;
      // Not a plain whole number: as JavaScript reads it.
      if (code < ZERO || code > ZERO + 9) return Number(this.text());
      number = number * 10 + code - ZERO;
    }
    this.#at = at + 1;
    return number;
  }
}

/** What a submission brings, as the script puts it at the end of a record: the fields from `lane` on. */
export function encodeMeta(task: NewTask): string {
  const { lane, cost, flow, queueMs, noticeMs, leaseMs, runMs, attemptMax, retryMs } = task;
  const times = `${queueMs}|${noticeMs}|${leaseMs}|${runMs}|${attemptMax}|${retryMs}`;
  const keys = `${flow}|${task.key ?? ''}|${task.affinity ?? ''}`;
  return `${lane}|${priorityNumber(task.priority)}|${cost}|${keys}|${times}`;
}

type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** On the hot path, so without the spreads that would read better. */
export function toRecord(id: string, row: Row): TaskRecord {
  const state = STATE_NAMES.get(row.state) ?? 'ready';
  const record: Writable<TaskRecord> = {
    id,
    state,
    token: row.token,
    attempts: row.attempts,
    crashes: row.crashes,
    acceptedMs: row.acceptedMs,
    sinceMs: row.sinceMs,
    cancelAsked: row.flags.includes('c'),
    spilled: row.flags.includes('s'),
    priority: priorityName(row.priority),
    basePriority: priorityName(row.basePriority),
    lane: row.lane,
    flow: row.flow,
    cost: row.cost,
    queueMs: row.queueMs,
    noticeMs: row.noticeMs,
    leaseMs: row.leaseMs,
    runMs: row.runMs,
    attemptMax: row.attemptMax,
    retryMs: row.retryMs,
    digest: row.digest,
  };
  if (row.tag !== '') record.tag = Number(row.tag);
  if (row.agent !== '') record.agent = row.agent;
  if (state === 'delayed' || state === 'leased') record.dueMs = row.dueMs;
  if (row.key !== '') record.key = row.key;
  if (row.affinity !== '') record.affinity = row.affinity;
  if (row.reason !== '') record.reason = row.reason;
  return record;
}

/** A new task before its first state. */
export function newRow(task: NewTask, nowMs: number): Row {
  return {
    ...emptyRow(nowMs),
    attempts: task.attempts ?? 0,
    crashes: task.crashes ?? 0,
    crashMs: (task.crashes ?? 0) > 0 ? nowMs : 0,
    acceptedMs: task.acceptedMs ?? nowMs,
    priority: priorityNumber(task.priority),
    ...submitted(task),
    digest: task.digest,
  };
}

/** What a submission brings, and nothing changes. */
export function submitted(task: NewTask): Meta {
  return {
    basePriority: priorityNumber(task.priority),
    lane: task.lane,
    cost: task.cost,
    flow: task.flow,
    key: task.key ?? '',
    affinity: task.affinity ?? '',
    queueMs: task.queueMs,
    noticeMs: task.noticeMs,
    leaseMs: task.leaseMs,
    runMs: task.runMs,
    attemptMax: task.attemptMax,
    retryMs: task.retryMs,
  };
}

/** A task of which nothing is known yet. */
export function emptyRow(nowMs: number): Row {
  return {
    state: 'R',
    tag: '',
    token: 0,
    agent: '',
    attempts: 0,
    crashes: 0,
    crashMs: 0,
    acceptedMs: nowMs,
    sinceMs: nowMs,
    dueMs: 0,
    flags: '',
    priority: 0,
    lane: 0,
    basePriority: 0,
    cost: 1,
    flow: '',
    key: '',
    affinity: '',
    queueMs: 0,
    noticeMs: 0,
    leaseMs: 0,
    runMs: 0,
    attemptMax: 1,
    retryMs: 0,
    digest: '',
    reason: '',
    hold: '',
  };
}

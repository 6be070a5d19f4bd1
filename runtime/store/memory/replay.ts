import { priorityNumber } from '../../core/fairness.ts';
import { isNews } from '../../core/standing.ts';
import type { Standing } from '../../core/task-record.ts';
import { STATES, emptyRow, submitted, toRecord, type Row } from '../row.ts';
import { decodeStanding, encodeStanding, standsOf } from '../standing.ts';
import type { Operation, Reply } from '../store.ts';
import { again, isEnd } from './running.ts';
import { RUNNING } from './shard-data.ts';
import {
  KEPT_MS,
  bind,
  bury,
  finish,
  forget,
  freeAffinity,
  keepResult,
  keyMember,
  leave,
  leaseEndMs,
  put,
  recall,
  remember,
  revive,
  type Step,
} from './step.ts';
import { submit } from './submit.ts';

/** What journals bring back. */

type Of<Name extends Operation['op']> = Extract<Operation, { op: Name }>;

/** See `Finish` in `../store.ts`. */
export function replayEnd(step: Step, op: Of<'finish'>): Reply {
  const { id, state, token, reason, result } = op;
  const known = step.data.o.get(id);
  const letter = STATES[state];
  const row = known ?? { ...emptyRow(step.nowMs), digest: op.digest, flags: 'b' };
  if (known?.state === 'S' && (token > row.token || (token === row.token && letter !== 'S'))) {
    // A success may stand in a journal although the shard had refused it, when its scheduler died before it took it back; any
    // other end stands there because the shard had said so, and so does the success of the later of two runs.
    Object.assign(row, { state: letter, token, digest: op.digest, reason });
    keepResult(step, id, result);
  }
  if (known !== undefined && isEnd(row)) {
    return { kind: row.state === letter ? 'already' : 'stale', record: toRecord(id, row) };
  }
  // The run that succeeded, and no other one that may be under way.
  row.token = letter === 'S' ? token : Math.max(row.token, token);
  // Another input may have come back first under the same key; the end was told of this one.
  row.digest = op.digest;
  finish(step, id, row, letter, reason, result);
  return { kind: 'done', record: toRecord(id, row) };
}

/** See `Submit` in `../store.ts`, of a replay. */
export function resubmit(step: Step, operation: Of<'submit'>): Reply {
  const { data, nowMs } = step;
  const { id, dedupe, acceptedMs = nowMs } = operation.task;
  const row = data.o.get(id);
  const isBare = row?.flags === 'b';
  if (isBare) {
    const { priority } = operation.task;
    data.o.set(id, {
      ...row,
      ...submitted(operation.task),
      priority: priorityNumber(priority),
      acceptedMs,
      flags: '',
    });
  }
  if (dedupe !== undefined && (row === undefined || isBare))
    keepWindow(step, `d:${dedupe.key}`, id, acceptedMs + dedupe.windowMs);
  if (operation.over === true) {
    const known = data.o.get(id);
    return known === undefined ? { kind: 'unknown' } : { kind: 'known', record: toRecord(id, known) };
  }
  return submitNew(step, operation);
}

/** See `Submit` in `../store.ts`. A word of another scheduler's journal may be there before. */
export function submitNew(step: Step, operation: Of<'submit'>): Reply {
  const reply = submit(step, operation);
  if (reply.kind === 'accepted' && (step.data.m.words ?? 0) > 0) standAsKept(step, operation.task.id);
  return reply;
}

/** The first of the same decides. */
function keepWindow(step: Step, name: string, id: string, untilMs: number): void {
  if (untilMs > step.nowMs && recall(step, name) === undefined) remember(step, name, id, untilMs);
}

function standAsKept(step: Step, id: string): void {
  const kept = recall(step, keptName(id));
  const row = step.data.o.get(id);
  if (kept === undefined || row === undefined) return;
  forget(step.data, keptName(id));
  countWords(step, -1);
  stand(step, id, row, decodeStanding(kept));
}

/** See `Restore` in `../store.ts`. */
export function restore(step: Step, { id, standing }: Of<'restore'>): Reply {
  const row = step.data.o.get(id);
  if (row === undefined) {
    const kept = recall(step, keptName(id));
    if (kept === undefined) countWords(step, 1);
    if (kept === undefined || isNews(standing, decodeStanding(kept))) {
      remember(step, keptName(id), encodeStanding(standing), step.nowMs + KEPT_MS);
    }
    return { kind: 'unknown' };
  }
  return { kind: stand(step, id, row, standing) ? 'done' : 'already', record: toRecord(id, row) };
}

function stand(step: Step, id: string, row: Row, standing: Standing): boolean {
  const { data, nowMs } = step;
  if (isEnd(row) || !isNews(standing, { state: standsOf(row.state), token: row.token })) return false;
  row.token = standing.token;
  row.attempts = standing.attempts;
  row.crashes = standing.crashes;
  row.crashMs = standing.crashes > 0 ? nowMs : 0;
  data.m.token = Math.max(data.m.token, standing.token);
  if (standing.state === 'dead') bury(step, id, row, standing.reason, standing.result);
  else if (standing.state === 'leased') holdLease(step, id, row, standing);
  else if (row.state === 'X') revive(step, id, row);
  else if (row.state === 'L') again(step, id, row, Math.max(0, standing.dueMs - nowMs), true);
  return true;
}

/** Its agent has it still. */
function holdLease(step: Step, id: string, row: Row, { agent, sinceMs, dueMs }: Standing): void {
  leave(step, id, row);
  if (row.state === 'X') keepResult(step, id, '');
  else if (row.state === 'L') freeAffinity(step, id, row);
  row.state = 'L';
  row.agent = agent;
  row.sinceMs = sinceMs;
  row.dueMs = dueMs;
  row.flags = '';
  row.reason = '';
  row.hold = '';
  bind(step, id, row);
  step.data.i.add(id, RUNNING + row.lane);
  if (row.key !== '') step.data.j.add(keyMember(row, id), 0);
  put(step, id, row, leaseEndMs(step, row));
}

function countWords({ data: { m } }: Step, more: number): void {
  m.words = (m.words ?? 0) + more;
}

function keptName(id: string): string {
  return `n:${id}`;
}

import { STATES, emptyRow, toRecord, type Row } from '../row.ts';
import type { Operation, Reply } from '../store.ts';
import { isEnd } from './running.ts';
import { bury, enqueue, finish, keepResult, keyMember, leave, policyOf, put, type Step } from './step.ts';

type Of<Name extends Operation['op']> = Extract<Operation, { op: Name }>;

/** See `Cancel` in `../store.ts`. */
export function cancel(step: Step, { id, reason }: Of<'cancel'>): Reply {
  const row = step.data.o.get(id);
  if (row === undefined) return { kind: 'unknown' };
  if (isEnd(row)) return { kind: row.state === 'C' ? 'already' : 'stale', record: toRecord(id, row) };
  if (row.state === 'L') {
    if (!row.flags.includes('c')) row.flags += 'c';
    row.reason = reason;
    return { kind: 'asked', record: toRecord(id, row) };
  }
  finish(step, id, row, 'C', reason, '');
  return { kind: 'done', record: toRecord(id, row) };
}

/** See `Remove` in `../store.ts`. */
export function remove(step: Step, { id, reason }: Of<'remove'>): Reply {
  const row = step.data.o.get(id);
  if (row === undefined) return { kind: 'unknown' };
  if (!waits(row)) return { kind: row.state === 'M' ? 'already' : 'stale', record: toRecord(id, row) };
  const body = step.data.b.get(id) ?? '';
  finish(step, id, row, 'M', reason, '');
  return { kind: 'removed', record: toRecord(id, row), body };
}

/** See `Relane` in `../store.ts`. */
export function relane(step: Step, { id, lane }: Of<'relane'>): Reply {
  const row = step.data.o.get(id);
  if (row === undefined) return { kind: 'unknown' };
  if (!waits(row)) return { kind: 'stale', record: toRecord(id, row) };
  if (row.lane === lane) return { kind: 'already', record: toRecord(id, row) };
  leave(step, id, row);
  step.data.j.remove(keyMember(row, id));
  row.lane = lane;
  if (row.key !== '' && policyOf(step, lane)?.perKey?.onFull === 'reject') step.data.j.add(keyMember(row, id), 0);
  if (row.state === 'D') {
    step.data.i.add(id, lane);
    put(step, id, row, row.dueMs);
  } else enqueue(step, id, row);
  return { kind: 'done', record: toRecord(id, row) };
}

/** See `Redrive` in `../store.ts`. */
export function redrive(step: Step, { id }: Of<'redrive'>): Reply {
  const row = step.data.o.get(id);
  if (row === undefined) return { kind: 'unknown' };
  if (row.state !== 'X') return { kind: isEnd(row) ? 'stale' : 'already', record: toRecord(id, row) };
  leave(step, id, row);
  row.attempts = 0;
  row.crashes = 0;
  row.crashMs = 0;
  row.sinceMs = step.nowMs;
  row.dueMs = 0;
  row.tag = '';
  row.flags = '';
  row.reason = '';
  row.priority = row.basePriority;
  enqueue(step, id, row);
  keepResult(step, id, '');
  return { kind: 'done', record: toRecord(id, row) };
}

/** See `Finish` in `../store.ts`. */
export function replayEnd(step: Step, op: Of<'finish'>): Reply {
  const { id, state, token, reason, result } = op;
  const known = step.data.o.get(id);
  const letter = STATES[state];
  if (known === undefined && letter === 'X') return { kind: 'unknown' };
  const row = known ?? { ...emptyRow(step.nowMs), digest: op.digest };
  if (known?.state === 'S' && letter === 'S' && token > row.token) {
    // Of two runs the later one was told that it is the one; the earlier one was never told, whatever its scheduler meant to.
    row.token = token;
    keepResult(step, id, result);
  }
  if (known !== undefined && (isEnd(row) || row.state === letter)) {
    return { kind: row.state === letter ? 'already' : 'stale', record: toRecord(id, row) };
  }
  // The run that succeeded, and no other one that may be under way.
  row.token = letter === 'S' ? token : Math.max(row.token, token);
  if (letter === 'X') bury(step, id, row, reason, result);
  else finish(step, id, row, letter, reason, result);
  return { kind: 'done', record: toRecord(id, row) };
}

function waits({ state }: Row): boolean {
  return state === 'R' || state === 'H' || state === 'D';
}

import { toRecord, type Row } from '../row.ts';
import type { Operation, Reply } from '../store.ts';
import { isEnd } from './running.ts';
import { enqueue, finish, keyMember, leave, policyOf, put, revive, type Step } from './step.ts';

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
  row.attempts = 0;
  row.crashes = 0;
  row.crashMs = 0;
  revive(step, id, row);
  return { kind: 'done', record: toRecord(id, row) };
}

function waits({ state }: Row): boolean {
  return state === 'R' || state === 'H' || state === 'D';
}

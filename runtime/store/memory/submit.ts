import { newRow, toRecord, type Row } from '../row.ts';
import type { Operation, Reply } from '../store.ts';
import {
  countKey,
  countRoute,
  delay,
  finish,
  idOf,
  isHeld,
  keyMember,
  policyOf,
  recall,
  remember,
  type Step,
} from './step.ts';

type Submit = Extract<Operation, { op: 'submit' }>;

/** Ready tasks from the end of the lane among which the least urgent is sought. */
const SHED_LOOKS = 8;

/** See `Submit` in `../store.ts`. */
export function submit(step: Step, { task }: Submit): Reply {
  const { data, nowMs } = step;
  const known = data.o.get(task.id);
  if (known !== undefined) return { kind: 'known', record: toRecord(task.id, known) };
  const replay = task.acceptedMs !== undefined;
  const of = task.dedupe === undefined ? undefined : recall(step, `d:${task.dedupe.key}`);
  if (of !== undefined && of !== task.id && !replay) return { kind: 'duplicate', of };
  const row = newRow(task, nowMs);
  const room = replay ? {} : makeRoom(step, row);
  if ('kind' in room) return room;
  if (task.dedupe !== undefined && !replay)
    remember(step, `d:${task.dedupe.key}`, task.id, nowMs + task.dedupe.windowMs);
  data.b.set(task.id, task.body);
  if (task.key !== undefined && policyOf(step, row.lane)?.perKey?.onFull === 'reject') {
    data.j.add(keyMember(row, task.id), 0);
  }
  delay(step, task.id, row, task.delayMs);
  return { kind: 'accepted', ...room };
}

function makeRoom(step: Step, row: Row): Reply | { shed?: ReturnType<typeof toRecord> } {
  const policy = policyOf(step, row.lane);
  if (policy === undefined) return {};
  const { perKey, depth } = policy;
  if (row.key !== '' && perKey?.onFull === 'reject' && countKey(step, row) >= perKey.max) {
    return { kind: 'refused', because: 'key-full' };
  }
  if (countRoute(step, row.lane, 0) < depth.max) return {};
  const shed = depth.onFull === 'reject' || isHeld(step) ? undefined : lowest(step, row);
  if (shed === undefined) return { kind: 'refused', because: 'queue-full' };
  const [id, victim] = shed;
  finish(step, id, victim, 'E', 'shed', '');
  return { shed: toRecord(id, victim) };
}

/** The least urgent of the last tasks in the lane, when it is less urgent than the new one. */
function lowest({ data }: Step, { lane, priority }: Row): readonly [string, Row] | undefined {
  let found: readonly [string, Row] | undefined;
  let least = priority;
  for (const member of data.q.rangeReverse(lane, lane, 0, SHED_LOOKS)) {
    const id = idOf(member);
    const row = data.o.get(id);
    if (row === undefined || row.priority >= least) continue;
    found = [id, row];
    least = row.priority;
  }
  return found;
}

import { routeOfLane } from '../../core/lane.ts';
import { takeStart } from '../../core/start-rate.ts';
import { toRecord, type Row } from '../row.ts';
import type { ClaimedTask, Operation, Reply } from '../store.ts';
import { RUNNING } from './shard-data.ts';
import {
  bind,
  countKey,
  countRoute,
  hold,
  idOf,
  isHeld,
  keyMember,
  leave,
  policyOf,
  put,
  recall,
  tagOf,
} from './step.ts';
import type { Step } from './step.ts';

type Claim = Extract<Operation, { op: 'claim' }>;

/** See `Claim` in `../store.ts`. */
export function claim(step: Step, op: Claim): Reply {
  const held = whyNothing(step);
  if (held !== undefined) return { kind: 'claims', claims: [], held };
  const claims: ClaimedTask[] = [];
  for (let looks = op.count + op.looks; looks > 0 && claims.length < op.count; looks -= 1) {
    const member = nextMember(step, op);
    const id = member === undefined ? undefined : idOf(member);
    const row = id === undefined ? undefined : step.data.o.get(id);
    if (id === undefined || row === undefined) break;
    const name = heldFor(step, row, op.agent);
    if (name !== undefined) hold(step, id, row, name);
    else claims.push(lease(step, id, row, op.agent));
  }
  return { kind: 'claims', claims };
}

function whyNothing(step: Step): 'hold' | 'paused' | 'no-policy' | undefined {
  if (isHeld(step)) return 'hold';
  const { data } = step;
  if (data.m.revision === '') return 'no-policy';
  return data.s.has('paused') ? 'paused' : undefined;
}

/** The smallest tag among the heads of the open lanes and what is held for this agent. */
function nextMember(step: Step, { agent, lanes }: Claim): string | undefined {
  const { data } = step;
  const open = lanes.filter((lane) => isOpen(step, lane));
  const own = data.w.lexRange(`a:${agent} `, `a:${agent}!`, 1)[0];
  let best = own !== undefined && open.includes(data.o.get(idOf(own))?.lane ?? -1) ? own : undefined;
  for (const lane of open) {
    const head = data.q.range(lane, lane, 0, 1)[0];
    if (head !== undefined && (best === undefined || tagOf(head) < tagOf(best))) best = head;
  }
  return best;
}

function isOpen(step: Step, lane: number): boolean {
  const policy = policyOf(step, lane);
  if (policy?.inFlight !== undefined && countRoute(step, lane, RUNNING) >= policy.inFlight) return false;
  return policy?.rate === undefined || takeStart(policy.rate, restUs(step, lane), step.nowUs) !== undefined;
}

function restUs({ data }: Step, lane: number): number {
  return data.m.rates.get(routeOfLane(lane)) ?? 0;
}

/** What keeps a ready task from this agent. */
function heldFor(step: Step, row: Row, agent: string): string | undefined {
  const policy = policyOf(step, row.lane);
  if (row.key !== '' && policy?.perKey?.onFull === 'queue' && countKey(step, row) >= policy.perKey.max) {
    return `k:${routeOfLane(row.lane)}:${row.key}`;
  }
  if (row.affinity === '' || policy?.affinity === undefined || row.flags.includes('s')) return undefined;
  const bound = recall(step, `a:${row.affinity}`);
  return bound === undefined || bound === agent ? undefined : `a:${bound}`;
}

function lease(step: Step, id: string, row: Row, agent: string): ClaimedTask {
  const { data, nowMs, nowUs } = step;
  const policy = policyOf(step, row.lane);
  leave(step, id, row);
  data.m.token = Math.max(data.m.token + 1, row.token + 1, nowUs);
  data.m.v = Math.max(data.m.v, Number(row.tag));
  if (policy?.rate !== undefined) {
    data.m.rates.set(routeOfLane(row.lane), takeStart(policy.rate, restUs(step, row.lane), nowUs) ?? 0);
  }
  row.state = 'L';
  row.token = data.m.token;
  row.agent = agent;
  row.sinceMs = nowMs;
  row.dueMs = nowMs + row.runMs;
  row.flags = '';
  row.hold = '';
  bind(step, id, row);
  const untilMs = Math.min(nowMs + row.leaseMs, row.dueMs);
  data.i.add(id, RUNNING + row.lane);
  if (row.key !== '') data.j.add(keyMember(row, id), 0);
  put(step, id, row, untilMs);
  step.leases.push({ id, token: row.token });
  return { record: toRecord(id, row), body: data.b.get(id) ?? '', untilMs };
}

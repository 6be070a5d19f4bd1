import type { TaskRecord } from '../core/task-record.ts';
import type { Operation } from '../store/store.ts';
import { finish } from './ends.ts';
import { askPatiently, type Engine, type FleetState } from './engine.ts';
import { endedBy, isGivenUp, routeOf, tellCompleted } from './tell-settled.ts';

/**
 * Ends that the store has done and whose answers were lost on the way here. Whoever asked was refused; if it asks again, wherever,
 * it hears that the task had ended before, and such an end counts for nobody. So they are told here, by the one scheduler that
 * knows that its question was the one that took effect.
 */
export async function tellUnheard(engine: Engine, state: FleetState, operations: readonly Operation[]): Promise<void> {
  for (const operation of operations) if (isEnd(operation)) await tellOne(engine, state, operation);
}

type EndOperation = Extract<Operation, { op: 'complete' | 'fail' | 'cancel' }>;

/** What is given back has not ended. */
function isEnd(operation: Operation): operation is EndOperation {
  return (
    operation.op === 'complete' ||
    operation.op === 'cancel' ||
    (operation.op === 'fail' && operation.then !== 'release')
  );
}

async function tellOne(engine: Engine, state: FleetState, operation: EndOperation): Promise<void> {
  const { fleet, link } = state;
  const reply = await askPatiently(engine, link, { op: 'inspect', lanes: [], id: operation.id });
  const record = reply.kind === 'facts' ? reply.facts.task?.record : undefined;
  if (record === undefined || !isOf(operation, record)) return;
  const call = { engine, state, known: undefined, run: {} };
  if (operation.op === 'complete') {
    tellCompleted(call, record);
    return;
  }
  const route = routeOf(call, record);
  if (operation.op === 'fail') {
    engine.observer.settled?.({ ...endedBy(call, record), outcome: 'failed' });
    if (!isGivenUp(record)) engine.observer.retried?.({ fleet, route, reason: 'error' });
  }
  const result = operation.op === 'fail' && record.state !== 'cancelled' ? operation.result : '';
  if (isGivenUp(record)) await finish(engine, fleet, record, { result, route });
}

/** Whether the task stands as that operation left it. */
function isOf(operation: EndOperation, { state, token }: TaskRecord): boolean {
  if (operation.op === 'cancel') return state === 'cancelled';
  if (token !== operation.token) return false;
  return operation.op === 'complete' ? state === 'succeeded' : state !== 'succeeded' && state !== 'leased';
}

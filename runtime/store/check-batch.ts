import { BODY_BYTES_MAX, COST_MAX, RESULT_BYTES_MAX, type NewTask } from '../core/task-record.ts';
import { CLAIM_MAX, LANES_MAX, LIMIT_MAX, OPERATIONS_MAX, type Batch, type Operation } from './store.ts';

/**
 * What every store may rely on. What users send was checked long before; a batch that fails here is our bug, and throws
 * before anything is changed.
 */
const ID = /^[A-Za-z0-9._:-]{1,64}$/;
const TOKEN_TEXT = /^[!-{}~]{1,96}$/;

export function checkBatch(batch: Batch): void {
  check(TOKEN_TEXT.test(batch.scheduler), 'the name of a scheduler');
  check(batch.operations.length <= OPERATIONS_MAX, 'the number of operations');
  check(Number.isSafeInteger(batch.prevLsn) && batch.prevLsn >= -1, 'a position');
  whole(batch.lsn, batch.number, batch.tokenFloor, batch.beat);
  for (const operation of batch.operations) checkOperation(operation);
}

function checkOperation(operation: Operation): void {
  switch (operation.op) {
    case 'submit':
      checkTask(operation.task);
      return;
    case 'claim':
      check(TOKEN_TEXT.test(operation.agent), 'the name of an agent');
      check(operation.lanes.length <= LANES_MAX && operation.count <= CLAIM_MAX, 'the size of a claim');
      whole(operation.count, operation.looks, ...operation.lanes);
      check(operation.looks <= LIMIT_MAX, 'a number of looks');
      return;
    case 'complete':
      checkResult(operation);
      return;
    case 'fail':
      checkResult(operation);
      whole(operation.delayMs);
      check(TOKEN_TEXT.test(operation.reason), 'a reason');
      return;
    case 'finish':
      checkResult(operation);
      check(operation.reason === '' || TOKEN_TEXT.test(operation.reason), 'a reason');
      check(TOKEN_TEXT.test(operation.digest), 'a digest');
      return;
    case 'heartbeat':
      checkLease(operation);
      return;
    case 'cancel':
    case 'remove':
      check(ID.test(operation.id), 'the id of a task');
      check(TOKEN_TEXT.test(operation.reason), 'a reason');
      return;
    case 'relane':
      check(ID.test(operation.id), 'the id of a task');
      whole(operation.lane);
      return;
    case 'redrive':
    case 'get':
      check(ID.test(operation.id), 'the id of a task');
      return;
    case 'tick':
      check(operation.limit >= 1 && operation.limit <= LIMIT_MAX, 'a limit');
      return;
    case 'list':
      whole(operation.offset, operation.limit, operation.lane ?? 0);
      check(operation.limit >= 1 && operation.limit <= LIMIT_MAX, 'a limit');
      return;
    case 'begin':
      whole(operation.holdMs);
      return;
    case 'end':
      check(operation.schedulers.length >= 1 && operation.schedulers.length <= 16, 'the number of schedulers');
      check(
        operation.schedulers.every((name) => TOKEN_TEXT.test(name)),
        'the name of a scheduler',
      );
      return;
    case 'policy':
      check(TOKEN_TEXT.test(operation.revision), 'a revision');
      check(operation.routes.length <= LIMIT_MAX, 'the number of routes');
      return;
    case 'switch':
      check(TOKEN_TEXT.test(operation.name), 'the name of a switch');
      check(operation.value === '' || TOKEN_TEXT.test(operation.value), 'the value of a switch');
      return;
    case 'inspect':
      check(operation.lanes.length <= LANES_MAX, 'the number of lanes');
      whole(...operation.lanes);
      check(operation.id === undefined || ID.test(operation.id), 'the id of a task');
      return;
    case 'claimed':
      whole(operation.number);
  }
}

function checkTask(task: NewTask): void {
  check(ID.test(task.id), 'the id of a task');
  check(TOKEN_TEXT.test(task.flow) && TOKEN_TEXT.test(task.digest), 'a flow or digest');
  for (const text of [task.key, task.affinity, task.dedupe?.key]) {
    check(text === undefined || TOKEN_TEXT.test(text), 'a key');
  }
  whole(task.lane, task.cost, task.delayMs, task.queueMs, task.noticeMs, task.leaseMs, task.runMs, task.attemptMax);
  whole(task.retryMs, task.acceptedMs ?? 0, task.attempts ?? 0, task.crashes ?? 0, task.dedupe?.windowMs ?? 0);
  check(task.cost >= 1 && task.cost <= COST_MAX && task.attemptMax >= 1, 'a cost or number of attempts');
  check(Buffer.byteLength(task.body) <= BODY_BYTES_MAX, 'the size of a body');
}

function checkResult({
  id,
  token,
  result,
}: {
  readonly id: string;
  readonly token: number;
  readonly result: string;
}): void {
  checkLease({ id, token });
  check(Buffer.byteLength(result) <= RESULT_BYTES_MAX, 'the size of a result');
}

function checkLease({ id, token }: { readonly id: string; readonly token: number }): void {
  check(ID.test(id), 'the id of a task');
  whole(token);
}

function whole(...numbers: readonly number[]): void {
  for (const number of numbers) check(Number.isSafeInteger(number) && number >= 0, `a whole number (${number})`);
}

function check(holds: boolean, what: string): void {
  if (!holds) throw new RangeError(`the store was sent ${what} that it does not take`);
}

import { ROUTES_OF_FLEET_MAX } from '../../spec/contract/routing-table.ts';
import { BODY_BYTES_MAX, COST_MAX, RESULT_BYTES_MAX, type NewTask, type Standing } from '../core/task-record.ts';
import { CLAIM_MAX, LANES_MAX, LIMIT_MAX, OPERATIONS_MAX, type Batch, type Operation } from './store.ts';

/**
 * What every store may rely on. What users send was checked long before; a batch that fails here is our bug, and throws
 * before anything is changed.
 */
const ID = /^[A-Za-z0-9._:-]{1,64}$/;
const TOKEN_TEXT = /^[!-{}~]{1,96}$/;
const NOTE = /^[!-{}~]{1,500}$/;
/** Why, in words of people; see `reason-text.ts`. */
const REASON = /^[!-{}~]{1,2500}$/;

export function checkBatch(batch: Batch): void {
  check(TOKEN_TEXT.test(batch.scheduler), 'the name of a scheduler');
  check(batch.operations.length <= OPERATIONS_MAX, 'the number of operations');
  check(Number.isSafeInteger(batch.prevLsn) && batch.prevLsn >= -1, 'a position');
  whole(batch.lsn);
  whole(batch.number);
  whole(batch.after);
  whole(batch.tokenFloor);
  whole(batch.beat);
  for (const operation of batch.operations) checkOperation(operation);
  const notes = batch.operations.reduce((sum, one) => sum + (one.op === 'roster' ? one.notes.length : 0), 0);
  check(notes <= NOTES_MAX, 'the number of notes on agents');
}

/** The same of one operation: who sends what comes from others asks before it promises anything. */
export function checkOperation(operation: Operation): void {
  switch (operation.op) {
    case 'submit':
      checkTask(operation.task);
      return;
    case 'claim':
      check(TOKEN_TEXT.test(operation.agent), 'the name of an agent');
      check(operation.lanes.length <= ROUTES_OF_FLEET_MAX && operation.count <= CLAIM_MAX, 'the size of a claim');
      whole(operation.count);
      whole(operation.looks);
      for (const lane of operation.lanes) whole(lane);
      check(operation.looks <= LIMIT_MAX, 'a number of looks');
      return;
    case 'complete':
      checkResult(operation);
      return;
    case 'fail':
      checkResult(operation);
      whole(operation.delayMs);
      whole(operation.attemptMax ?? 0);
      check(TOKEN_TEXT.test(operation.reason), 'a reason');
      return;
    case 'finish':
      checkResult(operation);
      check(operation.reason === '' || REASON.test(operation.reason), 'a reason');
      check(TOKEN_TEXT.test(operation.digest), 'a digest');
      return;
    case 'restore':
      checkStanding(operation.id, operation.standing);
      return;
    case 'heartbeat':
      checkLease(operation);
      return;
    case 'cancel':
    case 'remove':
      check(ID.test(operation.id), 'the id of a task');
      check(REASON.test(operation.reason), 'a reason');
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
      whole(operation.limit);
      check(operation.limit <= LIMIT_MAX, 'a limit');
      return;
    case 'list':
      whole(operation.offset);
      whole(operation.limit);
      whole(operation.lane ?? 0);
      check(operation.limit >= 1 && operation.limit <= LIMIT_MAX, 'a limit');
      return;
    case 'begin':
      whole(operation.holdMs);
      return;
    case 'end':
      check(operation.schedulers.length >= 1, 'the number of schedulers');
      checkSchedulers(operation.schedulers);
      return;
    case 'present':
      checkSchedulers(operation.schedulers);
      return;
    case 'policy':
      check(TOKEN_TEXT.test(operation.revision), 'a revision');
      check(operation.routes.length <= ROUTES_OF_FLEET_MAX, 'the number of routes');
      return;
    case 'switch':
      check(TOKEN_TEXT.test(operation.name), 'the name of a switch');
      check(operation.value === '' || REASON.test(operation.value), 'the value of a switch');
      whole(operation.atMs ?? 0);
      return;
    case 'inspect':
      check(operation.lanes.length <= LANES_MAX, 'the number of lanes');
      for (const lane of operation.lanes) whole(lane);
      check(operation.id === undefined || ID.test(operation.id), 'the id of a task');
      return;
    case 'claimed':
      whole(operation.number);
      return;
    case 'roster':
      whole(operation.after);
      for (const { agent, note } of operation.notes) {
        check(TOKEN_TEXT.test(agent), 'the name of an agent');
        check(NOTE.test(note), 'a note on an agent');
      }
  }
}

function checkSchedulers(schedulers: readonly string[]): void {
  check(schedulers.length <= SCHEDULERS_MAX, 'the number of schedulers');
  check(
    schedulers.every((name) => TOKEN_TEXT.test(name)),
    'the name of a scheduler',
  );
}

const SCHEDULERS_MAX = 16;
/** Each has a turn of its own within the batch. */
const NOTES_MAX = 1000;

function checkTask(task: NewTask): void {
  check(ID.test(task.id), 'the id of a task');
  check(TOKEN_TEXT.test(task.flow) && TOKEN_TEXT.test(task.digest), 'a flow or digest');
  checkKey(task.key);
  checkKey(task.affinity);
  checkKey(task.dedupe?.key);
  whole(task.lane);
  whole(task.cost);
  whole(task.delayMs);
  whole(task.queueMs);
  whole(task.noticeMs);
  whole(task.leaseMs);
  whole(task.runMs);
  whole(task.attemptMax);
  whole(task.retryMs);
  whole(task.acceptedMs ?? 0);
  whole(task.attempts ?? 0);
  whole(task.crashes ?? 0);
  whole(task.dedupe?.windowMs ?? 0);
  check(task.cost >= 1 && task.cost <= COST_MAX && task.attemptMax >= 1, 'a cost or number of attempts');
  check(Buffer.byteLength(task.body) <= BODY_BYTES_MAX, 'the size of a body');
}

function checkKey(key: string | undefined): void {
  check(key === undefined || TOKEN_TEXT.test(key), 'a key');
}

function checkStanding(id: string, standing: Standing): void {
  const { token, attempts, crashes, agent, sinceMs, dueMs, reason, result } = standing;
  checkResult({ id, token, result });
  for (const number of [attempts, crashes, sinceMs, dueMs]) whole(number);
  check(agent === '' || TOKEN_TEXT.test(agent), 'the name of an agent');
  check(reason === '' || REASON.test(reason), 'a reason');
}

function checkResult(operation: { readonly id: string; readonly token: number; readonly result: string }): void {
  checkLease(operation);
  check(Buffer.byteLength(operation.result) <= RESULT_BYTES_MAX, 'the size of a result');
}

function checkLease({ id, token }: { readonly id: string; readonly token: number }): void {
  check(ID.test(id), 'the id of a task');
  whole(token);
}

/** One at a time, and its text only when it is wrong: this looks at some twenty numbers of each task. */
function whole(number: number): void {
  if (!Number.isSafeInteger(number) || number < 0) refuse(`a whole number (${number})`);
}

function check(holds: boolean, what: string): void {
  if (!holds) refuse(what);
}

function refuse(what: string): never {
  throw new RangeError(`the store was sent ${what} that it does not take`);
}

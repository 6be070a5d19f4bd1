import { expect, test } from 'vitest';
import { routingTable, tableFleet, tableRoute } from '../../spec/contract/testing/table.ts';
import { laneOf } from './lane.ts';
import { newTask } from './new-task.ts';
import { storeKey } from './store-key.ts';

const SUBMISSION = { id: 't1', task: 'fix', tenant: 'acme', body: '{}', digest: 'd', delayMs: 0 };
const PLAIN = tableRoute('engineering/fix', ['fix']);
const TABLE = routingTable({ 'engineering/fixer': tableFleet(['fix']) }, [PLAIN]);
const PLACE = { route: PLAIN, fleet: 'engineering/fixer', build: 'v1', fallbackStep: 0 };

test('a task takes its times from what the fleet accepts, its flow from team and tenant', () => {
  expect(newTask(TABLE, PLACE, { keys: {} }, SUBMISSION)).toEqual({
    id: 't1',
    lane: laneOf('engineering/fix', 'v1'),
    priority: 'normal',
    flow: 'engineering/acme',
    cost: 1_048_576,
    delayMs: 0,
    queueMs: 600_000,
    noticeMs: 0,
    leaseMs: 30_000,
    runMs: 900_000,
    attemptMax: 3,
    retryMs: 1000,
    digest: 'd',
    body: '{}',
  });
});

test('keys, weights, queue age and fallback of the route count', () => {
  const route = tableRoute('engineering/fix', ['fix'], {
    fairness: { key: 'input.customer', weights: { big: 4 } },
    dedupe: { key: '{input.x}', windowMs: 5000, onHit: 'join' },
    queue: { maxDepth: 5, maxAgeMs: 9000, onFull: 'reject' },
    fallback: [
      { when: ['no-agent'], afterMs: 60_000, fleet: 'a' },
      { when: ['wait-above'], afterMs: 20_000, fleet: 'b' },
      { when: ['rejected'], afterMs: 0, fleet: 'c' },
    ],
  });
  const table = { ...TABLE, teams: { engineering: { weight: 2 } } };
  const keys = { fairness: 'big', perKey: 'repo 7', affinity: 's1', dedupe: 'x1' };
  const task = newTask(table, { ...PLACE, route }, { keys, priority: 'high' }, { ...SUBMISSION, acceptedMs: 5 });
  expect(task).toMatchObject({
    priority: 'high',
    flow: 'engineering/big',
    cost: 131_072,
    key: storeKey('repo 7'),
    affinity: 'engineering/fix/s1',
    dedupe: { key: 'engineering/fix/x1', windowMs: 5000 },
    queueMs: 9000,
    noticeMs: 20_100,
    acceptedMs: 5,
  });
  const tried = newTask(table, { ...PLACE, route, fallbackStep: 3 }, { keys }, SUBMISSION);
  expect(tried.noticeMs).toBe(0);
});

test('a team that the table does not weigh counts as one', () => {
  expect(newTask({ ...TABLE, teams: {} }, PLACE, { keys: {} }, SUBMISSION).cost).toBe(1_048_576);
});

test('a place that does not accept the task is our bug', () => {
  const ask = (fleet: string, task: string) => () =>
    newTask(TABLE, { ...PLACE, fleet }, { keys: {} }, { ...SUBMISSION, task });
  expect(ask('engineering/fixer', 'other')).toThrow('engineering/fixer does not accept other');
  expect(ask('ghost', 'fix')).toThrow('ghost does not accept fix');
});

test('a share whose name every object has weighs as any other', () => {
  const route = tableRoute('engineering/fix', ['fix'], { fairness: { key: 'input.customer', weights: { big: 4 } } });
  for (const fairness of ['constructor', 'toString', '__proto__']) {
    expect(newTask(TABLE, { ...PLACE, route }, { keys: { fairness } }, SUBMISSION).cost).toBe(1_048_576);
  }
});

import { expect } from 'vitest';
import type { EndState } from '../../core/task-record.ts';
import type { Operation } from '../store.ts';
import { LANE, OTHER_LANE, routePolicy, standing, START_MS, task, type Talker } from './bench.ts';
import type { Case } from './conformance.ts';

/**
 * What each operation answers about a task in each state, and what becomes of the task: a row for each operation, its columns the
 * states. `kind` alone leaves the state as it was, `kind>state` says the new one.
 */
const COLUMNS = [
  ...['delayed', 'ready', 'held', 'leased', 'dead'],
  ...['succeeded', 'failed', 'cancelled', 'expired', 'moved'],
] as const;
type State = (typeof COLUMNS)[number];

/** Of a task and the token of its last run; 0 when it has had none. */
type Ask = (id: string, token: number) => Operation;

const fail =
  (then: 'retry' | 'release' | 'failed' | 'dead'): Ask =>
  (id, token) => ({ op: 'fail', id, token, then, delayMs: 0, reason: 'error', result: '' });
const finish =
  (state: EndState, later = 0): Ask =>
  (id, token) => ({
    op: 'finish',
    id,
    state,
    token: Math.max(0, token + later),
    digest: 'd1',
    reason: 'told',
    result: '',
  });
const complete =
  (later: number): Ask =>
  (id, token) => ({ op: 'complete', id, token: token + later, result: '' });
const restore =
  (state: 'waiting' | 'leased' | 'dead'): Ask =>
  (id, token) => ({
    op: 'restore',
    id,
    standing: standing({ state, token: token + 1, agent: 'a-7', dueMs: START_MS + 9000 }),
  });

/** `complete` and its like change nothing that has ended; a success alone gives way to another end of a journal. */
const ROWS: readonly (readonly [name: string, ask: Ask, answers: string])[] = [
  ['submit', (id) => ({ op: 'submit', task: task(id) }), 'known known known known known known known known known known'],
  [
    'the replay of a submission',
    (id) => ({ op: 'submit', task: task(id, { acceptedMs: 5 }) }),
    'known known known known known known known known known known',
  ],
  [
    'the completion of its last run',
    complete(0),
    'stale stale stale done>succeeded done>succeeded already stale stale stale stale',
  ],
  [
    'the completion of a later run',
    complete(1),
    'done>succeeded done>succeeded done>succeeded stale done>succeeded stale stale stale stale stale',
  ],
  [
    'the completion of no run',
    (id) => ({ op: 'complete', id, token: 0, result: '' }),
    'stale stale stale stale stale stale stale stale stale stale',
  ],
  [
    'the failure of its last run, to be tried again',
    fail('retry'),
    'already already already done>ready already already already already already already',
  ],
  [
    'its release',
    fail('release'),
    'already already already done>ready already already already already already already',
  ],
  [
    'its failure for good',
    fail('failed'),
    'already already already done>failed already already already already already already',
  ],
  [
    'its failure as a dead letter',
    fail('dead'),
    'already already already done>dead already already already already already already',
  ],
  [
    'the heartbeat of its last run',
    (id, token) => ({ op: 'heartbeat', id, token }),
    'stale stale stale alive stale stale stale stale stale stale',
  ],
  [
    'the heartbeat of another run',
    (id, token) => ({ op: 'heartbeat', id, token: token + 1 }),
    'stale stale stale stale stale stale stale stale stale stale',
  ],
  [
    'cancel',
    (id) => ({ op: 'cancel', id, reason: 'by-owner' }),
    'done>cancelled done>cancelled done>cancelled asked done>cancelled stale stale already stale stale',
  ],
  [
    'remove',
    (id) => ({ op: 'remove', id, reason: 'fallback' }),
    'removed>moved removed>moved removed>moved stale stale stale stale stale stale already',
  ],
  [
    'relane, to the lane where it is',
    (id) => ({ op: 'relane', id, lane: LANE }),
    'already already already stale stale stale stale stale stale stale',
  ],
  [
    'relane, to another lane',
    (id) => ({ op: 'relane', id, lane: OTHER_LANE }),
    'done done done>ready stale stale stale stale stale stale stale',
  ],
  [
    'redrive',
    (id) => ({ op: 'redrive', id }),
    'already already already already done>ready stale stale stale stale stale',
  ],
  [
    'the replay of a success',
    finish('succeeded'),
    'done>succeeded done>succeeded done>succeeded done>succeeded done>succeeded already stale stale stale stale',
  ],
  [
    'the replay of a failure',
    finish('failed'),
    'done>failed done>failed done>failed done>failed done>failed already>failed already stale stale stale',
  ],
  [
    'the replay of a cancellation',
    finish('cancelled'),
    'done>cancelled done>cancelled done>cancelled done>cancelled done>cancelled already>cancelled stale already stale stale',
  ],
  [
    'the replay of an expiry',
    finish('expired'),
    'done>expired done>expired done>expired done>expired done>expired already>expired stale stale already stale',
  ],
  [
    'the replay of a move',
    finish('moved'),
    'done>moved done>moved done>moved done>moved done>moved already>moved stale stale stale already',
  ],
  [
    'the replay of the success of a later run',
    finish('succeeded', 1),
    'done>succeeded done>succeeded done>succeeded done>succeeded done>succeeded already stale stale stale stale',
  ],
  [
    'the replay of an end that came before its last run',
    finish('failed', -1),
    'done>failed done>failed done>failed done>failed done>failed stale already stale stale stale',
  ],
  [
    'the word that a later run is over',
    restore('waiting'),
    'done done done done>delayed done>ready already already already already already',
  ],
  [
    'the word that a later run goes on',
    restore('leased'),
    'done>leased done>leased done>leased done done>leased already already already already already',
  ],
  [
    'the word that a later run made it a dead letter',
    restore('dead'),
    'done>dead done>dead done>dead done>dead done already already already already already',
  ],
  ['get', (id) => ({ op: 'get', id }), 'task task task task task task task task task task'],
];

/** Answered alike whatever the state is while the shard may lack the ends of tasks. */
const HELD_BACK: ReadonlySet<Operation['op']> = new Set(['complete', 'fail', 'cancel', 'remove', 'redrive']);

export const STATE_CASES: readonly Case[] = [
  ...ROWS.map(([name, ask, answers]): Case => [
    `what a task in each state answers: ${name}`,
    (talker) => showRow(talker, ask, answers.split(' ')),
  ]),
  [
    'during a hold nothing ends a task that may have ended otherwise, and whose lease is not known is not gone',
    async (talker) => {
      await talker.policy([routePolicy({ perKey: { max: 1, onFull: 'queue' } })]);
      for (const [name, ask, answers] of ROWS) {
        for (const [at, state] of COLUMNS.entries()) {
          const { op } = ask('any', 1);
          const usual = answers.split(' ')[at];
          const waits = HELD_BACK.has(op) || (op === 'heartbeat' && usual === 'stale');
          const answer = await answerIn(talker, state, ask, true);
          expect([name, state, answer]).toEqual([name, state, waits ? 'held' : usual]);
        }
      }
    },
  ],
];

async function showRow(talker: Talker, ask: Ask, answers: readonly string[]): Promise<void> {
  await talker.policy([routePolicy({ perKey: { max: 1, onFull: 'queue' } })]);
  const seen: string[] = [];
  for (const state of COLUMNS) seen.push(await answerIn(talker, state, ask));
  const byState = (list: readonly string[]) => Object.fromEntries(COLUMNS.map((state, at) => [state, list[at]]));
  expect(byState(seen)).toEqual(byState(answers));
}

/** Brings a new task into a state, asks, and ends it so that it is in nobody's way. */
async function answerIn(talker: Talker, state: State, ask: Ask, duringHold = false): Promise<string> {
  const id = `task-${talker.number}`;
  const token = await bring(talker, id, state);
  expect(await talker.state(id)).toBe(state);
  if (duringHold) await talker.one({ op: 'begin', holdMs: 1000 });
  const { kind } = await talker.one(ask(id, token));
  const now = await talker.state(id);
  if (duringHold) await talker.one({ op: 'end', schedulers: [talker.scheduler] });
  for (const one of [id, otherOf(id)]) {
    await talker.one({ op: 'finish', id: one, state: 'moved', token: 0, digest: 'd1', reason: '', result: '' });
  }
  return now === state ? kind : `${kind}>${now}`;
}

/** Gives the token of its last run. */
async function bring(talker: Talker, id: string, state: State): Promise<number> {
  if (state === 'held') {
    await talker.submit(otherOf(id), { key: id });
    await talker.lease('a-2');
  }
  await talker.submit(id, { ...(state === 'delayed' && { delayMs: 1000 }), ...(state === 'held' && { key: id }) });
  if (state === 'held') await talker.claim();
  if (state === 'delayed' || state === 'ready' || state === 'held') return 0;
  const { token } = await talker.lease();
  if (state === 'dead') await talker.one(fail('dead')(id, token));
  else if (state !== 'leased') await talker.one(finish(state)(id, token));
  return token;
}

/** Has its key. */
function otherOf(id: string): string {
  return `${id}-other`;
}

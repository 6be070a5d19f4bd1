import { expect, test } from 'vitest';
import * as moves from './moves.ts';
import type { TaskIn } from './moves.ts';
import { END_STATES, OPEN_STATES, type TaskRecord, type TaskState } from './task-record.ts';

function taskIn<State extends TaskState>(state: State): TaskIn<State> {
  return { id: 't1', state, token: 7 } as TaskRecord & { readonly state: State };
}

test('each constructor makes its move', () => {
  const made = [
    moves.promote(taskIn('delayed')),
    moves.setAside(taskIn('ready'), 'key'),
    moves.bringBack(taskIn('held')),
    moves.lease(taskIn('ready'), 8),
    moves.complete(taskIn('leased'), 7),
    moves.retryLater(taskIn('leased'), 5000, 'error'),
    moves.retryNow(taskIn('leased'), 'crash'),
    moves.giveUp(taskIn('leased'), 'bad-input'),
    moves.bury(taskIn('leased'), 'attempts'),
    moves.cancel(taskIn('held'), 'by-owner'),
    moves.expire(taskIn('ready'), 'queue-age'),
    moves.moveAway(taskIn('delayed'), 'fallback'),
    moves.redrive(taskIn('dead')),
    moves.goOn(taskIn('dead'), 7),
  ];
  expect(made.map(({ move, from, to }) => `${move}: ${from} -> ${to}`)).toEqual([
    'promote: delayed -> ready',
    'setAside: ready -> held',
    'bringBack: held -> ready',
    'lease: ready -> leased',
    'complete: leased -> succeeded',
    'retryLater: leased -> delayed',
    'retryNow: leased -> ready',
    'giveUp: leased -> failed',
    'bury: leased -> dead',
    'cancel: held -> cancelled',
    'expire: ready -> expired',
    'moveAway: delayed -> moved',
    'redrive: dead -> ready',
    'goOn: dead -> leased',
  ]);
  expect(made.every(({ from, to }) => moves.isLegal(from, to))).toBe(true);
  expect(made[5]).toEqual({
    taskId: 't1',
    move: 'retryLater',
    from: 'leased',
    to: 'delayed',
    fence: 7,
    notBeforeMs: 5000,
    reason: 'error',
  });
  expect(made[3]).toMatchObject({ fence: 8, notBeforeMs: 0 });
});

test('nothing leaves an end, but a success of a replayed journal for another end, and nothing starts twice', () => {
  for (const from of END_STATES) {
    const ends = END_STATES.filter((to) => moves.isLegal(from, to));
    expect(ends).toEqual(from === 'succeeded' ? ['failed', 'cancelled', 'expired', 'moved'] : []);
    for (const to of [...OPEN_STATES, 'dead' as const]) expect(moves.isLegal(from, to)).toBe(false);
  }
  expect(moves.isLegal('leased', 'leased')).toBe(false);
});

import { expect, test } from 'vitest';
import { openLedger, type FinalState, type Ledger } from './ledger.ts';

/** A task that was offered, accepted, handed out and finished as it should be. */
function sound(): Ledger {
  const ledger = openLedger();
  ledger.note({ atMs: 1, kind: 'offered', n: 1 });
  ledger.note({ atMs: 2, kind: 'accepted', n: 1, id: 'a', how: 'accepted' });
  ledger.note({ atMs: 3, kind: 'assigned', n: 1, id: 'a', token: 10, agent: 'x', attempt: 1 });
  ledger.note({ atMs: 4, kind: 'finishing', id: 'a', token: 10, agent: 'x' });
  ledger.note({ atMs: 5, kind: 'answered', id: 'a', token: 10, agent: 'x', answer: 'done' });
  return ledger;
}

function verdict(ledger: Ledger, final?: FinalState): readonly string[] {
  const finals = new Map(final === undefined ? [] : [['a', final]]);
  return ledger.verdict(finals).map(({ promise, says }) => `${promise}: ${says}`);
}

const DONE = { state: 'succeeded', token: 10 };

test('what was accepted once and finished once is in order, also when the answer was repeated', () => {
  const ledger = sound();
  ledger.note({ atMs: 6, kind: 'answered', id: 'a', token: 10, agent: 'x', answer: 'repeated' });
  ledger.note({ atMs: 7, kind: 'answered', id: 'a', token: 9, agent: 'y', answer: 'stale' });
  expect(verdict(ledger, DONE)).toEqual([]);
  expect(ledger.counts()).toEqual({ offered: 1, accepted: 1, journaled: 0, assigned: 1, stale: 1, finished: 1 });
  expect(ledger.unfinished()).toEqual([]);
});

test('two ends that both count are named with their tokens', () => {
  const ledger = sound();
  ledger.note({ atMs: 6, kind: 'finishing', id: 'a', token: 11, agent: 'y' });
  ledger.note({ atMs: 7, kind: 'answered', id: 'a', token: 11, agent: 'y', answer: 'done' });
  expect(verdict(ledger, DONE)).toEqual(['finished twice: the ends under 10 and 11 both count; last y']);
});

test.for([
  [{ state: 'unknown' }, 'taken back: its end under 10 was acknowledged, and now it is unknown'],
  [{ state: 'running' }, 'taken back: its end under 10 was acknowledged, and now it is running'],
  [{ state: 'succeeded', token: 11 }, 'taken back: its end under 10 was acknowledged, and now it is succeeded by 11'],
  [undefined, 'lost: the system did not say what became of it'],
] as const)('an end that was acknowledged stays: %o', ([final, said]) => {
  expect(verdict(sound(), final)).toEqual([said]);
});

test.for([
  [{ state: 'unknown' }, 'lost: it was accepted, and is unknown'],
  [{ state: 'dead' }, 'lost: it was accepted, and is dead'],
  [{ state: 'ready' }, 'late: it was accepted, and is still ready'],
  [{ state: 'succeeded' }, 'phantom: it has succeeded under no token, which no agent said'],
  [{ state: 'succeeded', token: 5 }, 'phantom: it has succeeded under 5, which no agent said'],
] as const)('what was accepted must end, and by an agent’s word: %o', ([final, said]) => {
  const ledger = openLedger();
  ledger.note({ atMs: 1, kind: 'offered', n: 1 });
  ledger.note({ atMs: 2, kind: 'accepted', n: 1, id: 'a', how: 'journaled' });
  expect(ledger.unfinished()).toEqual(['a']);
  expect(verdict(ledger, final)).toEqual([said]);
});

test('an agent that died before it could tell of its answer wrongs nobody', () => {
  const ledger = openLedger();
  ledger.note({ atMs: 1, kind: 'offered', n: 1 });
  ledger.note({ atMs: 2, kind: 'accepted', n: 1, id: 'a', how: 'accepted' });
  ledger.note({ atMs: 4, kind: 'finishing', id: 'a', token: 10, agent: 'x' });
  expect(verdict(ledger, DONE)).toEqual([]);
});

test('a shared token, a task that nobody offered, and one offer with two tasks are named, with the history', () => {
  const ledger = sound();
  ledger.note({ atMs: 6, kind: 'assigned', n: 1, id: 'a', token: 10, agent: 'y', attempt: 2 });
  ledger.note({ atMs: 7, kind: 'assigned', n: 2, id: 'b', token: 1, agent: 'y', attempt: 1 });
  ledger.note({ atMs: 8, kind: 'accepted', n: 1, id: 'c', how: 'accepted' });
  expect(verdict(ledger, DONE)).toEqual([
    'token shared: token 10 was given to x and to y',
    'phantom: nobody offered number 2',
    'two tasks for one offer: offer 1 was accepted as a before',
    'lost: the system did not say what became of it',
  ]);
  expect(ledger.history('a').at(-1)).toBe('0.006 s  assigned  n 1, token 10, agent y, attempt 2');
});

import { expect, test } from 'vitest';
import { Seen, Waiting } from './seen.ts';

test('without agents here nothing waits to be handed out, however much is accepted', () => {
  const seen = new Seen(false);
  for (let n = 0; n < 1000; n += 1) seen.accepted(`t-${n}`, n);
  expect([seen.submitted.size, seen.early.size]).toEqual([0, 0]);
});

test('an assignment counts from the moment that was meant, whether it or the answer comes first', () => {
  const seen = new Seen(true);
  const now = performance.now();
  seen.accepted('t-1', now - 1000);
  seen.assigned('t-1');
  seen.assigned('t-2');
  seen.accepted('t-2', now - 1000);
  expect(seen.assignMs.map((ms) => Math.floor(ms / 1000))).toEqual([1, 1]);
  expect([seen.submitted.size, seen.early.size]).toEqual([0, 0]);
});

test('what waits is bounded, and the oldest is given up first', () => {
  const waiting = new Waiting(100);
  for (let n = 0; n < 1000; n += 1) {
    waiting.add(`t-${n}`, n);
    expect(waiting.size).toBeLessThanOrEqual(200);
  }
  expect([waiting.take('t-1'), waiting.take('t-850'), waiting.take('t-850'), waiting.take('t-999')]).toEqual([
    undefined,
    850,
    undefined,
    999,
  ]);
});

import { expect, test } from 'vitest';
import { environment, route } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { dedupeWindow } from './dedupe-window.ts';

test('a window shorter than a run lets a second task start beside the first', () => {
  const short = route('eng/work', { dedupe: { key: '{input.a}', windowMs: 60_000, onHit: 'join' } });
  expect(problemsOf(dedupeWindow, environment({ routes: [short] }))).toEqual([
    {
      at: 'route:eng/work#dedupe.window',
      problem: 'warning NT5052: route `eng/work` forgets a task after 1m, but it may run for 15m',
    },
  ]);
});

test('a window as long as a run, or none, is fine', () => {
  const long = route('eng/long', { dedupe: { key: '{input.a}', windowMs: 900_000, onHit: 'join' } });
  expect(problemsOf(dedupeWindow, environment({ routes: [long, route('eng/work')] }))).toEqual([]);
});

import { expect, test } from 'vitest';
import { environment, route } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { queueAge } from './queue-age.ts';

test('a queue that drops tasks before their timeout hides them from the dead letters', () => {
  expect(problemsOf(queueAge, environment({ routes: [route('eng/work', { queue: { maxAgeMs: 300_000 } })] }))).toEqual([
    {
      at: 'route:eng/work#queue.maxAge',
      problem: 'warning NT5054: route `eng/work` drops a `work` after 5m, before its queue timeout of 10m',
      related: ['fleet:eng/fixer#accepts.work@key: `work` is accepted here'],
    },
  ]);
});

test('a queue that waits as long as the timeout is fine', () => {
  expect(problemsOf(queueAge, environment({ routes: [route('eng/work', { queue: { maxAgeMs: 600_000 } })] }))).toEqual(
    [],
  );
});

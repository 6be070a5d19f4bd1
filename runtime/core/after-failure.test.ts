import { expect, test } from 'vitest';
import { afterFailure } from './after-failure.ts';

const ACCEPT = { backoff: { firstMs: 1000, factor: 2, maxMs: 60_000, jitter: 'none' }, never: ['bad-input'] } as const;

test('a failed run is tried again later and later until it has had its attempts', () => {
  const after = (attempts: number) => afterFailure({ attempts, attemptMax: 3 }, ACCEPT, { error: 'timeout' }, 0);
  expect([after(0), after(1), after(2)]).toEqual([
    { then: 'retry', delayMs: 1000, reason: 'timeout', attemptMax: 3 },
    { then: 'retry', delayMs: 2000, reason: 'timeout', attemptMax: 3 },
    { then: 'dead', delayMs: 0, reason: 'timeout' },
  ]);
});

test('an error that is never tried again ends the task, as does one the agent calls final', () => {
  const record = { attempts: 0, attemptMax: 3 };
  expect(afterFailure(record, ACCEPT, { error: 'bad-input' }, 0).then).toBe('failed');
  expect(afterFailure(record, ACCEPT, { error: 'other', final: true }, 0).then).toBe('failed');
});

test('it does not come back before the agent was told it may', () => {
  const record = { attempts: 0, attemptMax: 3 };
  expect(afterFailure(record, ACCEPT, { error: 'limit', retryAfterMs: 9000 }, 0).delayMs).toBe(9000);
});

test('a reason is a token text, whatever the agent calls its error', () => {
  expect(afterFailure({ attempts: 0, attemptMax: 3 }, ACCEPT, { error: 'a|b\n' }, 0).reason).toMatch(/^#[\w-]{32}$/);
});

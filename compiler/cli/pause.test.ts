import { expect, test } from 'vitest';
import { pauseFor, Stopped } from './pause.ts';

test('work that never waits hears a signal after fifty milliseconds, and not before', async () => {
  const stop = new AbortController();
  let now = 0;
  const pause = pauseFor({ now: () => now, stop: stop.signal });
  setImmediate(() => stop.abort('interrupted'));
  for (; now < 50; now++) await pause();
  await expect(pause()).rejects.toThrow(Stopped);
});

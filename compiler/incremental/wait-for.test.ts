import { expect, test } from 'vitest';
import { waitFor } from './wait-for.ts';

const never = async (): Promise<void> => {};

test('what the work comes to is what the wait comes to', async () => {
  expect(await waitFor(Promise.resolve(7), never)).toBe(7);
  await expect(waitFor(Promise.reject(new Error('a worker failed')), never)).rejects.toThrow('a worker failed');
});

test('who is asked to stop does not wait for work that never ends', async () => {
  let pauses = 0;
  const stopping = async (): Promise<void> => {
    if (++pauses === 3) throw new Error('stopped');
  };
  await expect(waitFor(new Promise(() => undefined), stopping)).rejects.toThrow('stopped');
});

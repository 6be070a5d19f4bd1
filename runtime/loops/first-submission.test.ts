import { expect, test } from 'vitest';
import { memoryStore } from '../store/memory/memory-store.ts';
import { Bench, submission } from './testing/bench.ts';
import { VirtualClock } from './testing/virtual-clock.ts';

test('what is submitted while a scheduler joins a shard is new, whenever it comes', async () => {
  const clock = new VirtualClock();
  const bench = new Bench(['s-0'], memoryStore({ nowUs: () => clock.nowMs() * 1000 }));
  const scheduler = await clock.until(bench.start('s-0', { clock }));
  const outcomes = [];
  for (let ms = 0; ms < 40; ms += 1) {
    outcomes.push(scheduler.submit(submission(`k-${ms}`)));
    await clock.pass(1);
  }
  const answers = await clock.until(Promise.all(outcomes));
  const told = answers.map((one) => (one.kind === 'accepted' ? (one.response.duplicate ?? 'new') : one.kind));
  expect(told).toEqual(Array.from({ length: 40 }, () => 'new'));
  // Those are known when they come again.
  const again = await clock.until(scheduler.submit(submission('k-0')));
  expect(again).toMatchObject({ kind: 'accepted', response: { status: 'accepted', duplicate: 'repeated' } });
  await clock.until(bench.close());
});

import { expect, test } from 'vitest';
import { realLua54, realServer, type RealStore } from '../store/testing/real-stores.ts';
import { simulate } from './simulate.ts';

/**
 * The same simulation where the script really runs. Every answer is compared with that of the store in memory when it comes,
 * and schedulers go on with the real one; so the whole trace must be the same.
 */
const FULL = process.env['NOVA_TORCH_FULL'] !== undefined;

async function sameTraces(store: RealStore, seeds: number, from: number): Promise<void> {
  try {
    for (let seed = from; seed < from + seeds; seed += 1) {
      await store.wipe();
      const real = await simulate(seed, { store });
      const model = await simulate(seed);
      expect(real.violations, `seed ${seed}`).toEqual([]);
      expect([seed, real.trace]).toEqual([seed, model.trace]);
    }
  } finally {
    await store.stop();
  }
}

test('in a real server, schedulers live through the same as with the model', { timeout: 900_000 }, async () => {
  await sameTraces(await realServer(), FULL ? 90 : 12, 1);
});

test('under Lua 5.4, schedulers live through the same as with the model', { timeout: 900_000 }, async () => {
  await sameTraces(await realLua54(), FULL ? 90 : 4, 101);
});

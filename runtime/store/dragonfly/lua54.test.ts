import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryStore } from '../memory/memory-store.ts';
import type { Batch, Operation } from '../store.ts';
import { SHARD, START_MS, Talker, type Bench } from '../testing/bench.ts';
import { conforms } from '../testing/conformance.ts';
import { lua54Store, type Lua54Store } from '../testing/lua54-store.ts';
import { turns } from '../testing/random-batches.ts';
import { APPLY_SOURCE } from './script.ts';

/** Dragonfly runs Lua 5.4 and refuses keys that were not declared; here the script runs so on any machine. */

interface LuaBench extends Bench {
  readonly store: Lua54Store;
}

async function newBench(source?: string): Promise<LuaBench> {
  const bench = { now: START_MS };
  const store = await lua54Store(() => bench.now * 1000, source);
  return Object.assign(bench, { store });
}

conforms('Lua 5.4', newBench);

test('under Lua 5.4 the script answers as the memory store does', { timeout: 300_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(turns, async (talk) => {
      const bench = await newBench();
      const memory = memoryStore({ nowUs: () => bench.now * 1000 });
      let position = 0;
      for (const [number, { waitMs, draws }] of talk.entries()) {
        bench.now += waitMs;
        const operations = draws.map(({ operation }): Operation => operation);
        const batch: Batch = {
          scheduler: 's-1',
          prevLsn: position,
          lsn: position + 1,
          number,
          after: Math.max(0, number - 1),
          tokenFloor: 0,
          beat: 0,
          operations,
        };
        position += 1;
        expect(await bench.store.apply(SHARD, batch)).toEqual(await memory.apply(SHARD, batch));
      }
      await bench.store.close();
    }),
    { numRuns: 30 },
  );
});

async function failureOf(source: string): Promise<unknown> {
  const bench = await newBench(source);
  return new Talker(bench).submit('t1').catch((error: unknown) => error);
}

test('a script that uses a key it did not declare would be found', async () => {
  const planted = APPLY_SOURCE.replace("send('HSET', b, b_in)", "send('HSET', 'elsewhere', b_in)");
  expect(planted).not.toBe(APPLY_SOURCE);
  expect(await failureOf(planted)).toMatchObject({ message: expect.stringContaining('was not declared: elsewhere') });
});

test('a script that makes or reads a global would be found', async () => {
  expect(await failureOf(`leak = 1\n${APPLY_SOURCE}`)).toMatchObject({
    message: expect.stringContaining('makes the global leak'),
  });
  expect(await failureOf(`local a = unpack\n${APPLY_SOURCE}`)).toMatchObject({
    message: expect.stringContaining('reads the global unpack'),
  });
});

test('a script that uses another command would be found', async () => {
  const planted = APPLY_SOURCE.replace("send('HSET', b, b_in)", "send('HEXPIRE', b, b_in)");
  expect(await failureOf(planted)).toMatchObject({ message: expect.stringContaining('must not use HEXPIRE') });
});

test('a script that writes a number with a fraction or an exponent would be found', async () => {
  const planted = APPLY_SOURCE.replace("text = format('%d', number)", "text = format('%.1f', number)");
  expect(await failureOf(planted)).toMatchObject({ message: expect.stringContaining('a number is written as') });
});

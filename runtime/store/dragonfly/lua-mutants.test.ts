import { afterAll, expect, test } from 'vitest';
import { START_MS, Talker } from '../testing/bench.ts';
import { CASES } from '../testing/conformance.ts';
import { LUA_MUTANTS } from '../testing/lua-mutants.ts';
import { lua54Store } from '../testing/lua54-store.ts';
import { APPLY_SOURCE } from './script.ts';

/** The suite is worth what it would find: bugs planted in the script's text, one at a time. */
let found = 0;

/** The first case that fails; nothing when all pass. */
async function firstFailure(source: string): Promise<string | undefined> {
  for (const [sentence, show] of CASES) {
    const clock = { now: START_MS };
    const bench = Object.assign(clock, { store: await lua54Store(() => clock.now * 1000, source) });
    try {
      await show(new Talker(bench), bench);
    } catch {
      return sentence;
    } finally {
      await bench.store.close();
    }
  }
  return undefined;
}

test('without a bug, no case fails', { timeout: 60_000 }, async () => {
  expect(await firstFailure(APPLY_SOURCE)).toBeUndefined();
});

test.each(LUA_MUTANTS)('a script that %s is found out', { timeout: 60_000 }, async (_, find, replace) => {
  expect(APPLY_SOURCE.split(find)).toHaveLength(2);
  const failed = await firstFailure(APPLY_SOURCE.replace(find, replace));
  expect(failed).toBeTypeOf('string');
  found += 1;
});

afterAll(() => console.log(`bugs planted in the script: ${found} of ${LUA_MUTANTS.length} found`));

import { afterAll, expect, test } from 'vitest';
import { START_MS, Talker } from '../testing/bench.ts';
import { CASES, type Case } from '../testing/conformance.ts';
import { LUA_MUTANTS } from '../testing/lua-mutants.ts';
import { lua54Store } from '../testing/lua54-store.ts';
import { APPLY_SOURCE } from './script.ts';

/** The suite is worth what it would find: bugs planted in the script's text, one at a time. */
let found = 0;

/** Each bug is looked for until the first case that sees it. Three of them take as long as half of all: the quickest go first. */
let cases: readonly Case[] = CASES;

/** The first case that fails; nothing when all pass. */
async function firstFailure(source: string): Promise<string | undefined> {
  for (const one of cases) if (!(await passes(one, source))) return one[0];
  return undefined;
}

async function passes([, show]: Case, source: string): Promise<boolean> {
  const clock = { now: START_MS };
  const bench = Object.assign(clock, { store: await lua54Store(() => clock.now * 1000, source) });
  try {
    await show(new Talker(bench), bench);
    return true;
  } catch {
    return false;
  } finally {
    await bench.store.close();
  }
}

test('without a bug, no case fails', { timeout: 60_000 }, async () => {
  const timed: { readonly one: Case; readonly ms: number }[] = [];
  for (const one of CASES) {
    const begun = performance.now();
    expect(await passes(one, APPLY_SOURCE), one[0]).toBe(true);
    timed.push({ one, ms: performance.now() - begun });
  }
  cases = timed.toSorted((left, right) => left.ms - right.ms).map(({ one }) => one);
});

test.each(LUA_MUTANTS)('a script that %s is found out', { timeout: 60_000 }, async (_, find, replace) => {
  expect(APPLY_SOURCE.split(find)).toHaveLength(2);
  const failed = await firstFailure(APPLY_SOURCE.replace(find, replace));
  expect(failed).toBeTypeOf('string');
  found += 1;
});

afterAll(() => console.log(`bugs planted in the script: ${found} of ${LUA_MUTANTS.length} found`));

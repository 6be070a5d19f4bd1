import { expect, test, vi } from 'vitest';
import { memoryStore } from '../store/memory/memory-store.ts';
import { StoreFailure } from '../store/store-failure.ts';
import { SHARD, START_MS } from '../store/testing/bench.ts';
import type { Applied, Gap, Operation, Reply } from '../store/store.ts';
import { askPatiently } from './engine.ts';
import { DEFAULT_BOUNDS } from './new-engine.ts';
import { ShardLink } from './shard-link.ts';
import { VirtualClock } from './testing/virtual-clock.ts';

const QUESTION: Operation = { op: 'get', id: 't-1' };
const CALLERS = 2000;

/** A link that begins while the store is away. `answers`: whether a batch with questions is answered, and by what. */
async function bench(answers: (applied: Applied) => Applied | Promise<never> = (applied) => applied) {
  const clock = new VirtualClock(START_MS);
  const memory = memoryStore({ nowUs: () => START_MS * 1000 });
  const way = { open: false, answers };
  const asked: number[] = [];
  const link = new ShardLink(SHARD, 0, {
    scheduler: 's-1',
    store: {
      ...memory,
      apply: async (shard, batch): Promise<Applied | Gap> => {
        if (!way.open) throw new StoreFailure('unavailable', 'away');
        const applied = memory.applyNow(shard, batch);
        if (applied.kind === 'gap' || !batch.operations.some(({ op }) => op === QUESTION.op)) return applied;
        asked.push(clock.nowMs() - START_MS);
        return way.answers(applied);
      },
    },
    clock,
    tokens: { value: 0, raise: () => undefined, allow: () => undefined },
    callWorth: 40,
    replay: (_, position) => Promise.resolve(position),
    claims: () => [],
    applied: () => undefined,
    state: () => undefined,
    unheard: () => undefined,
    timed: () => undefined,
  });
  link.open();
  await clock.pass(0);
  const ask = (): Promise<Reply | Error> =>
    askPatiently({ clock, bounds: DEFAULT_BOUNDS }, link, QUESTION).catch((error: Error) => error);
  return { clock, link, way, asked, ask };
}

test('thousands who wait for a store that is away ask it no more than once, when it is back', async () => {
  const { clock, link, way, ask } = await bench();
  const questions = vi.spyOn(link, 'ask');
  const answers = Array.from({ length: CALLERS }, ask);
  await clock.pass(4000);
  expect(questions).toHaveBeenCalledTimes(0);
  expect(link.waiting).toBe(CALLERS);
  way.open = true;
  const told = await clock.until(Promise.all(answers));
  expect(told.every((one) => 'kind' in one && one.kind === 'unknown')).toBe(true);
  expect(questions).toHaveBeenCalledTimes(CALLERS);
  expect(link.waiting).toBe(0);
});

test('who has waited for as long as a call is held hears that the store is away, and is forgotten', async () => {
  const { clock, link, ask } = await bench();
  const first = ask();
  await clock.pass(3000);
  const second = ask();
  await clock.pass(2000);
  expect(await first).toMatchObject({ message: 'the store is away' });
  expect(link.waiting).toBe(1);
  await clock.pass(3000);
  expect(await second).toMatchObject({ message: 'the store is away' });
  expect(link.waiting).toBe(0);
});

test('nobody waits for a link that is closed, whether it was up or not', async () => {
  const { clock, link, ask } = await bench();
  const early = ask();
  link.close();
  await clock.pass(0);
  expect(await early).toBeInstanceOf(StoreFailure);
  expect(link.waiting).toBe(0);

  const up = await bench();
  up.way.open = true;
  await up.clock.pass(100);
  expect(up.link.state).toBe('up');
  up.link.close();
  expect(await up.ask()).toBeInstanceOf(StoreFailure);
});

test('a store that is there, and fails at each question, is asked after pauses that grow', async () => {
  const { clock, way, asked, ask } = await bench(() => Promise.reject(new StoreFailure('full', 'no memory is left')));
  way.open = true;
  await clock.pass(100);
  const begun = clock.nowMs() - START_MS;
  const answer = ask();
  await clock.pass(5000);
  expect(await answer).toMatchObject({ message: 'the store is away' });
  expect(asked.slice(0, 6).map((time) => time - begun)).toEqual([0, 18.75, 56.25, 131.25, 281.25, 581.25]);
  expect(asked.length).toBeLessThan(25);
});

test('what a shard holds back is asked for again after pauses that grow, and then said to be held back', async () => {
  const { clock, way, asked, ask } = await bench((applied) => ({ ...applied, replies: [{ kind: 'held' }] }));
  way.open = true;
  await clock.pass(100);
  const answer = ask();
  await clock.pass(5000);
  expect(await answer).toMatchObject({ message: 'the store is being rebuilt' });
  expect(asked.length).toBeLessThan(25);
  way.answers = (applied) => applied;
  expect(await clock.until(ask())).toEqual({ kind: 'unknown' });
});

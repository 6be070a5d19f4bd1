import { expect, test } from 'vitest';
import { ANSWERS, answersIn } from '../testing/answers.ts';
import { START_MS, Talker, type Bench } from '../testing/bench.ts';
import { CASES, conforms } from '../testing/conformance.ts';
import type { Store } from '../store.ts';
import { memoryStore, type MemoryStore } from './memory-store.ts';

function newBench(): Bench & { readonly store: MemoryStore } {
  const bench: { now: number; store: MemoryStore } = {
    now: START_MS,
    store: memoryStore({ nowUs: () => bench.now * 1000 }),
  };
  return bench;
}

conforms('memory', () => Promise.resolve(newBench()));

test('a snapshot is not changed by what comes later, and can be gone back to twice', async () => {
  const bench = newBench();
  const talker = new Talker(bench);
  await talker.policy();
  await talker.submit('t1');
  const { position, after } = talker;
  const snapshot = bench.store.snapshot();
  for (let round = 0; round < 2; round += 1) {
    Object.assign(talker, { position, after });
    await talker.complete(await talker.lease());
    expect(await talker.state('t1')).toBe('succeeded');
    bench.store.restore(snapshot);
  }
  Object.assign(talker, { position, after });
  expect(await talker.state('t1')).toBe('ready');
});

test('a wiped store is at position 0', async () => {
  const bench = newBench();
  const talker = new Talker(bench);
  await talker.submit('t1');
  bench.store.wipe();
  await expect(talker.submit('t2')).rejects.toThrow('a gap at 0');
});

test('the suite that both stores are held to shows every answer of every operation, and no other', async () => {
  const seen = new Map<string, Set<string>>();
  for (const [, show] of CASES) {
    const bench = newBench();
    const apply: Store['apply'] = async (shard, batch) => {
      const answer = await bench.store.apply(shard, batch);
      for (const [index, { op }] of batch.operations.entries()) {
        const reply = answer.kind === 'applied' ? answer.replies[index] : undefined;
        const known = seen.get(op) ?? new Set();
        seen.set(op, reply === undefined ? known : new Set([...known, ...answersIn(reply)]));
      }
      return answer;
    };
    const watched = {
      store: { ...bench.store, apply },
      get now() {
        return bench.now;
      },
      set now(now: number) {
        bench.now = now;
      },
    };
    await show(new Talker(watched), watched);
  }
  const sorted = (answers: Iterable<string>): readonly string[] => [...answers].sort();
  expect(Object.fromEntries([...seen].map(([op, answers]) => [op, sorted(answers)]))).toEqual(
    Object.fromEntries(Object.entries(ANSWERS).map(([op, answers]) => [op, sorted(answers)])),
  );
});

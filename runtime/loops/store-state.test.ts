import { afterEach, expect, test } from 'vitest';
import { fleet } from './testing/bench.ts';
import { VirtualBench } from './testing/virtual-bench.ts';

let bench: VirtualBench | undefined;
afterEach(() => bench?.close());

/** Two fleets, so that one shard is joined while the other is not; and what is said of the store. */
function begun() {
  const said: string[] = [];
  const breaker = (dependency: string, state: string, reason = ''): void =>
    void (dependency === 'store' && said.push(`${state} ${reason}`.trim()));
  bench = new VirtualBench({ observer: { breaker } });
  const start = (own: VirtualBench) =>
    own.start({ fleets: { 'research/summarizer': fleet(), 'research/other': fleet() } });
  return { bench, said, start };
}

test('a scheduler that begins does not say that the store is away', async () => {
  const { bench: own, said, start } = begun();
  await start(own);
  await own.clock.pass(5000);
  expect(said).toEqual([]);
});

test('a store that is away when a scheduler begins is said to be so, and then to be back', async () => {
  const { bench: own, said, start } = begun();
  own.isStoreAway = true;
  await start(own);
  await own.clock.pass(5000);
  expect(said).toEqual(['open cut off']);
  own.isStoreAway = false;
  await own.clock.pass(5000);
  expect(said).toEqual(['open cut off', 'closed']);
});

test('a store that goes away is said to be so at once', async () => {
  const { bench: own, said, start } = begun();
  await start(own);
  await own.clock.pass(5000);
  own.isStoreAway = true;
  await own.clock.pass(600);
  expect(said).toEqual(['open cut off']);
});

test('a store that answers and takes nothing is said to be away once, and back once', async () => {
  const { bench: own, said, start } = begun();
  await start(own);
  await own.clock.pass(5000);
  own.isStoreFull = true;
  await own.clock.pass(10_000);
  expect(said).toEqual(['open no room']);
  own.isStoreFull = false;
  await own.clock.pass(5000);
  expect(said).toEqual(['open no room', 'closed']);
});

test('a connection that was lost for a moment is said to have been', async () => {
  const { bench: own, said, start } = begun();
  await start(own);
  await own.clock.pass(5000);
  own.store.wipe();
  await own.clock.pass(5000);
  expect(said).toEqual(['open its connection was lost, and is there again', 'closed']);
});

import { afterEach, expect, test } from 'vitest';
import type { Operation } from '../store/store.ts';
import { NoRoom } from '../store/store-failure.ts';
import { fleet } from './testing/bench.ts';
import { VirtualBench } from './testing/virtual-bench.ts';

/** A shard that takes no other switch. */
const FLEET = 'research/summarizer';
const TABLE = { fleets: { [FLEET]: fleet({ builds: { v1: 5000, v2: 5000 } }) } };
const warnings: unknown[] = [];
const observer = { warning: (message: string, details: object) => void warnings.push({ message, ...details }) };
let bench: VirtualBench;
afterEach(async () => {
  warnings.length = 0;
  await bench.close();
});

async function started(): Promise<void> {
  bench = new VirtualBench({ observer });
  await bench.start(TABLE);
}

/** Up to a thousand, as another scheduler would. */
async function fill(): Promise<void> {
  let number = 0;
  for (let batch = 0; batch < 5; batch += 1) {
    const operations = Array.from({ length: 200 }, (_, n): Operation => ({
      op: 'switch',
      name: `other:${200 * batch + n}`,
      value: 'on',
    }));
    const header = { scheduler: 's-9', prevLsn: 0, lsn: 0, number: number + 1, after: number, tokenFloor: 0, beat: 0 };
    await bench.store.apply({ fleet: FLEET, index: 0 }, { ...header, operations });
    number += 1;
  }
}

const draining = async (): Promise<readonly boolean[] | undefined> =>
  (await bench.clock.until(bench.scheduler.fleet(FLEET)))?.builds.map((one) => one.draining);

test('whoever drains a build is told that there is no room, and it does not drain, then or later', async () => {
  await started();
  await fill();
  await expect(bench.clock.until(bench.scheduler.drain(FLEET, 'v1'))).rejects.toThrow(NoRoom);
  await bench.clock.pass(2000);
  expect(await draining()).toEqual([false, false]);
  bench.store.wipe();
  await bench.restart(1000, TABLE);
  await bench.clock.pass(5000);
  expect(await draining()).toEqual([false, false]);
  expect(warnings).toEqual([]);
});

test('a fleet is paused, drained as a whole and resumed all the same', async () => {
  await started();
  await fill();
  expect(await bench.clock.until(bench.scheduler.pause(FLEET, 'lunch'))).toBe(true);
  expect(await bench.clock.until(bench.scheduler.drain(FLEET))).toBe(true);
  await bench.clock.pass(2000);
  expect(await bench.clock.until(bench.scheduler.fleet(FLEET))).toMatchObject({ paused: true, pausedReason: 'lunch' });
  expect(await draining()).toEqual([true, true]);
  expect(await bench.clock.until(bench.scheduler.resume(FLEET))).toBe(true);
  await bench.clock.pass(2000);
  expect(await bench.clock.until(bench.scheduler.fleet(FLEET))).toMatchObject({ paused: false });
});

test('whoever asks an agent to go is told as well, and the agent goes on', async () => {
  await started();
  await bench.take('a-1');
  await fill();
  const agent = { fleet: FLEET, name: 'a-1' };
  await expect(bench.clock.until(bench.scheduler.drainAgent(agent))).rejects.toThrow(NoRoom);
  await bench.clock.pass(2000);
  expect(bench.scheduler.agents(FLEET)).toMatchObject([{ agent: `${FLEET}/a-1`, draining: false }]);
});

test('a replay that finds no room for what was said here tells of it', async () => {
  await started();
  await bench.clock.until(bench.scheduler.drain(FLEET, 'v1'));
  await bench.clock.until(bench.scheduler.close());
  bench.store.wipe();
  await fill();
  await bench.start(TABLE);
  await bench.clock.pass(2000);
  expect(warnings).toContainEqual({
    message: 'the journal holds what no store takes, and it is left out',
    fleet: FLEET,
    task: '',
    because: 'the shard has no room for another switch, as drain:v1 is',
  });
});

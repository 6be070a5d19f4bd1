import { expect, test } from 'vitest';
import { laneOf } from '../core/lane.ts';
import { fleet, route, table } from './testing/bench.ts';
import { tables, type Tables } from './tables.ts';

const FLEET = 'research/summarizer';
const RELOADS = 1000;

/** After so many reloads, of which each brings another route and another build; and always one that stays. */
function reloaded(count: number): Tables {
  const nth = (number: number) =>
    table({
      digest: `sha256-${number}`,
      fleets: { [FLEET]: fleet({ builds: { [`v${number}`]: 10_000 } }) },
      routes: [route(), route({ id: `research/r-${number}` })],
    });
  const all = tables(nth(0), 0);
  for (let number = 1; number <= count; number += 1) all.use(nth(number), number);
  return all;
}

test('a thousand reloads leave no more to remember than a few hundred', () => {
  const few = reloaded(300);
  const many = reloaded(RELOADS);
  expect(many.seenLanes(FLEET).length).toBeLessThan(300);
  expect(many.seenLanes(FLEET)).toHaveLength(few.seenLanes(FLEET).length);
  const gone = Array.from({ length: RELOADS }, (_, number) => many.goneSinceMs(FLEET, `research/r-${number}`));
  expect(gone.filter((sinceMs) => sinceMs !== undefined).length).toBeLessThan(150);
});

test('lanes that were in use lately have their names, and routes the time at which they went', () => {
  const all = reloaded(RELOADS);
  for (let number = RELOADS - 100; number < RELOADS; number += 1) {
    const lane = laneOf(`research/r-${number}`, `v${number}`);
    expect(all.lane(FLEET, lane)?.route).toBe(`research/r-${number}`);
    expect(all.seenLanes(FLEET)).toContain(lane);
    expect(all.goneSinceMs(FLEET, `research/r-${number}`)).toBe(number + 1);
  }
  expect(all.goneSinceMs(FLEET, 'research/summaries')).toBeUndefined();
});

test('a lane that is in use again is as young as any: others are forgotten before it', () => {
  const of = (number: number) =>
    table({ digest: `sha256-${number}`, fleets: { [FLEET]: fleet({ builds: { [`v${number}`]: 10_000 } }) } });
  const all = tables(of(0), 0);
  for (let number = 1; number <= 200; number += 1) all.use(of(number), number);
  all.use(of(0), 201);
  for (let number = 202; number <= 402; number += 1) all.use(of(number), number);
  expect(all.lane(FLEET, laneOf('research/summaries', 'v0'))).toMatchObject({ build: 'v0' });
  expect(all.lane(FLEET, laneOf('research/summaries', 'v1'))).toBeUndefined();
});

test('all lanes of a fleet that is gone are remembered, however many tables come after it', () => {
  const routes = Array.from({ length: 400 }, (_, index) => route({ id: `research/r-${index}` }));
  const all = tables(table({ routes }), 0);
  for (let number = 1; number <= RELOADS; number += 1) {
    all.use(table({ digest: `sha256-${number}`, fleets: { 'research/backup': fleet() }, routes: [] }), number);
  }
  expect(all.seenLanes(FLEET)).toHaveLength(400);
  expect(all.goneSinceMs(FLEET, 'research/r-399')).toBe(1);
});

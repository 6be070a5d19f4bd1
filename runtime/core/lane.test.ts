import { expect, test } from 'vitest';
import { routeNumber } from '../../spec/contract/lane-numbers.ts';
import { laneOf, routeOfLane } from './lane.ts';

test('a lane tells its route, and fits a score with one bit to spare', () => {
  const lane = laneOf('research/nightly', 'v1');
  expect(routeOfLane(lane)).toBe(routeNumber('research/nightly'));
  expect(lane).not.toBe(laneOf('research/nightly', 'v2'));
  expect(lane).toBeLessThan(2 ** 46);
  expect(Number.isInteger(lane)).toBe(true);
});

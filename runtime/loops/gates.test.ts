import { expect, test } from 'vitest';
import type { Engine } from './engine.ts';
import { noteStarts, providerRoom, usedUpRates } from './gates.ts';

const FLEET = 'research/summarizer';

test('where the clock is set back by hours, the rate of a provider holds nobody for longer than it ever does', () => {
  let nowMs = 10 * 3_600_000;
  const table = { fleets: { [FLEET]: { providers: ['brain'] } }, providers: { brain: { requestsPerSecond: 2 } } };
  const engine = {
    tables: { compiled: { table } },
    providerRests: new Map<string, number>(),
    fleets: new Map(),
    schedulers: ['s-0'],
    clock: { nowMs: () => nowMs },
  } as unknown as Engine;
  expect(providerRoom(engine, FLEET)).toBe(2);
  noteStarts(engine, FLEET, 2);
  expect(providerRoom(engine, FLEET)).toBe(0);
  nowMs -= 2 * 3_600_000;
  expect(usedUpRates(engine, FLEET)).toEqual([{ provider: 'brain', untilMs: nowMs + 500 }]);
  nowMs += 500;
  expect(providerRoom(engine, FLEET)).toBe(1);
  noteStarts(engine, FLEET, 1);
  nowMs += 1000;
  expect(providerRoom(engine, FLEET)).toBe(2);
});

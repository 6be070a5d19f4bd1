import { expect, test } from 'vitest';
import type { FleetView } from '../../../spec/contract/protocol.ts';
import { styleFor } from '../style.ts';
import { openBreakers, printAgents, printFleets } from './lines.ts';

const TIMES = { breakerSince: '2026-01-15T00:00:00.000Z', breakerUntil: '2026-01-15T00:00:30.000Z' } as const;
const FLEET: FleetView = {
  fleet: 'research/summarizer',
  team: 'research',
  paused: false,
  builds: [
    { build: 'v1', weight: 0.5, draining: false, breaker: 'open', ...TIMES, breakerAt: ['s-0', 's-2'] },
    { build: 'v2', weight: 0.25, draining: false, breaker: 'open', ...TIMES },
    { build: 'v3', weight: 0.25, draining: false, breaker: 'closed' },
  ],
  agents: 0,
  slots: { busy: 0, free: 0 },
  waiting: 0,
  running: 0,
  dead: 0,
};

test('a fleet says which breakers are open, since when, and where when not at all schedulers', () => {
  const times = 'since 2026-01-15T00:00:00.000Z, until 2026-01-15T00:00:30.000Z';
  expect(openBreakers(FLEET)).toEqual([
    `the circuit breaker of v1 is open ${times} at s-0, s-2; other schedulers may start its tasks`,
    `the circuit breaker of v2 is open ${times}`,
  ]);
});

test('a list of fleets says where a breaker is open', () => {
  const lines: string[] = [];
  const sink = { isTerminal: false, columns: 0, write: (text: string) => void lines.push(text) };
  const line = (text = ''): void => void lines.push(text);
  printFleets([FLEET], { sink, style: styleFor(sink, {}), line, write: sink.write });
  expect(lines.join('\n')).toContain('v1 50% (breaker open at s-0, s-2), v2 25% (breaker open), v3 25%');
});

test('no line of a table ends with spaces', () => {
  const lines: string[] = [];
  const sink = { isTerminal: false, columns: 0, write: (text: string) => void lines.push(text) };
  const line = (text = ''): void => void lines.push(text);
  const agent = { agent: 'a/b/b-0', fleet: 'a/b', build: 'v1', slots: 4, free: 4, seenAt: '2026-01-15T00:00:00.000Z' };
  printAgents(
    [
      { ...agent, draining: false },
      { ...agent, draining: true },
    ],
    { sink, style: styleFor(sink, {}), line, write: sink.write },
  );
  expect(lines).toEqual([
    'agent    fleet  build  free  slots  seen',
    'a/b/b-0  a/b    v1     4     4      2026-01-15T00:00:00.000Z',
    'a/b/b-0  a/b    v1     4     4      2026-01-15T00:00:00.000Z  draining',
  ]);
});

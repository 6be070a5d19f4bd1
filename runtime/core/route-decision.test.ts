import { expect, test } from 'vitest';
import { compileTable, route as decide } from '../../spec/contract/match.ts';
import type { TableRoute } from '../../spec/contract/routing-table.ts';
import { routingTable, tableFleet, tableRoute } from '../../spec/contract/testing/table.ts';
import { firstPlace, nextPlace, waitReasons, type FleetView, type Wait } from './route-decision.ts';

const FLEETS = {
  'e/main': tableFleet(['fix'], { builds: { v1: 10_000 } }),
  'e/twin': tableFleet(['fix'], { builds: { v1: 10_000 } }),
  'e/spare': tableFleet(['fix'], { skills: { patience: 3 } }),
  'e/deaf': tableFleet(['other']),
};
const TASK = { task: 'fix' };

function closed(...builds: readonly string[]): FleetView {
  return { isClosed: (fleet, build) => builds.includes(`${fleet} ${build}`), agents: () => 1 };
}

function place(view: FleetView, more: Partial<TableRoute> = {}, fleets: typeof FLEETS = FLEETS, key = 'k'): string {
  const route = tableRoute('e/fix', ['fix'], { to: [{ fleet: 'e/main', weight: 1 }], ...more });
  const compiled = compileTable(routingTable(fleets, [route]));
  const placement = firstPlace(compiled, TASK, key, decide(compiled, TASK, { key }), view);
  if (placement.kind !== 'placed') return placement.kind;
  const { fleet, build, fallbackStep } = placement.place;
  return `${placement.how}: ${fleet} ${build} ${fallbackStep}`;
}

test('the matcher decides where nothing is in the way', () => {
  expect(place(closed())).toBe('chosen: e/main v1 0');
});

test('a task no route takes is unrouted, one no fleet can take is nowhere', () => {
  expect(place(closed(), { tasks: ['else'] })).toBe('unrouted');
  expect(place(closed(), { to: [{ fleet: 'e/deaf', weight: 1 }] })).toBe('nowhere');
});

test('another build takes it when the breaker of the chosen one is open, the same for the same key', () => {
  const fleets = { ...FLEETS, 'e/main': tableFleet(['fix'], { builds: { v1: 9999, v2: 1 } }) };
  expect(place(closed('e/main v1'), {}, fleets)).toBe('other-build: e/main v2 0');
  expect(place(closed('e/main v2'), {}, fleets)).toBe('chosen: e/main v1 0');
});

test('another fleet of the route takes it when all builds of the chosen one are closed', () => {
  const to = [
    { fleet: 'e/main', weight: 9999 },
    { fleet: 'e/twin', weight: 1 },
  ];
  expect(place(closed('e/main v1'), { to })).toBe('other-fleet: e/twin v1 0');
});

test('the fallback chain is next, when it is for an open breaker and need not wait', () => {
  const step = { when: ['breaker-open'], afterMs: 0, fleet: 'e/spare' } as const;
  expect(place(closed('e/main v1'), { fallback: [step] })).toBe('fallback: e/spare v1 1');
  expect(place(closed('e/main v1'), { fallback: [{ ...step, afterMs: 1 }] })).toBe('parked: e/main v1 0');
});

test('a task that nowhere else may have is parked where it belongs', () => {
  expect(place(closed('e/main v1'))).toBe('parked: e/main v1 0');
});

test('a fleet the table does not know is never a place', () => {
  expect(place(closed(), { to: [{ fleet: 'e/ghost', weight: 1 }] })).toBe('nowhere');
});

const CHAIN = tableRoute('e/fix', ['fix'], {
  require: [['patience', 5]],
  fallback: [
    { when: ['no-agent'], afterMs: 1000, fleet: 'e/ghost', require: [] },
    { when: ['no-agent'], afterMs: 1000, fleet: 'e/deaf', require: [] },
    { when: ['no-agent'], afterMs: 1000, fleet: 'e/spare' },
    { when: ['no-agent'], afterMs: 1000, fleet: 'e/spare', require: [['patience', 3]] },
    { when: ['wait-above'], afterMs: 5000, fleet: 'e/twin', require: [] },
    { when: ['rejected'], afterMs: 9000, fleet: 'e/twin', require: [] },
  ],
});

function next(wait: Partial<Wait>, view = closed()): string {
  const whole = { tried: 0, waitedMs: 0, reasons: new Set<never>(), ...wait };
  const found = nextPlace(routingTable(FLEETS, [CHAIN]), CHAIN, TASK, 'k', view, whole);
  return found === undefined ? 'none' : `${found.fleet} ${found.build} ${found.fallbackStep}`;
}

test('a step is taken when its reason has lasted and its fleet can take the task', () => {
  expect(next({ waitedMs: 999, reasons: new Set(['no-agent']) })).toBe('none');
  expect(next({ waitedMs: 1000, reasons: new Set(['no-agent']) })).toBe('e/spare v1 4');
  expect(next({ waitedMs: 4999 })).toBe('none');
  expect(next({ waitedMs: 5000 })).toBe('e/twin v1 5');
});

test('a refused task need not wait, and steps that were tried are not tried again', () => {
  expect(next({ reasons: new Set(['rejected']) })).toBe('e/twin v1 6');
  expect(next({ tried: 4, waitedMs: 1000, reasons: new Set(['no-agent']) })).toBe('none');
});

test('a fallback whose breaker is open is passed over', () => {
  const wait = { waitedMs: 5000, reasons: new Set(['no-agent'] as const) };
  expect(next(wait, closed('e/spare v1'))).toBe('e/twin v1 5');
});

test('the reasons of a wait are looked up', () => {
  const nobody: FleetView = { isClosed: () => true, agents: () => 0 };
  expect([...waitReasons('e/main', 'v1', nobody)]).toEqual(['no-agent', 'breaker-open']);
  expect([...waitReasons('e/main', 'v1', closed())]).toEqual([]);
});

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseExpression } from './expression-parser.ts';
import { buildFor, compileTable, route, tryRoutes, type RouteOptions } from './match.ts';
import { capable, matches } from './match-rules.ts';
import type { RoutingTable } from './routing-table.ts';
import type { Task } from './task.ts';
import { routingTable, tableFleet, tableRoute } from './testing/table.ts';

const GOLDEN = JSON.parse(readFileSync(new URL('./golden/match.json', import.meta.url), 'utf8')) as {
  table: RoutingTable;
  cases: { name: string; task: Task; key?: string; decision: object }[];
};

/** The decision with the route by its id, as the golden file has it. */
function decide(table: RoutingTable, task: Task, options: RouteOptions = {}): object {
  const { route: taken, ...decision } = route(compileTable(table), task, options);
  return { ...(taken && { route: taken.id }), ...decision };
}

function condition(text: string) {
  const parsed = parseExpression(text);
  if ('kind' in parsed) throw new Error(parsed.message);
  return parsed.expression;
}

test('the golden file has cases', () => {
  expect(GOLDEN.cases.length).toBeGreaterThan(10);
});

test.each(GOLDEN.cases)('as other languages must decide: $name', ({ task, key, decision }) => {
  expect(decide(GOLDEN.table, task, key === undefined ? {} : { key })).toEqual(decision);
});

test.each(GOLDEN.cases)('the trial of its routes ends where the decision does: $name', ({ task }) => {
  const compiled = compileTable(GOLDEN.table);
  const taken = tryRoutes(compiled, task).filter((trial) => trial.matches);
  expect(taken.map((trial) => trial.route)).toEqual([route(compiled, task).route?.id].filter((id) => id !== undefined));
});

test('a fleet that is unavailable is left out and the others share its tasks', () => {
  const table = routingTable({ a: tableFleet(['t']), b: tableFleet(['t']) }, [
    tableRoute('r', ['t'], {
      to: [
        { fleet: 'a', weight: 1 },
        { fleet: 'b', weight: 1 },
      ],
    }),
  ]);
  const keys = Array.from({ length: 20 }, (_, key) => `k${key}`);
  const compiled = compileTable(table);
  expect(new Set(keys.map((key) => route(compiled, { task: 't' }, { key }).fleet))).toEqual(new Set(['a', 'b']));
  const without = keys.map((key) => route(compiled, { task: 't' }, { key, unavailable: new Set(['a']) }));
  expect(new Set(without.map(({ fleet }) => fleet))).toEqual(new Set(['b']));
  expect(without[0]?.excluded).toEqual([{ fleet: 'a', reason: 'unavailable' }]);
});

test('a trial shows every rule of the routes down to the one that takes the task', () => {
  const table = routingTable({}, [
    tableRoute('other', ['u']),
    tableRoute('near', ['t', 't'], { labels: { a: '1', b: '2' }, where: condition("input.x == 1 && input.y == 'z'") }),
    tableRoute('taken', ['t'], { where: condition('input.x > 0') }),
    tableRoute('never', ['t']),
  ]);
  const task: Task = { task: 't', labels: { a: '1' }, input: { x: 1 } };
  expect(tryRoutes(compileTable(table), task)).toEqual([
    { route: 'other', matches: false, rules: [{ rule: 'task', holds: false, wanted: ['u'], got: 't' }] },
    {
      route: 'near',
      matches: false,
      rules: [
        { rule: 'task', holds: true, wanted: ['t', 't'], got: 't' },
        { rule: 'label', holds: true, name: 'a', wanted: '1', got: '1' },
        { rule: 'label', holds: false, name: 'b', wanted: '2' },
        { rule: 'where', holds: true, wanted: 'input.x == 1' },
        { rule: 'where', holds: false, wanted: "input.y == 'z'" },
      ],
    },
    {
      route: 'taken',
      matches: true,
      rules: [
        { rule: 'task', holds: true, wanted: ['t'], got: 't' },
        { rule: 'where', holds: true, wanted: 'input.x > 0' },
      ],
    },
  ]);
  expect(decide(table, task)).toMatchObject({ route: 'taken' });
});

test('a route matches by type, labels and condition', () => {
  const one = tableRoute('r', ['t'], { labels: { a: '1' }, where: condition('input.ok') });
  const task: Task = { task: 't', labels: { a: '1' }, input: { ok: true } };
  expect(matches(one, task)).toBe(true);
  expect(matches(one, { ...task, task: 'u' })).toBe(false);
  expect(matches(one, { task: 't', input: { ok: true } })).toBe(false);
  expect(matches(one, { ...task, input: {} })).toBe(false);
});

test('a label that only a prototype has is not there', () => {
  const one = tableRoute('r', ['t'], { labels: { constructor: 'x' } });
  expect(matches(one, { task: 't', labels: {} })).toBe(false);
});

test('a fleet is capable when it has all skills, not any', () => {
  const fleet = tableFleet(['t'], { skills: { python: 3, testing: 1 } });
  expect(
    capable(
      fleet,
      [
        ['python', 3],
        ['testing', 1],
      ],
      { task: 't' },
    ),
  ).toBe(true);
  expect(
    capable(
      fleet,
      [
        ['python', 3],
        ['testing', 2],
      ],
      { task: 't' },
    ),
  ).toBe(false);
  expect(capable(fleet, [['constructor', 1]], { task: 't' })).toBe(false);
  expect(capable(fleet, [['{input.lang}', 2]], { task: 't', input: { lang: 'python' } })).toBe(true);
});

test('the share of a build is the share of its keys, whatever order its name has', () => {
  const keys = Array.from({ length: 4000 }, (_, key) => `k${key}`);
  const share = (builds: Record<string, number>, name: string) =>
    keys.filter((key) => buildFor(tableFleet([], { builds }), 'f', key) === name).length / keys.length;
  expect(share({ b: 9000, a: 1000 }, 'a')).toBeCloseTo(0.1, 1);
  expect(share({ 9: 9500, 10: 500 }, '10')).toBeCloseTo(0.05, 1);
  expect(buildFor(undefined, 'f', 'k')).toBeUndefined();
});

test.each([
  ['a broken skill template: {x', { require: [['{x', 1] as const] }],
  ['a broken key path: repo', { affinity: { key: 'repo', mode: 'soft', holdMs: 1, spillAfterMs: 1 } as const }],
  ['a broken key: {repo}', { dedupe: { key: '{repo}', windowMs: 1, onHit: 'join' } as const }],
])('a table with %s is no table of ours', (message, more) => {
  expect(() => compileTable(routingTable({}, [tableRoute('r', ['t'], more)]))).toThrow(
    `the routing table has ${message}`,
  );
});

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { RoutingTable } from '../../spec/contract/routing-table.ts';
import type { Json } from '../../spec/contract/source.ts';
import { faultOf } from './table-faults.ts';
import { formFault } from './table-form.ts';
import { accept, fleet, route, table } from './testing/bench.ts';
import { schedule } from './testing/scheduled.ts';

const FIELD = { op: 'field', path: ['input', 'repo'] } as const;
const LITERAL = { op: 'literal', value: 'x' } as const;
const CONDITION = {
  op: 'and',
  of: [
    { op: 'not', of: { op: 'has', of: FIELD } },
    { op: 'in', left: FIELD, right: { op: 'list', items: [LITERAL] } },
    { op: 'startsWith', of: FIELD, with: LITERAL },
    { op: '<', left: { op: 'size', of: FIELD }, right: LITERAL },
  ],
} as const;

/** With everything that a table may have. */
const FULL = table({
  teams: { research: { weight: 1, inFlightMax: 9, submitters: ['a/b'] } },
  fleets: {
    'research/summarizer': fleet({
      delivery: 'push',
      url: 'http://agents/v1/tasks',
      skills: { code: 2 },
      providers: ['brain'],
      calls: { 'research/other': ['review'] },
      anyBuild: true,
      canary: {
        steps: [{ weight: 500, holdMs: 1000 }],
        gate: { success: 0.9, run: { percentile: 95, boundMs: 1000 } },
        onFailure: 'rollback',
      },
      accepts: { summarize: accept({ input: 'sha256-1', output: 'sha256-1', never: ['BadInput'] }) },
    }),
  },
  providers: { brain: { requestsPerSecond: 2, concurrent: 3, breaker: { errors: 5, openForMs: 1000 } } },
  routes: [
    route({
      labels: { kind: 'a' },
      where: CONDITION,
      require: [['code', 1]],
      affinity: { key: 'input.repo', mode: 'soft', holdMs: 1000, spillAfterMs: 100 },
      priority: { default: 'normal', when: [{ if: CONDITION, then: 'high' }], aging: { everyMs: 1000, max: 'high' } },
      fairness: { key: 'input.repo', weights: { a: 2 } },
      limits: {
        inFlight: 10,
        rate: { count: 10, perMs: 1000 },
        perKey: { key: 'input.repo', max: 2, onFull: 'queue' },
      },
      dedupe: { key: '{input.repo}', windowMs: 1000, onHit: 'join' },
      fallback: [{ when: ['no-agent'], afterMs: 1000, fleet: 'research/backup', require: [['code', 1]] }],
    }),
  ],
  schedules: [
    schedule({ cron: '15 1 * * *', tz: 'Europe/Oslo', overlap: 'skip', catchUp: { windowMs: 1000, max: 1 } }),
  ],
  schemas: { 'sha256-1': { type: 'object' } },
});

/** Every place in a value, the outermost left out. */
function placesIn(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [[...path, name], ...placesIn(inner, [...path, name])]);
}

function withAt(value: unknown, [name = '', ...rest]: readonly string[], put: Json): unknown {
  if (Array.isArray(value)) return value.map((one, index) => (String(index) === name ? inside(one, rest, put) : one));
  return { ...(value as object), [name]: inside((value as Readonly<Record<string, unknown>>)[name], rest, put) };
}

function inside(value: unknown, rest: readonly string[], put: Json): unknown {
  return rest.length === 0 ? put : withAt(value, rest, put);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'list';
  return value === null ? 'null' : typeof value;
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => (inner as Readonly<Record<string, unknown>>)[name], value);
}

/** What may be anything: the words of a condition, what a schedule submits, and the schemas, which are looked at one by one. */
const FREE = /^(?:.*\.value|schedules\.0\.input\..*|schemas\.[^.]*\..*|schema|environment|digest)$/;
const PLACES = placesIn(FULL).filter((path) => !FREE.test(path.join('.')));

test('a table with everything that one may have has the form of a table', () => {
  expect(faultOf(FULL)).toBeUndefined();
  expect(PLACES.length).toBeGreaterThan(150);
});

test.each(['dev', 'staging', 'prod'])('the table of the example company for %s has it', (environment) => {
  const text = readFileSync(`generated/${environment}/routing-table.json`, 'utf8');
  expect(formFault(JSON.parse(text) as RoutingTable)).toBeUndefined();
});

test('fields that a newer compiler writes are no fault', () => {
  const newer = { ...FULL, later: 1, routes: FULL.routes.map((one) => ({ ...one, later: { of: 1 } })) };
  expect(faultOf(newer as RoutingTable)).toBeUndefined();
});

describe('wherever a table has something of another kind it is refused', () => {
  test.each(PLACES.map((path) => [path.join('.'), path] as const))('%s', (_, path) => {
    const kind = kindOf(valueAt(FULL, path));
    const others = [null, 'other words', 7.5, true, [], {}].filter((put) => kindOf(put) !== kind);
    const taken = others.filter((put) => faultOf(withAt(FULL, path, put as Json) as RoutingTable) === undefined);
    expect(taken).toEqual([]);
  });
});

test('what is said has its place', () => {
  const broken = withAt(FULL, ['routes', '0', 'to'], 'x') as RoutingTable;
  expect(faultOf(broken)).toBe('/routes/0/to must be array: compile the spec again');
});

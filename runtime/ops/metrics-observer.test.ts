import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { metrics, type Metric } from '../../spec/contract/metrics.ts';
import type { RoutingTable } from '../../spec/contract/routing-table.ts';
import { routingTable, tableFleet, tableRoute } from '../../spec/contract/testing/table.ts';
import type { Assigned } from '../core/observer.ts';
import type { Gauges } from './gauges.ts';
import { metricsObserver, type MetricsObserver } from './metrics-observer.ts';

const PROD = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../generated/prod/routing-table.json'), 'utf8'),
) as RoutingTable;
const FLEET = PROD.routes[0]?.to[0]?.fleet ?? '';
const ROUTE = PROD.routes[0]?.id ?? '';
const OF = { fleet: FLEET, route: ROUTE };
const MIRRORED = { unmirrored: false, lagBytes: 0 };
const NOTHING: Gauges = { fleets: [], leader: false, journalBytes: 0, mirror: MIRRORED };

function observed(gauges: Gauges = NOTHING, table = PROD): MetricsObserver {
  return metricsObserver({ table, version: '1.2.3', gauges: () => gauges });
}

const ASSIGNED: Assigned = {
  ...OF,
  id: 't-1',
  task: 'review',
  agent: 'a-1',
  attempt: 1,
  priority: 'normal',
  assignmentSeconds: 0.004,
  waitSeconds: 2,
};

/** Series by their whole name, exemplars left out. */
async function series(of: MetricsObserver): Promise<ReadonlyMap<string, number>> {
  const lines = (await of.render()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const [, name = '', value] = /^(\S+?(?:\{.*?\})?) (\S+)(?: # .*)?$/.exec(line) ?? [];
      return [name, Number(value)];
    }),
  );
}

function named(name: string, labels: Readonly<Record<string, string>>): string {
  const parts = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return parts.length === 0 ? name : `${name}{${parts.join(',')}}`;
}

test('every metric that the scheduler declares is served, with its type and its labels, and none other', async () => {
  const text = await observed().render();
  const families = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type]));
  const declared = (Object.entries(metrics) as [string, Metric][]).filter(([, { from }]) => from === 'scheduler');
  expect(Object.fromEntries(families)).toEqual(
    Object.fromEntries(declared.map(([name, { type }]) => [name.replace(/_total$/, ''), type])),
  );
  for (const [name, { labels }] of declared) {
    const lines = text.split('\n').filter((line) => line.startsWith(name));
    expect([name, lines.length > 0]).toEqual([name, true]);
    for (const line of lines) {
      const found = [...line.matchAll(/[{,](\w+)="/g)].map(([, label]) => label).filter((label) => label !== 'le');
      expect([name, found.sort()]).toEqual([name, Object.keys(labels).sort()]);
    }
  }
  expect(text.endsWith('\n# EOF\n')).toBe(true);
});

test('all label sets of the routing table are there before anything happened, at 0', async () => {
  const found = await series(observed());
  const pairs = PROD.routes.flatMap(({ id, to, fallback }) =>
    [...to, ...fallback].map(({ fleet }) => `${fleet} ${id}`),
  );
  expect(pairs.length).toBeGreaterThan(10);
  for (const pair of new Set([...pairs, ' '])) {
    const [fleet = '', route = ''] = pair.split(' ');
    for (const outcome of metrics.nova_tasks_submitted_total.labels.outcome) {
      expect(found.get(named('nova_tasks_submitted_total', { fleet, route, outcome }))).toBe(0);
    }
    expect(found.get(named('nova_task_run_duration_seconds_count', { fleet, route }))).toBe(0);
  }
  for (const fleet of Object.keys(PROD.fleets)) {
    expect(found.get(named('nova_agents', { fleet, state: 'idle' }))).toBe(0);
  }
  expect(found.get('nova_build_info{version="1.2.3"}')).toBe(1);
  expect(found.get(named('nova_spec_info', { spec_hash: PROD.digest, spec_version: '1', env: 'prod' }))).toBe(1);
});

test('each event moves exactly the series that speaks of it', async () => {
  const metered = observed();
  const { observer } = metered;
  const before = await series(metered);
  observer.submitted?.({ ...OF, outcome: 'accepted', id: 't-1', task: 'review', tenant: 'x', seconds: 0.001 });
  observer.assigned?.(ASSIGNED);
  observer.retried?.({ ...OF, reason: 'agent_lost' });
  observer.settled?.({ ...OF, id: 't-1', agent: 'a-1', outcome: 'succeeded', runSeconds: 3 });
  observer.settled?.({ ...OF, id: 't-1', agent: 'a-2', outcome: 'stale', runSeconds: 3 });
  observer.settled?.({ ...OF, id: 't-1', agent: 'a-1', outcome: 'succeeded' });
  observer.finished?.({ ...OF, id: 't-1', outcome: 'succeeded' });
  observer.store?.('claim', 0.002);
  observer.synced?.(0.003);
  observer.canary?.('late', 'done');
  observer.mirrored?.(0.004);
  const after = await series(metered);
  const moved = [...after].filter(([name, value]) => value !== before.get(name)).map(([name]) => name);
  const counts = moved.filter((name) => !/_(bucket|sum)/.test(name));
  expect(counts.sort()).toEqual(
    [
      'nova_canary_tasks_total{outcome="late"}',
      'nova_journal_sync_duration_seconds_count',
      'nova_journal_mirror_duration_seconds_count',
      named('nova_scheduler_assignment_duration_seconds_count', OF),
      'nova_store_operation_duration_seconds_count{operation="claim"}',
      named('nova_task_queue_wait_duration_seconds_count', OF),
      named('nova_task_retries_total', { ...OF, reason: 'agent_lost' }),
      named('nova_task_run_duration_seconds_count', OF),
      named('nova_tasks_finished_total', { ...OF, outcome: 'succeeded' }),
      named('nova_tasks_submitted_total', { ...OF, outcome: 'accepted' }),
    ].sort(),
  );
  expect(counts.map((name) => after.get(name))).toEqual(counts.map(() => 1));
  expect(after.get(named('nova_task_run_duration_seconds_sum', OF))).toBe(3);
});

test('a fleet or a route that the table does not have never makes a series', async () => {
  const metered = observed({
    ...NOTHING,
    fleets: [
      {
        fleet: 'nobody/knows',
        routes: new Map([['what', { waiting: 9, oldestSeconds: 9 }]]),
        agents: { idle: 1, busy: 1, draining: 1, lost: 1 },
        slots: { busy: 1, free: 1 },
        unaccounted: 1,
      },
    ],
  });
  const before = [...(await series(metered)).keys()];
  for (let index = 0; index < 100; index += 1) {
    const of = { fleet: `team-${index}/fleet`, route: `team/route-${index}` };
    metered.observer.submitted?.({ ...of, outcome: 'invalid', task: 'x', tenant: 'y', seconds: 0 });
    metered.observer.assigned?.({ ...ASSIGNED, ...of });
    metered.observer.finished?.({ ...of, id: 't', outcome: 'expired' });
    metered.observer.breaker?.(`fleet:team-${index}/fleet@v1`, 'open');
  }
  const after = await series(metered);
  expect([...after.keys()]).toEqual(before);
  expect(after.get(named('nova_tasks_submitted_total', { fleet: '', route: '', outcome: 'invalid' }))).toBe(100);
});

test('gauges are read when they are asked for, and are 0 again for what is not read', async () => {
  let fleets: Gauges['fleets'] = [
    {
      fleet: FLEET,
      routes: new Map([[ROUTE, { waiting: 7, oldestSeconds: 1.5 }]]),
      agents: { idle: 2, busy: 3, draining: 1, lost: 0 },
      slots: { busy: 5, free: 4 },
      unaccounted: 0,
    },
  ];
  const metered = metricsObserver({
    table: PROD,
    version: '1',
    gauges: () => ({ fleets, leader: true, journalBytes: 4096, mirror: { unmirrored: true, lagBytes: 77 } }),
  });
  const first = await series(metered);
  expect(first.get(named('nova_queue_depth_tasks', OF))).toBe(7);
  expect(first.get(named('nova_queue_oldest_task_age_seconds', OF))).toBe(1.5);
  expect(first.get(named('nova_agents', { fleet: FLEET, state: 'busy' }))).toBe(3);
  expect(first.get(named('nova_slots', { fleet: FLEET, state: 'free' }))).toBe(4);
  expect(first.get('nova_scheduler_leader')).toBe(1);
  expect(first.get('nova_journal_size_bytes')).toBe(4096);
  expect([first.get('nova_journal_unmirrored'), first.get('nova_journal_mirror_lag_bytes')]).toEqual([1, 77]);
  fleets = fleets.map((reading) => ({ ...reading, routes: new Map() }));
  expect((await series(metered)).get(named('nova_queue_depth_tasks', OF))).toBe(0);
});

test('a breaker is in one state; a dependency is as bad as the worst of its builds', async () => {
  const [build = ''] = Object.keys(PROD.fleets[FLEET]?.builds ?? {});
  const metered = observed();
  const state = async (dependency: string): Promise<readonly string[]> => {
    const found = await series(metered);
    return ['closed', 'open', 'half_open'].filter(
      (one) => found.get(named('nova_circuit_breaker_state', { dependency, state: one })) === 1,
    );
  };
  expect(await state('store')).toEqual(['closed']);
  metered.observer.breaker?.('store', 'open');
  metered.observer.breaker?.(`fleet:${FLEET}@${build}`, 'half_open');
  metered.observer.breaker?.(`fleet:${FLEET}@other`, 'open');
  expect([await state('store'), await state(`fleet:${FLEET}`)]).toEqual([['open'], ['open']]);
  metered.use(PROD);
  expect([await state('store'), await state(`fleet:${FLEET}`)]).toEqual([['open'], ['half_open']]);
});

test('a new table brings its label sets; those of a route that went stay one table longer, with what they counted', async () => {
  const metered = observed();
  metered.observer.finished?.({ ...OF, id: 't', outcome: 'failed' });
  const without: RoutingTable = { ...PROD, digest: 'sha256-two', routes: PROD.routes.filter(({ id }) => id !== ROUTE) };
  metered.use(without);
  metered.observer.finished?.({ ...OF, id: 't', outcome: 'failed' });
  const name = named('nova_tasks_finished_total', { ...OF, outcome: 'failed' });
  const second = await series(metered);
  expect(second.get(name)).toBe(2);
  expect([...second.keys()].filter((key) => key.startsWith('nova_spec_info'))).toEqual([
    'nova_spec_info{spec_hash="sha256-two",spec_version="1",env="prod"}',
  ]);
  metered.use(without);
  expect((await series(metered)).get(name), 'the same table again is no other table').toBe(2);
  metered.use({ ...without, digest: 'sha256-three' });
  expect((await series(metered)).has(name)).toBe(false);
  metered.use(PROD);
  expect((await series(metered)).get(name)).toBe(0);
});

test('an exemplar stands on slow and repeated assignments of sampled traces, and on no other', async () => {
  const trace = 'a'.repeat(32);
  const sampled = `00-${trace}-${'b'.repeat(16)}-01`;
  const cases: readonly [Partial<Assigned>, boolean][] = [
    [{ assignmentSeconds: 0.3, traceparent: sampled }, true],
    [{ attempt: 2, traceparent: sampled }, true],
    [{ traceparent: sampled }, false],
    [{ assignmentSeconds: 0.3, traceparent: sampled.replace(/01$/, '00') }, false],
    [{ assignmentSeconds: 0.3, traceparent: 'nonsense' }, false],
    [{ assignmentSeconds: 0.3 }, false],
  ];
  for (const [event, expected] of cases) {
    const metered = observed();
    metered.observer.assigned?.({ ...ASSIGNED, ...event });
    const text = await metered.render();
    expect([event, text.includes(`# {trace_id="${trace}"}`)]).toEqual([event, expected]);
    expect(text.includes('# {')).toBe(expected);
  }
});

test('promtool reads what is served, exemplars included, and has nothing to say about it', async () => {
  const metered = metricsObserver({ table: PROD, version: '1', gauges: () => NOTHING, node: true });
  metered.observer.assigned?.({ ...ASSIGNED, attempt: 2, traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` });
  const folder = mkdtempSync(join(tmpdir(), 'nova-torch-metrics-'));
  try {
    const text = await metered.render();
    expect(text).toContain('nodejs_eventloop_lag_p99_seconds');
    expect(text).toContain('process_resident_memory_bytes');
    // Its importer is Prometheus' own parser of OpenMetrics; it wants a time with each sample.
    const timed = text.replace(/^(nova\S*(?:\{.*?\})? \S+)(?= #|$)/gm, '$1 1700000000.000');
    const ours = timed.split('\n').filter((line) => /^(# [A-Z]+ )?nova|^# EOF/.test(line));
    writeFileSync(join(folder, 'metrics.txt'), `${ours.join('\n')}\n`);
    const blocks = ['tsdb', 'create-blocks-from', 'openmetrics', join(folder, 'metrics.txt'), join(folder, 'data')];
    expect(execFileSync('promtool', blocks, { encoding: 'utf8' })).toMatch(/BLOCK ULID/);
    // Its linter reads the older format, in which the name of a counter is that of its samples and nothing follows a value.
    const older = text.replace(/^(# (?:TYPE|HELP) )(\S+)(.*)$/gm, (line, head: string, name: string, rest: string) =>
      text.includes(`\n${name}_total`) ? `${head}${name}_total${rest}` : line,
    );
    const linted = older.replace(/ # \{.*$/gm, '').split('\n');
    const input = `${linted.filter((line) => /^(# [A-Z]+ )?nova/.test(line)).join('\n')}\n`;
    expect(execFileSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' })).toBe('');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a scrape of 100 fleets is made in slices, and lets others run between them', async () => {
  const ids = Array.from({ length: 100 }, (_, index) => `team-${index % 10}/fleet-${index}`);
  const table = routingTable(
    Object.fromEntries(ids.map((id) => [id, tableFleet(['t'])])),
    ids.map((id) => tableRoute(`${id}-tasks`, ['t'], { to: [{ fleet: id, weight: 1 }] })),
  );
  const metered = observed(NOTHING, table);
  let turns = 0;
  let running = true;
  const turn = (): void => {
    turns += 1;
    if (running) setImmediate(turn);
  };
  setImmediate(turn);
  const text = await metered.render();
  running = false;
  const lines = text.split('\n').length;
  expect(lines).toBeGreaterThan(8000);
  expect(turns).toBeGreaterThanOrEqual(Math.floor(lines / 300));
  expect(text.match(/^# TYPE nova_task_run_duration_seconds /gm)?.length).toBe(1);
});

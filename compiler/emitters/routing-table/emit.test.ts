import { expect, test } from 'vitest';
import { canonicalJson } from '../../../spec/contract/canonical.ts';
import { compileTable, route as decide } from '../../../spec/contract/match.ts';
import type { RoutingTable } from '../../../spec/contract/routing-table.ts';
import type { Json, JsonObject } from '../../../spec/contract/source.ts';
import { condition, environment, fleet, route, schedule } from '../../check/testing/model.ts';
import type { Artifact } from '../../core/artifact.ts';
import { digestOf } from '../../core/digest.ts';
import type { EnvironmentModel } from '../../core/model.ts';
import { spanOf } from '../../core/origin.ts';
import { routingTable, routingTableText } from '../../core/routing-table.ts';
import { collector } from '../../diagnostics/report.ts';
import { goldenFiles, goldenText } from '../testing/golden.ts';
import { routingTableEmitter } from './emit.ts';

async function emitted(model: EnvironmentModel) {
  const { report, diagnostics } = collector();
  const artifacts = (await routingTableEmitter.load())({ environment: model, report });
  return { artifacts, diagnostics };
}

test('who submits for a team besides its fleets stands in the table, sorted', async () => {
  const { teams, ...model } = environment();
  const named = [...teams].map(([name, team]) => [name, { ...team, submitters: ['web/shop', 'ci/builder'] }] as const);
  const company = { ...model.company, teams: new Map([['eng', { weight: 1 }]]) };
  const { artifacts } = await emitted({ ...model, company, teams: new Map(named) });
  expect(tableOf(artifacts).teams['eng']).toEqual({ weight: 1, submitters: ['ci/builder', 'web/shop'] });
});

const golden = goldenFiles('routing-table');

test.each(golden)('$name is what its spec compiles to', async (file) => {
  expect(await goldenText('routing-table', file)).toBe(file.present);
});

test('there is a golden table', () => {
  expect(golden.length).toBe(1);
});

test('the text that the scheduler gets is the canonical one, its digest in its place', () => {
  const model = environment();
  expect(routingTableText(model)).toBe(canonicalJson(routingTable(model) as unknown as Json));
});

function tableOf(artifacts: readonly Artifact[]): RoutingTable {
  const found = artifacts.find((artifact) => artifact.kind === 'json');
  if (found === undefined) throw new Error('no table');
  return found.value as unknown as RoutingTable;
}

const input: JsonObject = { type: 'object', properties: { repo: { type: 'string' } } };

const whole = environment({
  fleets: [
    fleet('eng/fixer', {
      skills: { python: 3, debugging: 2 },
      accepts: { bug_fix: { input } },
      agent: { build: '7', slots: 2 },
      rollout: {
        strategy: 'canary',
        split: 'routing',
        steps: [{ share: 0.05, holdMs: 600_000 }],
        gate: { run: { percentile: 0.95, boundMs: 60_000 } },
      },
    }),
    fleet('eng/pusher', { accepts: { bug_fix: { input } }, agent: { delivery: 'push' } }),
  ],
  routes: [
    route('eng/bugs', {
      tasks: ['bug_fix'],
      labels: { channel: 'ci' },
      where: condition("input.repo == 'acme/web'"),
      require: { python: 2, debugging: 1 },
      to: { 'eng/pusher': 10, 'eng/fixer': 90 },
      affinity: { key: 'input.repo', mode: 'soft', holdMs: 1000, spillAfterMs: 500 },
      when: [{ ...condition("labels.hot == 'yes'"), then: 'high' }],
      aging: { everyMs: 60_000, max: 'urgent' },
      fairness: { key: 'tenant', weights: { b: 1, a: 2 } },
      limits: {
        inFlight: 4,
        rate: { count: 60, perMs: 60_000 },
        perKey: { key: 'input.repo', max: 1, onFull: 'queue' },
      },
      dedupe: { key: '{input.repo}', windowMs: 1000, onHit: 'join' },
      fallback: [{ to: 'eng/pusher', when: ['wait-above', 'no-agent'], require: { debugging: 1 } }],
    }),
  ],
  schedules: [schedule('eng/nightly', { task: 'bug_fix', labels: { channel: 'ci' } })],
});

test('the table holds all of a route, sorted, with every default written out', async () => {
  const { artifacts } = await emitted(whole);
  expect(tableOf(artifacts).routes).toEqual([
    {
      id: 'eng/bugs',
      team: 'eng',
      tasks: ['bug_fix'],
      labels: { channel: 'ci' },
      where: condition("input.repo == 'acme/web'").expression,
      require: [
        ['debugging', 1],
        ['python', 2],
      ],
      to: [
        { fleet: 'eng/fixer', weight: 90 },
        { fleet: 'eng/pusher', weight: 10 },
      ],
      affinity: { key: 'input.repo', mode: 'soft', holdMs: 1000, spillAfterMs: 500 },
      priority: {
        default: 'normal',
        when: [{ if: condition("labels.hot == 'yes'").expression, then: 'high' }],
        aging: { everyMs: 60_000, max: 'urgent' },
      },
      fairness: { key: 'tenant', weights: { a: 2, b: 1 } },
      limits: {
        inFlight: 4,
        rate: { count: 60, perMs: 60_000 },
        perKey: { key: 'input.repo', max: 1, onFull: 'queue' },
      },
      dedupe: { key: '{input.repo}', windowMs: 1000, onHit: 'join' },
      queue: { maxDepth: 10_000, maxAgeMs: 3_600_000, onFull: 'reject' },
      fallback: [
        { when: ['no-agent', 'wait-above'], afterMs: 60_000, fleet: 'eng/pusher', require: [['debugging', 1]] },
      ],
    },
  ]);
});

test('a fleet has room for a second build, and its canary the gate that the objective completes', async () => {
  const { artifacts } = await emitted(whole);
  const { fleets } = tableOf(artifacts);
  expect(fleets['eng/fixer']?.builds).toEqual({ '7': 10_000 });
  expect(fleets['eng/fixer']?.canary).toEqual({
    steps: [{ weight: 500, holdMs: 600_000 }],
    gate: { success: 0.99, run: { percentile: 0.95, boundMs: 60_000 } },
    onFailure: 'rollback',
  });
  expect(fleets['eng/fixer']?.skills).toEqual({ debugging: 2, python: 3 });
  expect(fleets['eng/pusher']?.canary).toBeUndefined();
  expect(fleets['eng/pusher']?.url).toBe('http://pusher.eng--pusher.svc.cluster.local:8080/v1/tasks');
});

test('a schema that two fleets use is kept once, under its digest', async () => {
  const { artifacts } = await emitted(whole);
  const table = tableOf(artifacts);
  expect(table.schemas).toEqual({ [digestOf(input)]: input });
  expect(table.fleets['eng/fixer']?.accepts['bug_fix']?.input).toBe(digestOf(input));
});

test('the digest is that of the table without itself', async () => {
  const { artifacts } = await emitted(whole);
  const { digest, ...rest } = tableOf(artifacts);
  expect(digest).toBe(digestOf(rest as unknown as Json));
});

test("the scheduler's matcher takes the table as it is", async () => {
  const { artifacts } = await emitted(whole);
  const decision = decide(compileTable(tableOf(artifacts)), {
    task: 'bug_fix',
    labels: { channel: 'ci' },
    input: { repo: 'acme/web' },
  });
  expect(decision).toMatchObject({ fleet: 'eng/fixer', build: '7', priority: 'normal' });
});

test('the ConfigMap holds the same table, and says how many parts it has', async () => {
  const { artifacts } = await emitted(whole);
  const found = artifacts.find((artifact) => artifact.kind === 'manifests');
  expect(found?.path).toBe('platform/routing-table.yaml');
  const [map] = found?.manifests ?? [];
  const data = map?.value['data'] as Readonly<Record<string, string>>;
  expect(map?.value['metadata']).toMatchObject({ name: 'routing-table', namespace: 'nova-torch-system' });
  expect(Object.keys(data)).toEqual(['digest', 'parts', 'part-1']);
  expect(data['parts']).toBe('1');
  expect(JSON.parse(data['part-1'] ?? '')).toEqual(tableOf(artifacts));
});

test('a large table is cut into parts below the limit of an annotation, never inside a character', async () => {
  const big: JsonObject = { description: '\u00e4\u{1f525}'.repeat(20_000) };
  const model = environment({
    fleets: [fleet('eng/fixer', { accepts: { work: { input: big } } })],
    routes: [route('eng/work')],
  });
  const { artifacts } = await emitted(model);
  const found = artifacts.find((artifact) => artifact.kind === 'manifests');
  const parts = (found?.manifests ?? []).map(
    ({ value }, index) => (value['data'] as Readonly<Record<string, string>>)[`part-${index + 1}`] ?? '',
  );
  expect(found?.manifests.map(({ value }) => (value['metadata'] as JsonObject)['name'])).toEqual([
    'routing-table',
    'routing-table-2',
  ]);
  expect(parts.every((part) => Buffer.byteLength(part) <= 192 * 1024)).toBe(true);
  expect(JSON.parse(parts.join(''))).toEqual(tableOf(artifacts));
});

test('a table that no scheduler could be given is an error at its largest schema, and nobody misses it', async () => {
  const schema = (size: number): JsonObject => ({ description: 'x'.repeat(size) });
  const accepts = { small: { input: schema(2 ** 12) }, work: { input: schema(13 * 2 ** 20) } };
  const model = environment({ fleets: [fleet('eng/fixer', { accepts })] });
  const { artifacts, diagnostics } = await emitted(model);
  expect(artifacts.map(({ kind }) => kind)).toEqual(['json', 'manifests']);
  expect(diagnostics.map(({ code, message, at, notes }) => [`${at.file} ${code} ${message}`, ...notes])).toEqual([
    [
      'fleet:eng/fixer#accepts.work.input NT5080 the routing table has 13318 KiB in `prod`, above the limit of 12288 KiB',
      '`work.json` has 13313 KiB of it',
      '`small.json` has 5 KiB of it',
    ],
  ]);
});

test('a table without schemas that is too large is an error of its environment', async () => {
  const labels = { squad: 'x'.repeat(13 * 2 ** 20) };
  const model = environment({ routes: [route('eng/work', { labels })] });
  const { diagnostics } = await emitted(model);
  expect(diagnostics.map(({ at }) => at.file)).toEqual(['environment:prod']);
});

test('every part of the table knows where it was written', async () => {
  const { artifacts } = await emitted(whole);
  const found = artifacts.find((artifact) => artifact.kind === 'json');
  const places = Object.fromEntries(
    [...(found?.origins ?? [])].map(([pointer, origin]) => [pointer, spanOf(origin).file]),
  );
  expect(places).toMatchObject({
    '': 'environment:prod',
    '/routes/0/where': 'route:eng/bugs#match.where',
    '/routes/0/to/0': 'route:eng/bugs#to.eng/fixer',
    '/routes/0/queue': 'route:eng/bugs#queue',
    '/fleets/eng~1fixer/accepts/bug_fix': 'fleet:eng/fixer#accepts.bug_fix@key',
    '/schedules/0': 'schedule:eng/nightly',
  });
});

test('the order in which documents were read does not change a byte', async () => {
  const turned = environment({
    fleets: [...whole.fleets.values()].reverse(),
    routes: whole.routes,
    schedules: [...whole.schedules.values()],
  });
  expect(tableOf((await emitted(turned)).artifacts).digest).toBe(tableOf((await emitted(whole)).artifacts).digest);
});

test('providers, calls between fleets and outputs are in the table, each map sorted', async () => {
  const endpoint = { host: 'api.example', port: 443, tls: true, path: '/' };
  const breaker = { errors: 5, openForMs: 30_000 };
  const facts = [
    { name: 'b', endpoint, breaker, concurrent: 4, requestsPerSecond: 2 },
    { name: 'a', endpoint, breaker },
  ];
  const peer = (name: string) => ({ id: `eng/${name}`, team: 'eng', name, namespace: `eng--${name}`, httpPort: 8080 });
  const { at } = fleet('eng/caller');
  const calls = ['y', 'x'].map((name) => ({ from: peer('caller'), to: peer(name), tasks: ['b', 'a'], at }));
  const caller = fleet('eng/caller', { calls, providers: facts.map((each) => ({ facts: each, at })) });
  const fleets = [caller, fleet('eng/x'), fleet('eng/y')];
  const schedules = [schedule('eng/b'), schedule('eng/a')];
  const table = tableOf((await emitted(environment({ fleets, providers: facts, schedules }))).artifacts);
  expect(table.providers).toEqual({ a: { breaker }, b: { requestsPerSecond: 2, concurrent: 4, breaker } });
  expect(Object.keys(table.providers)).toEqual(['a', 'b']);
  expect(table.fleets['eng/caller']?.calls).toEqual({ 'eng/x': ['a', 'b'], 'eng/y': ['a', 'b'] });
  expect(table.fleets['eng/caller']?.providers).toEqual(['b', 'a']);
  expect(table.schedules.map(({ id }) => id)).toEqual(['eng/a', 'eng/b']);
});

test('a canary without a gate is judged by the objective alone', async () => {
  const bare = fleet('eng/bare', {
    rollout: { strategy: 'canary', steps: [{ share: 0.1, holdMs: 1 }] },
    accepts: { work: {} },
  });
  const table = tableOf((await emitted(environment({ fleets: [bare] }))).artifacts);
  expect(table.fleets['eng/bare']?.canary?.gate).toEqual({ success: 0.99 });
});

test('while a hand-over is underway both builds have their share, and one that has only begun has none', async () => {
  const steps = [{ share: 0.05, holdMs: 600_000 }];
  const at = (step: number) =>
    environment({
      fleets: [
        fleet('eng/fixer', {
          agent: { build: '7' },
          accepts: { bug_fix: {} },
          rollout: { strategy: 'canary', steps, underway: { from: '6', step } },
        }),
      ],
      routes: [route('eng/bugs', { tasks: ['bug_fix'], to: { 'eng/fixer': 100 } })],
    });
  const buildsAt = async (step: number) => tableOf((await emitted(at(step))).artifacts).fleets['eng/fixer']?.builds;
  expect(await buildsAt(0)).toEqual({ 6: 10_000, 7: 0 });
  expect(await buildsAt(1)).toEqual({ 6: 9500, 7: 500 });
  const compiled = compileTable(tableOf((await emitted(at(0))).artifacts));
  const builds = Array.from(
    { length: 50 },
    (_, key) => decide(compiled, { task: 'bug_fix' }, { key: String(key) }).build,
  );
  expect(new Set(builds)).toEqual(new Set(['6']));
});

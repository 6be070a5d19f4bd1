import { readFileSync } from 'node:fs';
import { expect, expectTypeOf, test } from 'vitest';
import { documentValidators } from '../../compiler/load/generated/validators.ts';
import {
  defineCompany,
  defineEnvironment,
  defineFleet,
  definePatch,
  defineProvider,
  defineRoute,
  defineSchedule,
  defineTeam,
  defineToolServer,
} from './author.ts';
import type { Fleet, FleetOverlay, FleetSpec, RouteOverlay, RouteSpec } from './generated/types.ts';

const FLEET = defineFleet({
  metadata: { name: 'code-fixer', labels: { tier: 'core' } },
  spec: {
    agent: { image: 'ghcr.io/acme/code-fixer:1.4.2', slots: 2, resources: { cpu: '1', memory: '2Gi' } },
    skills: { python: 3 },
    accepts: { bug_fix: { timeouts: { run: '45m' }, effects: 'external' } },
    scale: { max: 20, target: { slotUse: '70%' } },
    slo: { assign: 'p99 < 100ms' },
  },
  environments: { prod: { scale: { min: 2 }, accepts: { bug_fix: { retry: { attempts: 5 } } } } },
});

const ALL = [
  FLEET,
  defineRoute({
    metadata: { name: 'bug-fix' },
    spec: {
      match: { task: 'bug_fix' },
      to: { 'code-fixer': 100 },
      affinity: { key: 'input.repo' },
      limits: { rate: '60/m' },
    },
  }),
  defineTeam({ metadata: { name: 'engineering' }, spec: { owners: ['acme/engineering'], quota: { cpu: '40' } } }),
  defineProvider({ metadata: { name: 'vendor-a' }, spec: { endpoint: 'https://api.vendor-a.example' } }),
  defineToolServer({
    metadata: { name: 'github' },
    spec: { url: 'https://mcp.github.example', tools: ['search_code'] },
  }),
  defineSchedule({ metadata: { name: 'nightly' }, spec: { cron: '15 1 * * *', task: 'bug_fix' } }),
  definePatch({
    metadata: { name: 'more-grace' },
    spec: {
      fleet: 'code-fixer',
      target: { kind: 'Deployment' },
      owner: 'acme/engineering',
      reason: 'A vendor library needs it.',
      expires: '2026-12-31',
      operations: [{ op: 'replace', path: '/spec/minReadySeconds', value: 5 }],
    },
  }),
  defineEnvironment({
    metadata: { name: 'prod' },
    spec: {
      cluster: { server: 'https://prod.k8s.acme.example' },
      platform: { kubernetes: '1.33', istio: '1.28' },
      trustDomain: 'cluster.local',
    },
  }),
  defineCompany({ metadata: { name: 'acme' }, spec: { environments: ['dev', 'prod'], teams: { engineering: {} } } }),
];

test.each(ALL.map((document) => [document.kind, document] as const))(
  'define%s yields a valid document',
  (kind, document) => {
    const validate = documentValidators[kind];
    expect([validate(document), validate.errors]).toEqual([true, null]);
  },
);

test('what is defined is the data of the same document in YAML', () => {
  expect(JSON.parse(JSON.stringify(ALL[5]))).toEqual({
    apiVersion: 'nova-torch.dev/v1',
    kind: 'Schedule',
    metadata: { name: 'nightly' },
    spec: { cron: '15 1 * * *', task: 'bug_fix' },
  });
});

test('every kind has its function', () => {
  const source = readFileSync(new URL('./generated/types.ts', import.meta.url), 'utf8');
  const kinds = /export type Document =([^;]*);/
    .exec(source)?.[1]
    ?.split('|')
    .map((kind) => kind.trim());
  expect(ALL.map(({ kind }) => kind).sort()).toEqual(kinds?.sort());
});

test('the types are those of the schema', () => {
  expectTypeOf(FLEET).toEqualTypeOf<Fleet>();
  expectTypeOf<FleetSpec['agent']['delivery']>().toEqualTypeOf<'pull' | 'push' | undefined>();
  expectTypeOf<NonNullable<FleetOverlay['agent']>['image']>().toEqualTypeOf<string | undefined>();
  expectTypeOf<FleetOverlay['providers']>().toEqualTypeOf<readonly string[] | undefined>();
  expectTypeOf<RouteSpec['match']['task']>().toEqualTypeOf<string | readonly string[]>();
});

test('a slip is an error in the editor', () => {
  const metadata = { name: 'x' };
  const agent = { image: 'ghcr.io/acme/x:1' };
  const accepts = { t: {} };
  // @ts-expect-error a field that does not exist
  defineFleet({ metadata, spec: { agent, accepts, replicas: 3 } });
  // @ts-expect-error a required field that is missing
  defineFleet({ metadata, spec: { accepts } });
  // @ts-expect-error a duration without a unit
  defineFleet({ metadata, spec: { agent, accepts: { t: { timeouts: { run: '45' } } } } });
  // @ts-expect-error a percentile that is not measured
  defineFleet({ metadata, spec: { agent, accepts, slo: { assign: 'p98 < 1s' } } });
  // @ts-expect-error a value outside the list
  defineFleet({ metadata, spec: { agent: { ...agent, delivery: 'poll' }, accepts } });
  // @ts-expect-error a field that does not exist, in an overlay
  defineFleet({ metadata, spec: { agent, accepts }, environments: { prod: { scale: { most: 2 } } } });
  // @ts-expect-error an item of a list in an overlay must be whole
  const fallback: NonNullable<RouteOverlay['fallback']> = [{ to: 'x' }];
  defineRoute({ metadata, spec: { match: { task: 't' }, to: {} }, environments: { prod: { fallback } } });
  // @ts-expect-error a key path that begins nowhere
  defineRoute({ metadata, spec: { match: { task: 't' }, to: {}, affinity: { key: 'repo' } } });
  // @ts-expect-error only kinds with overlays have environments
  defineCompany({ metadata, spec: { environments: [], teams: {} }, environments: {} });
  // @ts-expect-error what is defined cannot be changed
  FLEET.spec.agent.slots = 2;
  expect(FLEET.spec.agent.slots).toBe(2);
});

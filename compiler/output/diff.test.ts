import { expect, test } from 'vitest';
import { fleetNamespace } from '../core/names.ts';
import type { JsonObject } from '../../spec/contract/source.ts';
import { diffTrees, inPromotionOrder } from './diff.ts';
import type { UnitDiff } from './diff.ts';
import { printDiff } from './diff-print.ts';
import { renderYaml } from './render-yaml.ts';

test('environments come in the order of promotion, one that is gone last', () => {
  const tree = (names: readonly string[]) =>
    new Map(names.map((name) => [`${name}/teams/a/b/x.yaml`, 'apiVersion: v1\nkind: A\nmetadata:\n  name: a\n']));
  const diff = diffTrees(tree(['gone']), tree(['dev', 'prod', 'staging']));
  expect(diff.environments.map(({ name }) => name)).toEqual(['dev', 'gone', 'prod', 'staging']);
  const { environments } = inPromotionOrder(diff, ['dev', 'staging', 'prod']);
  expect(environments.map(({ name }) => name)).toEqual(['dev', 'staging', 'prod', 'gone']);
});

test('equal trees have no difference, and indexes and manifests do not count', () => {
  const tree = fleet({});
  expect(diffTrees(tree, tree)).toEqual({ environments: [] });
  const after = new Map([...tree, ['prod/manifest.json', '{}'], ['.index/prod/x.json', '{}']]);
  expect(printDiff(diffTrees(tree, after), 'text')).toBe('Nothing changes.\n');
});

test('a new image restarts, a new replica bound does not and is capacity', () => {
  expect(one(fleet({}), fleet({ image: 'b' }))).toMatchObject({
    restart: true,
    objects: [
      { object: 'Deployment.apps ns/triage', fields: [{ path: '/spec/template/spec/containers/agent/image' }] },
    ],
  });
  const scaled = one(fleet({}), fleet({ max: 20 }));
  expect(scaled.restart).toBe(false);
  expect(scaled.capacity).toEqual({
    before: { pods: 10, cpuMillis: 2500, memoryBytes: 10 * 2 ** 29 },
    after: { pods: 20, cpuMillis: 5000, memoryBytes: 20 * 2 ** 29 },
  });
});

test('network paths that open and close are named by peer and port', () => {
  const rules = (ingress: readonly JsonObject[], egress: readonly JsonObject[]): JsonObject => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'n', namespace: 'ns' },
    spec: { ingress, egress },
  });
  const before = fleet({ more: [rules([{ from: [{ podSelector: {} }] }], [])] });
  const after = fleet({
    more: [
      rules(
        [{ from: [{ namespaceSelector: { matchLabels: { team: 'a' } }, podSelector: { matchLabels: { app: 'x' } } }] }],
        [
          { to: [{ ipBlock: { cidr: '10.0.0.0/8' } }], ports: [{ port: 53, protocol: 'UDP' }, { protocol: 'TCP' }] },
          { to: [{ namespaceSelector: { matchExpressions: [{ key: 'a', operator: 'Exists' }] } }] },
          { ports: [{ port: 443 }] },
        ],
      ),
      {
        apiVersion: 'networking.istio.io/v1',
        kind: 'ServiceEntry',
        metadata: { name: 's' },
        spec: { hosts: ['api.example.com'] },
      },
    ],
  });
  const { opened, closed } = one(before, after);
  expect(closed).toEqual(['ingress from own namespace any pod:any port']);
  expect(opened).toEqual([
    'egress to 10.0.0.0/8:53/udp',
    'egress to 10.0.0.0/8:any port',
    'egress to [{"key":"a","operator":"Exists"}]:any port',
    'egress to anywhere:443',
    'egress to host api.example.com',
    'ingress from team=a app=x:any port',
  ]);
});

test('secrets of both kinds of delivery are named, never their values', () => {
  const vault = {
    apiVersion: 'v',
    kind: 'VaultStaticSecret',
    metadata: { name: 'a' },
    spec: { mount: 'kv', path: 'a/b' },
  };
  const external = {
    apiVersion: 'e/v1',
    kind: 'ExternalSecret',
    metadata: { name: 'b' },
    spec: { data: [{ remoteRef: { key: 'kv/c', property: 'token' } }, { remoteRef: { key: 'kv/d' } }] },
  };
  const change = one(fleet({ more: [vault] }), fleet({ more: [external] }));
  expect([change.secretsAdded, change.secretsRemoved]).toEqual([['kv/c#token', 'kv/d'], ['kv/a/b']]);
});

test('a lease is one secret with all its fields, and another length of it is a change of its object', () => {
  const vault = (refreshAfter: string): JsonObject => ({
    apiVersion: 'v',
    kind: 'VaultDynamicSecret',
    metadata: { name: 'a', namespace: 'ns' },
    spec: { mount: 'database', path: 'creds/a', refreshAfter },
  });
  const external = {
    apiVersion: 'e/v1',
    kind: 'ExternalSecret',
    metadata: { name: 'b', namespace: 'ns' },
    spec: { dataFrom: [{ extract: { key: 'database/creds/b' } }, {}] },
  };
  const change = one(fleet({ more: [vault('3600s')] }), fleet({ more: [external] }));
  expect([change.secretsAdded, change.secretsRemoved]).toEqual([['', 'database/creds/b'], ['database/creds/a']]);
  const longer = one(fleet({ more: [vault('3600s')] }), fleet({ more: [vault('7200s')] }));
  expect([longer.secretsAdded, longer.secretsRemoved, longer.restart]).toEqual([[], [], false]);
  expect(longer.objects.map(({ object, fields }) => [object, fields])).toEqual([
    ['VaultDynamicSecret ns/a', [{ path: '/spec/refreshAfter', before: '3600s', after: '7200s' }]],
  ]);
});

test('a change that the API server refuses is marked', () => {
  const claim = (storage: string): JsonObject => ({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 's' },
    spec: { volumeClaimTemplates: [{ spec: { resources: { requests: { storage } } } }], replicas: 1 },
  });
  const { objects, restart } = one(fleet({ more: [claim('1Gi')] }), fleet({ more: [claim('2Gi')] }));
  expect(restart).toBe(false);
  expect(objects[0]?.immutable).toEqual([
    { path: '/spec/volumeClaimTemplates/0/spec/resources/requests/storage', before: '1Gi', after: '2Gi' },
  ]);
});

test('what guards a fleet is shown with the fleet, whose name is long or not', () => {
  const long = 'a'.repeat(40);
  const tree = (text: string) =>
    new Map([
      ['prod/platform/kubernetes-support--triage.yaml', text],
      [`prod/platform/istio-${fleetNamespace(long, long)}.yaml`, text],
      ['prod/platform/kubernetes-nobody--there.yaml', text],
      ['prod/teams/support/triage/kubernetes.yaml', ''],
      [`prod/teams/${long}/${long}/kubernetes.yaml`, ''],
    ]);
  const quota = (pods: number) =>
    renderYaml('', [
      { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'fleet' }, spec: { hard: { pods } } },
    ]);
  const changed = diffTrees(tree(quota(1)), tree(quota(2))).environments[0]?.units.map(({ unit }) => unit);
  expect(changed).toEqual([`${long}/${long}`, 'shared', 'support/triage']);
});

test('units come and go, and files without objects are listed', () => {
  const before = new Map([...fleet({}), ['prod/teams/support/triage/policy.hcl', 'a'], ['prod/platform/x.json', '1']]);
  const after = new Map([
    ['prod/teams/support/writer/kubernetes.yaml', 'a: 1\n'],
    ['prod/platform/x.json', '2'],
  ]);
  expect(diffTrees(before, after).environments[0]?.units.map(({ unit, state, files }) => [unit, state, files])).toEqual(
    [
      ['shared', 'changed', ['prod/platform/x.json']],
      ['support/triage', 'removed', ['prod/teams/support/triage/policy.hcl']],
    ],
  );
});

test('an older tree in another style is read too, and a broken one counts as empty', () => {
  const mine = fleet({ more: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } }] });
  const flow = '{apiVersion: v1, kind: Namespace, metadata: {name: y}}\n';
  const path = 'prod/teams/support/triage/kubernetes.yaml';
  expect(one(new Map([[path, flow]]), mine).objects.map(({ object, state }) => `${state} ${object}`)).toEqual([
    'added Deployment.apps ns/triage',
    'added HorizontalPodAutoscaler.autoscaling triage',
    'added Namespace x',
    'removed Namespace y',
  ]);
  expect(one(new Map([[path, ': :\n- {']]), new Map([[path, flow]])).objects).toHaveLength(1);
});

test('routing: routes added, removed, changed by part and target, and their order', () => {
  const table = (...routes: readonly object[]): Map<string, string> =>
    new Map([['prod/routing-table.json', JSON.stringify({ routes })]]);
  const route = (id: string, to: readonly (readonly [string, number])[], more = {}): object => ({
    id,
    to: to.map(([name, weight]) => ({ fleet: name, weight })),
    ...more,
  });
  const before = table(
    route('a', [
      ['f', 9],
      ['g', 1],
      ['i', 2],
    ]),
    route('b', []),
    route('c', []),
  );
  const after = table(
    route('c', []),
    route('d', []),
    route(
      'a',
      [
        ['f', 5],
        ['h', 5],
        ['i', 2],
      ],
      { team: 'x' },
    ),
  );
  expect(diffTrees(before, after).environments[0]?.routing).toEqual({
    added: ['d'],
    removed: ['b'],
    changed: [{ route: 'a', parts: ['team', 'to'], targets: ['f 9 -> 5', 'g gone', 'h new 5'] }],
    builds: [],
    reordered: true,
  });
  expect(printDiff(diffTrees(before, after), 'text')).toBe(`prod: 1 changed
  shared: changed, no restart
    ~ file prod/routing-table.json
  routing
    + route d
    - route b
    ~ route a: team, f 9 -> 5, g gone, h new 5
    ~ routes are tried in another order
`);
  expect(diffTrees(table(), new Map([['prod/routing-table.json', '{']])).environments[0]?.routing.added).toEqual([]);
});

test('routing: the shares of builds move, in fleets that are on both sides', () => {
  const table = (fleets: Readonly<Record<string, unknown>>) =>
    new Map([['prod/routing-table.json', JSON.stringify({ routes: [], fleets })]]);
  const before = table({ same: { builds: { a: 10_000 } }, 'x/moves': { builds: { a: 9550, b: 450 } }, gone: {} });
  const after = table({ same: { builds: { a: 10_000 } }, 'x/moves': { builds: { b: 7500, c: 2500 } }, new: {} });
  const diff = diffTrees(before, after);
  expect(diff.environments[0]?.routing.builds).toEqual([
    { fleet: 'x/moves', shares: ['a gone', 'b 4.5% -> 75%', 'c new 25%'] },
  ]);
  expect(printDiff(diff, 'text')).toContain('  routing\n    ~ builds of x/moves: a gone, b 4.5% -> 75%, c new 25%\n');
});

test('the text and the Markdown say the same, and no text of a spec can leave its place', () => {
  const change = diffTrees(fleet({}), fleet({ image: 'b`@all`\u202e', max: 12 }));
  expect(printDiff(change, 'text')).toBe(`prod: 1 changed, 1 restart
  support/triage: changed, restart, +2 pods, +0.5 cores, +1 GiB
    ~ Deployment.apps ns/triage
      /spec/template/spec/containers/agent/image: "a" -> "b\`@all\`\\u{202e}"
    ~ HorizontalPodAutoscaler.autoscaling triage
      /spec/maxReplicas: 10 -> 12
`);
  expect(printDiff(change, 'markdown')).toBe(`### prod: 1 changed, 1 restart

- \`support/triage: changed, restart, +2 pods, +0.5 cores, +1 GiB\`
  - \`~ Deployment.apps ns/triage\`
    - \`\` /spec/template/spec/containers/agent/image: "a" -> "b\`@all\`\\u{202e}" \`\`
  - \`~ HorizontalPodAutoscaler.autoscaling triage\`
    - \`/spec/maxReplicas: 10 -> 12\`
`);
});

test('what does not fit is said in less detail, down to a count, and never cut off', () => {
  const many = diffTrees(new Map(), big(30));
  const whole = printDiff(many, 'text', 1e6);
  expect(whole).not.toContain('shortened');
  let last = whole.length;
  for (const [lengthMax, detail] of [
    [100_000, ''],
    [3_000, 'units'],
    [300, 'environments'],
    [60, 'too many'],
  ] as const) {
    const text = printDiff(many, 'text', lengthMax);
    expect(text.length).toBeLessThanOrEqual(Math.max(lengthMax, 60));
    expect(text).toContain(detail === '' ? '' : detail);
    expect(text.endsWith('\n')).toBe(true);
    expect(text.length).toBeLessThanOrEqual(last);
    last = text.length;
  }
  const changes = diffTrees(big(30, 'a'), big(30, 'bb'));
  expect(printDiff(changes, 'text', printDiff(changes, 'text').length - 1)).toContain('(shortened to objects:');
});

test('as JSON every level of detail is valid and says which it is', () => {
  const many = diffTrees(big(30, 'a'), big(30, 'bb'));
  const seen = new Set<string>();
  for (let lengthMax = 200_000; lengthMax > 10; lengthMax = Math.floor(lengthMax * 0.8)) {
    const text = printDiff(many, 'json', lengthMax);
    const value = JSON.parse(text) as { detail: string };
    seen.add(value.detail);
    if (value.detail !== 'none') expect(text.length).toBeLessThanOrEqual(lengthMax);
  }
  expect([...seen]).toEqual(['fields', 'objects', 'units', 'environments', 'none']);
  expect(JSON.parse(printDiff(diffTrees(fleet({}), fleet({ image: 'b' })), 'json'))).toMatchObject({
    detail: 'fields',
    environments: [{ name: 'prod', changed: 1, restarts: 1, refused: 0, units: [{ unit: 'support/triage' }] }],
  });
});

test('what a tree by another hand leaves out is no reason to stop', () => {
  const bare = (kind: string, spec: JsonObject): JsonObject => ({ kind, metadata: { namespace: 'ns' }, spec });
  const more = [bare('VaultStaticSecret', {}), bare('ExternalSecret', { data: [{ remoteRef: {} }] })];
  const { secretsAdded, objects } = one(fleet({}), fleet({ more }));
  expect(secretsAdded).toEqual(['', '/']);
  expect(objects.map(({ object }) => object)).toEqual(['ExternalSecret ns/', 'VaultStaticSecret ns/']);
});

test('capacity counts one pod where nobody says how many, and reads every unit of an amount', () => {
  const pod = (cpu: string, memory: string): JsonObject => ({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'd', namespace: 'ns' },
    spec: {
      template: { spec: { containers: [{ name: 'c', resources: { requests: { cpu, memory } } }, { name: 'e' }] } },
    },
  });
  const of = (cpu: string, memory: string) => {
    const { before, after } = one(fleet({}), fleet({ more: [pod(cpu, memory)] })).capacity;
    return [after.pods - before.pods, after.cpuMillis - before.cpuMillis, after.memoryBytes - before.memoryBytes];
  };
  expect(of('2', '1000')).toEqual([1, 2000, 1000]);
  expect(of('1.5', '3Ki')).toEqual([1, 1500, 3072]);
  expect(of('250m', '2G')).toEqual([1, 250, 2e9]);
  expect(of('1e3', 'much')).toEqual([1, 0, 0]);
});

test('what goes, what is refused and what was not there before is printed as such', () => {
  const change = diffTrees(
    fleet({ max: 12, more: [claimOf('1Gi', {})] }),
    fleet({ max: 10, more: [claimOf('2Gi', { replicas: 1 })] }),
  );
  expect(printDiff(change, 'text')).toBe(`prod: 1 changed, 1 with a change the cluster refuses
  support/triage: changed, no restart, -2 pods, -0.5 cores, -1 GiB
    ~ HorizontalPodAutoscaler.autoscaling triage
      /spec/maxReplicas: 12 -> 10
    ~ StatefulSet.apps s (immutable: delete it first)
      /spec/volumeClaimTemplates/0/spec/resources/requests/storage: "1Gi" -> "2Gi"
      /spec/replicas: (none) -> 1
`);
});

test('routes that change keep their order, and a target without a weight has none', () => {
  const table = (...routes: readonly unknown[]) => new Map([['prod/routing-table.json', JSON.stringify({ routes })]]);
  const before = table({ id: 'a', to: [{ fleet: 'f' }] }, 'no route');
  const after = table({ id: 'a', to: [{ fleet: 'f', weight: 5 }] });
  expect(printDiff(diffTrees(before, after), 'text')).toBe(`prod: 1 changed
  shared: changed, no restart
    ~ file prod/routing-table.json
  routing
    ~ route a: f none -> 5
`);
});

function claimOf(storage: string, more: JsonObject): JsonObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 's' },
    spec: { volumeClaimTemplates: [{ spec: { resources: { requests: { storage } } } }], ...more },
  };
}

interface Shape {
  readonly image?: string;
  readonly max?: number;
  readonly more?: readonly JsonObject[];
}

function fleet({ image = 'a', max = 10, more = [] }: Shape, name = 'triage'): Map<string, string> {
  const requests = { cpu: '250m', memory: '512Mi' };
  const objects: JsonObject[] = [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace: 'ns' },
      spec: { replicas: 2, template: { spec: { containers: [{ name: 'agent', image, resources: { requests } }] } } },
    },
    {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name },
      spec: { scaleTargetRef: { name }, maxReplicas: max },
    },
    ...more,
  ];
  return new Map([[`prod/teams/support/${name}/kubernetes.yaml`, renderYaml('', objects)]]);
}

function big(count: number, image = 'a'): Map<string, string> {
  return new Map(Array.from({ length: count }, (_, n) => [...fleet({ image }, `fleet-${n}`)]).flat());
}

function one(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): UnitDiff {
  const { environments } = diffTrees(before, after);
  const unit = environments[0]?.units[0];
  if (unit === undefined || environments.length !== 1 || environments[0]?.units.length !== 1)
    throw new Error('not one unit');
  return unit;
}

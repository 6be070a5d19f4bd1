import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../spec/contract/source.ts';
import { extractFacts } from './extract.ts';
import { closureObject } from './object.ts';
import { parseMemoryQuantity } from './quantity.ts';

const facts = (...values: readonly JsonObject[]) =>
  extractFacts(values.map((value) => ({ value, origins: new Map() })));
const meta = { name: 'a', namespace: 'n' };
const workload = (kind: string, spec: JsonObject, extra: JsonObject = {}): JsonObject =>
  kind === 'CronJob'
    ? { kind, metadata: meta, spec: { jobTemplate: { spec: { template: { spec } } }, ...extra } }
    : { kind, metadata: meta, spec: { template: { spec }, ...extra } };
const toOf = (value: JsonObject) => facts(value).references.map(({ field, to }) => `${field} ${to}`);

test('an object without anything has a name, and a problem with it', () => {
  expect(facts({})).toEqual({
    objects: ['undefined '],
    namespaces: [],
    pods: [],
    selectors: [],
    references: [],
    ports: [],
    flows: [],
    quotas: [],
    problems: [
      { code: 'NT3007', object: 'undefined ', field: '/metadata/name', reason: '`` is not a DNS name', place: [] },
    ],
    gaps: [{ namespace: '', kind: '*' }],
  });
});

test('a namespace without a name makes none', () => {
  expect(facts({ kind: 'Namespace' }, { kind: 'Namespace', metadata: { name: 'n' } }).namespaces).toEqual(['n']);
});

test.each(['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'Rollout', 'CronJob'])(
  'the pods of a %s are known',
  (kind) => {
    const containers: Json = [
      {
        resources: { requests: { cpu: '250m', memory: '1Gi' } },
        ports: [{ name: 'http', containerPort: 80 }, { containerPort: 81 }, {}],
      },
      { resources: { requests: { cpu: 2 } } },
      {},
    ];
    expect(facts(workload(kind, { containers })).pods).toEqual([
      {
        object: `${kind} n/a`,
        namespace: 'n',
        labels: {},
        ports: [
          { name: 'http', number: 80 },
          { name: '', number: 81 },
        ],
        cpuMillis: 250,
        memoryBytes: 2 ** 30,
      },
    ]);
  },
);

test('what only looks like a workload has no pods', () => {
  expect(facts({ kind: 'Odd', metadata: meta, spec: { template: { spec: {} } } }).pods).toEqual([]);
  expect(facts({ kind: 'CronJob', metadata: meta, spec: {} }).pods).toEqual([]);
});

test('every way in which a pod names an object is a reference', () => {
  const volumes: Json = [
    { configMap: { name: 'c' } },
    { secret: { secretName: 's' } },
    { persistentVolumeClaim: { claimName: 'v' } },
    { projected: { sources: [{ configMap: { name: 'pc' } }, { secret: { name: 'ps' } }, {}] } },
    { emptyDir: {} },
  ];
  const env: Json = [
    { valueFrom: { configMapKeyRef: { name: 'ec' } } },
    { valueFrom: { secretKeyRef: { name: 'es' } } },
    { value: 'plain' },
  ];
  const spec = { serviceAccountName: 'sa', priorityClassName: 'pc', volumes, containers: [{ env }, {}] };
  expect(toOf(workload('Deployment', spec))).toEqual([
    '/spec/template/spec/serviceAccountName ServiceAccount n/sa',
    '/spec/template/spec/priorityClassName PriorityClass pc',
    '/spec/template/spec/volumes/0 ConfigMap n/c',
    '/spec/template/spec/volumes/1 Secret n/s',
    '/spec/template/spec/volumes/2 PersistentVolumeClaim n/v',
    '/spec/template/spec/volumes/3 ConfigMap n/pc',
    '/spec/template/spec/volumes/3 Secret n/ps',
    '/spec/template/spec/containers/0/env/0 ConfigMap n/ec',
    '/spec/template/spec/containers/0/env/1 Secret n/es',
  ]);
});

test('a role binding names a role of its namespace or of the cluster, and a kind that is missing names nothing known', () => {
  const binding = (roleRef: JsonObject) => toOf({ kind: 'RoleBinding', metadata: meta, roleRef });
  expect(binding({ kind: 'Role', name: 'r' })).toEqual(['/roleRef/name Role n/r']);
  expect(binding({ kind: 'ClusterRole', name: 'view' })).toEqual(['/roleRef/name ClusterRole view']);
  expect(binding({ name: 'r' })).toEqual(['/roleRef/name  n/r']);
  expect(binding({})).toEqual([]);
});

test('selectors of objects and of spread constraints are looked for; an empty one selects everything and is not', () => {
  const constraint = (labelSelector?: JsonObject) => ({
    topologySpreadConstraints: [labelSelector === undefined ? {} : { labelSelector }],
  });
  expect(facts({ kind: 'Service', metadata: meta, spec: { selector: {} } }).selectors).toEqual([]);
  expect(facts({ kind: 'Service', metadata: meta, spec: { selector: { app: 'a' } } }).selectors).toMatchObject([
    { field: '/spec/selector', namespace: 'n', labels: { app: 'a' } },
  ]);
  expect(facts(workload('Job', constraint({ matchLabels: { app: 'a' } }))).selectors).toMatchObject([
    { field: '/spec/template/spec/topologySpreadConstraints/0/labelSelector', labels: { app: 'a' } },
  ]);
  expect(facts(workload('Job', constraint())).selectors).toEqual([]);
});

test('ports of services and probes are looked for by name or number', () => {
  const service = {
    kind: 'Service',
    metadata: meta,
    spec: { selector: { app: 'a' }, ports: [{ port: 80 }, { targetPort: 'http' }, {}] },
  };
  expect(facts(service).ports.map(({ field, port }) => [field, port])).toEqual([
    ['/spec/ports/0/targetPort', 80],
    ['/spec/ports/1/targetPort', 'http'],
  ]);
  const probed = {
    containers: [{ livenessProbe: { httpGet: { port: 'http' } }, lifecycle: { preStop: { httpGet: { port: 9 } } } }],
  };
  expect(facts(workload('Deployment', probed)).ports.map(({ field, port }) => [field, port])).toEqual([
    ['/spec/template/spec/containers/0/livenessProbe/httpGet/port', 'http'],
    ['/spec/template/spec/containers/0/lifecycle/preStop/httpGet/port', 9],
  ]);
});

test('a policy opens ways to a namespace, to its own, to any, and never to the node itself', () => {
  const named = {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'm' } },
    podSelector: { matchLabels: { app: 'b' } },
  };
  const ingress: Json = [
    {
      from: [
        named,
        { podSelector: {} },
        { ipBlock: { cidr: '10.0.0.0/8' } },
        { ipBlock: { cidr: '169.254.7.127/32' } },
      ],
      ports: [{ port: 80 }, { port: 'http' }, {}],
    },
    { from: [{ namespaceSelector: {} }] },
    {},
  ];
  const flows = facts({ kind: 'NetworkPolicy', metadata: meta, spec: { ingress } }).flows;
  expect(
    flows.map(({ direction, peerNamespace, peerLabels, ports }) => [direction, peerNamespace, peerLabels, ports]),
  ).toEqual([
    ['in', 'm', { app: 'b' }, [80, 'http']],
    ['in', 'n', {}, [80, 'http']],
    ['in', '*', {}, [80, 'http']],
    ['in', '*', {}, []],
    ['in', '*', {}, []],
  ]);
});

test('a quota says what it limits and nothing else', () => {
  const quota = (hard: JsonObject) => facts({ kind: 'ResourceQuota', metadata: meta, spec: { hard } }).quotas;
  expect(quota({ pods: '4', 'requests.cpu': '1', 'requests.memory': '1Mi' })).toEqual([
    { object: 'ResourceQuota n/a', namespace: 'n', pods: 4, cpuMillis: 1000, memoryBytes: 2 ** 20 },
  ]);
  expect(quota({})).toEqual([{ object: 'ResourceQuota n/a', namespace: 'n' }]);
  expect(facts({ kind: 'ResourceQuota', metadata: meta }).quotas).toEqual([
    { object: 'ResourceQuota n/a', namespace: 'n' },
  ]);
});

test('an object whose name another one is made from makes nothing while it has none', () => {
  expect(facts({ kind: 'ExternalSecret', metadata: meta, spec: {} }).objects).toEqual(['ExternalSecret n/a']);
  expect(facts({ kind: 'ExternalSecret', metadata: meta, spec: { target: { name: 's' } } }).objects).toContain(
    'Secret n/s',
  );
});

test('a Secret is made of a lease as it is of what somebody wrote down, by whoever is allowed to ask', () => {
  for (const kind of ['VaultStaticSecret', 'VaultDynamicSecret']) {
    const spec = { vaultAuthRef: 'q', destination: { name: 's' } };
    const { objects, references } = facts({ kind, metadata: meta, spec });
    expect(objects).toEqual([`${kind} n/a`, 'Secret n/s']);
    expect(references.map(({ to }) => to)).toEqual(['VaultAuth n/q']);
  }
});

test('the pods of a log shipper have its labels, or none', () => {
  const labelsOf = (spec: JsonObject) =>
    facts({ kind: 'FluentBit', metadata: meta, spec }).pods.map(({ labels }) => labels);
  expect(labelsOf({ labels: { app: 'x' } })).toEqual([{ app: 'x' }]);
  expect(labelsOf({})).toEqual([{}]);
});

test('a field leads to the place in the spec of the nearest field that is traced, also in the defaults of the company', () => {
  const document = { file: 'x', locate: () => ({ file: 'x', start: 0, end: 0 }) };
  const placeOf = (path: readonly string[]) =>
    closureObject({ value: {}, origins: new Map([['/spec/replicas', { document, path }]]) }).placeOf(
      '/spec/replicas/x',
    );
  expect(placeOf(['spec', 'scale', 'min'])).toEqual(['scale', 'min']);
  expect(placeOf(['spec', 'defaults', 'fleet', 'scale', 'min'])).toEqual(['scale', 'min']);
  expect(placeOf(['environments', 'prod', 'scale', 'min'])).toEqual(['scale', 'min']);
  expect(placeOf(['metadata', 'name'])).toEqual([]);
});

test('an amount of memory may have no unit', () => {
  expect(['512Mi', '1Gi', '1048576'].map(parseMemoryQuantity)).toEqual([2 ** 29, 2 ** 30, 2 ** 20]);
});

test('a rollout names the Services, routes and analyses that it works with', () => {
  const canary = {
    stableService: 'a',
    canaryService: 'a-canary',
    trafficRouting: {
      istio: { virtualService: { name: 'a-shares' } },
      plugins: { 'argoproj-labs/gatewayAPI': { httpRoute: 'a-shares-8080' } },
    },
    analysis: { templates: [{ templateName: 'a-gate' }] },
  };
  const blueGreen = {
    activeService: 'b',
    previewService: 'b-preview',
    prePromotionAnalysis: { templates: [{ templateName: 'b-before' }] },
    postPromotionAnalysis: { templates: [{ templateName: 'b-gate' }] },
  };
  const named = toOf(workload('Rollout', {}, { strategy: { canary, blueGreen } })).map((one) =>
    one.split(' ').slice(1),
  );
  expect(named.map((words) => words.join(' '))).toEqual([
    'Service n/a',
    'Service n/a-canary',
    'VirtualService n/a-shares',
    'HTTPRoute n/a-shares-8080',
    'AnalysisTemplate n/a-gate',
    'Service n/b',
    'Service n/b-preview',
    'AnalysisTemplate n/b-before',
    'AnalysisTemplate n/b-gate',
  ]);
});

test('a route that leaves its shares to another object names it, whichever of its rules does', () => {
  const rule = { delegate: { name: 'shares' } };
  for (const http of [[rule], [{}, rule]]) {
    expect(facts({ kind: 'VirtualService', metadata: meta, spec: { http } }).references).toMatchObject([
      { to: 'VirtualService n/shares' },
    ]);
  }
});

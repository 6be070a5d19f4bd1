import { expect, test } from 'vitest';
import type { Json } from '../../../spec/contract/source.ts';
import type { SchemaNode } from './node.ts';
import { manifestSchemas } from './schemas.ts';
import { schemaProblems } from './walk.ts';

const pool = manifestSchemas();

function problems(kind: string, value: Json, minor = 36): string[] {
  return schemaProblems(pool, pool.kinds[kind] ?? -1, value, minor).map(
    ({ kind: what, field, reason, near }) => `${what} ${field}: ${reason}${near === undefined ? '' : ` (${near}?)`}`,
  );
}

/** What a single schema says about a value. */
function said(node: SchemaNode, value: Json, ...more: SchemaNode[]): string[] {
  return schemaProblems({ nodes: [node, ...more], kinds: {} }, 0, value, 36).map(({ reason }) => reason);
}

const POD = { containers: [{ name: 'a', image: 'a:1' }] };

function deployment(spec: Readonly<Record<string, Json>>): Json {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'a', labels: { 'any.key/at-all': 'b' } },
    spec: { selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec: POD }, ...spec },
  };
}

test('a sound object has no problems', () => {
  expect(problems('apps/v1/Deployment', deployment({ replicas: 2 }))).toEqual([]);
});

test('an unknown field is named with the one that was meant', () => {
  expect(problems('apps/v1/Deployment', deployment({ replica: 2 }))).toEqual([
    'unknown /spec/replica: there is no such field (replicas?)',
  ]);
});

test('a key of a prototype is an unknown field', () => {
  const value = JSON.parse('{"apiVersion":"v1","kind":"ConfigMap","__proto__":{},"constructor":1}') as Json;
  expect(problems('v1/ConfigMap', value)).toEqual([
    'unknown /__proto__: there is no such field',
    'unknown /constructor: there is no such field',
  ]);
});

test('types, required fields and choices are told in words', () => {
  const spec = { replicas: '2', template: { spec: { containers: [{ image: 'a', imagePullPolicy: 'Sometimes' }] } } };
  expect(problems('apps/v1/Deployment', deployment(spec))).toEqual([
    'missing /spec/template/spec/containers/0: `name` is missing',
    'wrong /spec/template/spec/containers/0/imagePullPolicy: expected `Always`, `IfNotPresent` or `Never`, found `Sometimes`',
    'wrong /spec/replicas: expected a whole number, found a text',
  ]);
});

test('a number or a text may stand where either is allowed, and nothing else', () => {
  const budget = (minAvailable: Json): Json => ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'a' },
    spec: { minAvailable, selector: {} },
  });
  expect(problems('policy/v1/PodDisruptionBudget', budget(1))).toEqual([]);
  expect(problems('policy/v1/PodDisruptionBudget', budget('50%'))).toEqual([]);
  expect(problems('policy/v1/PodDisruptionBudget', budget(true))).toEqual([
    'wrong /spec/minAvailable: expected a text or a whole number',
  ]);
});

test('a quantity that is none is refused', () => {
  const resources = { limits: { memory: '2GB' } };
  const spec = { template: { spec: { containers: [{ name: 'a', resources }] } } };
  expect(problems('apps/v1/Deployment', deployment(spec))).toEqual([
    'wrong /spec/template/spec/containers/0/resources/limits/memory: `2GB` is not a quantity like `250m` or `2Gi`',
  ]);
});

test('what excludes each other is named', () => {
  const route = {
    route: [{ destination: { host: 'a' } }],
    redirect: { uri: '/' },
    match: [{ uri: { exact: '/', prefix: '/' } }],
  };
  const value = {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'a' },
    spec: { hosts: ['a'], http: [route] },
  };
  expect(problems('networking.istio.io/v1/VirtualService', value)).toEqual([
    'wrong /spec/http/0/match/0/uri: `exact` and `prefix` exclude each other',
  ]);
});

test('a field is refused before its version and taken from it on', () => {
  const spec = { template: { spec: { ...POD, hostnameOverride: 'a' } } };
  expect(problems('apps/v1/Deployment', deployment(spec), 33)).toEqual([
    'newer /spec/template/spec/hostnameOverride: came with Kubernetes 1.34',
  ]);
  expect(problems('apps/v1/Deployment', deployment(spec), 34)).toEqual([]);
});

test('a component of a collector may have a name behind its type', () => {
  const config = {
    receivers: { 'otlp/in': { protocols: { grpc: {} } } },
    exporters: { 'otlp/out': { endpont: 'a:1' }, otpl: {} },
    service: { pipelines: { 'traces/a': { receivers: ['otlp/in'], exporters: ['otlp/out'] } } },
  };
  const value = {
    apiVersion: 'opentelemetry.io/v1beta1',
    kind: 'OpenTelemetryCollector',
    metadata: { name: 'a' },
    spec: { config },
  };
  expect(problems('opentelemetry.io/v1beta1/OpenTelemetryCollector', value)).toEqual([
    'unknown /spec/config/exporters/otlp~1out/endpont: there is no such field (endpoint?)',
    'unknown /spec/config/exporters/otpl: there is no such field (otlp?)',
  ]);
});

test.each<[SchemaNode, Json, string[]]>([
  [{ type: 'string', minLength: 1 }, '', ['the text is empty']],
  [{ type: 'string', minLength: 3 }, 'ab', ['shorter than 3']],
  [{ type: 'string', maxLength: 1 }, '\u{1f600}', []],
  [{ type: 'string', maxLength: 1 }, 'ab', ['longer than 1 characters']],
  [{ type: 'string', pattern: '^(?i)(abort|warn)?$' }, 'WARN', []],
  [{ type: 'string', pattern: '^a$' }, 'b', ['does not match `^a$`']],
  [{ type: 'string', format: 'quantity' }, '1Gb', ['`1Gb` is not a quantity like `250m` or `2Gi`']],
  [{ type: 'string', format: 'date-time' }, 'now', ['`now` is not a time like `2026-01-31T12:00:00Z`']],
  [{ type: 'string', format: 'byte' }, '?', ['is not base64']],
  [{ type: 'integer', format: 'int32' }, 2 ** 31, ['does not fit into 32 bits']],
  [{ type: 'integer', minimum: 1, maximum: 2 }, 0, ['less than 1']],
  [{ type: 'integer', minimum: 1, maximum: 2 }, 3, ['more than 2']],
  [{ type: 'array', minItems: 1 }, [], ['fewer than 1 item']],
  [{ type: 'array', maxItems: 1 }, [1, 2], ['more than 1 items']],
  [{ type: 'object', minProperties: 1 }, {}, ['fewer than 1 keys']],
  [{ type: 'object', maxProperties: 0 }, { a: 1 }, ['more than 0 keys']],
  [{ type: 'string' }, null, ['nothing stands here']],
  [{ type: 'string', nullable: true }, null, []],
  [{}, null, []],
  [{ type: ['integer', 'string'] }, [], ['expected a whole number or a text, found a list']],
  [{ enum: ['a', 'b'] }, 'c', ['expected `a` or `b`, found `c`']],
])('%j says about %j: %j', (node, value, wanted) => {
  expect(said(node, value)).toEqual(wanted);
});

test('of several schemas none, one or too many fit', () => {
  const [a, b]: SchemaNode[] = [{ required: ['a'] }, { required: ['b'] }];
  const parts = [a ?? {}, b ?? {}] as const;
  expect(said({ anyOf: [1, 2] }, {}, ...parts)).toEqual(['needs `a` or `b`']);
  expect(said({ oneOf: [1, 2] }, {}, ...parts)).toEqual(['needs `a` or `b`']);
  expect(said({ oneOf: [1, 2] }, { a: 1, b: 1 }, ...parts)).toEqual(['`a` and `b` exclude each other']);
  expect(said({ not: [1] }, { a: 1 }, ...parts)).toEqual(['`a` may not stand here']);
  expect(said({ allOf: [1, 2] }, { a: 1 }, ...parts)).toEqual(['`b` is missing']);
});

test('a flood of problems is cut', () => {
  const metadata = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`x${index}`, 1]));
  expect(problems('v1/ConfigMap', { apiVersion: 'v1', kind: 'ConfigMap', metadata })).toHaveLength(20);
});

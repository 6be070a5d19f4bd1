import { parse } from 'yaml';
import { expect, test } from 'vitest';
import type { Json } from '../../../spec/contract/source.ts';
import { emittedText } from '../testing/field-changes.ts';
import { collectorProblems } from './collector-problems.ts';
import { gateway, jaeger } from './collector.ts';

const good = () => structuredClone(gateway()) as unknown as Damaged;
// oxlint-disable-next-line typescript/no-explicit-any -- damage has no type
type Damaged = any;

test('every collector we make is whole', async () => {
  const text = await emittedText(['telemetry'], {});
  const objects = text
    .replace(/^\S+\.yaml$/gm, '')
    .split('\n---\n')
    .filter((one) => one.includes('kind: OpenTelemetryCollector'));
  const found = objects.map((one) => parse(one) as { spec: { config: Json }; metadata: { name: string } });
  expect(found.map(({ metadata }) => metadata.name)).toEqual(['jaeger', 'otel-gateway', 'otel-sampler']);
  expect(found.flatMap(({ spec }) => collectorProblems(spec.config))).toEqual([]);
});

test('Jaeger is whole whatever it stores in', () => {
  const search = { own: false, url: 'https://logs.example', host: 'logs.example', port: 443, tls: true };
  expect(collectorProblems(jaeger(search) as unknown as Json)).toEqual([]);
  expect(collectorProblems(jaeger(undefined) as unknown as Json)).toEqual([]);
});

test.each<readonly [string, (config: Damaged) => void, readonly string[]]>([
  ['a wrong key', (config) => (config.processors.batch.timeot = '1s'), ['/processors/batch/timeot is not known']],
  ['a component nobody knows', (config) => (config.exporters.otpl = {}), ['/exporters/otpl is not known']],
  [
    'a list for a value',
    (config) => (config.processors.batch.timeout = []),
    ['/processors/batch/timeout is not one value'],
  ],
  [
    'a value for a list',
    (config) => (config.service.pipelines.traces.receivers = 'otlp'),
    ['/service/pipelines/traces/receivers is not a list'],
  ],
  ['a value for a map', (config) => (config.receivers.otlp = 'yes'), ['/receivers/otlp is not a map']],
  [
    'a component that does not exist',
    (config) => delete config.exporters.loadbalancing,
    ['exporters/loadbalancing does not exist'],
  ],
  [
    'a component that is not used',
    (config) => (config.exporters.otlp = { endpoint: 'a:1' }),
    ['exporters/otlp is not used'],
  ],
  [
    'a wrong order',
    (config) => config.service.pipelines.traces.processors.reverse(),
    ['traces: memory_limiter is not first', 'traces: batch is not last'],
  ],
])('%s is found', (_, damage, problems) => {
  const config = good();
  damage(config);
  expect(collectorProblems(config)).toEqual(problems);
});

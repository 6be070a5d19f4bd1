import { expect, test } from 'vitest';
import { metrics } from './metrics.ts';
import type { Metric } from './metrics.ts';

const all: readonly [string, Metric][] = Object.entries(metrics);

test('names say the unit and the type as Prometheus asks', () => {
  for (const [name, metric] of all) {
    expect(name).toMatch(/^nova_[a-z]+(_[a-z]+)*$/);
    expect([name, name.endsWith('_total')]).toEqual([name, metric.type === 'counter']);
    if (metric.unit === 'seconds') expect(name).toMatch(/_seconds$/);
    if (metric.unit === 'bytes') expect(name).toMatch(/_bytes$/);
  }
  expect(all.length).toBeGreaterThan(20);
});

test('histograms, and nothing else, have ascending buckets', () => {
  for (const [name, { type, buckets }] of all) {
    expect([name, buckets !== undefined]).toEqual([name, type === 'histogram']);
    expect(buckets ?? []).toEqual([...new Set(buckets ?? [])].sort((a, b) => a - b));
  }
});

test('no label has a number of values without bound, or one that PromQL keeps for itself', () => {
  const names = new Set(all.flatMap(([, { labels }]) => Object.keys(labels)));
  expect([...names].sort()).toEqual([
    'dependency',
    'env',
    'fleet',
    'operation',
    'outcome',
    'reason',
    'route',
    'spec_hash',
    'spec_version',
    'state',
    'task',
    'version',
  ]);
});

test('the default latency objective stands on a bucket', () => {
  expect(metrics.nova_scheduler_assignment_duration_seconds.buckets).toContain(0.1);
});

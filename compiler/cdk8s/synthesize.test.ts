import * as k8s from 'cdk8s-plus-27/lib/imports/k8s.js';
import { expect, test } from 'vitest';
import { node } from '../check/testing/model.ts';
import type { Manifest } from '../core/artifact.ts';
import { spanOf } from '../core/origin.ts';
import { trace } from '../core/trace.ts';
import { customResource } from './custom.ts';
import { synthesize } from './synthesize.ts';
import type { Add } from './synthesize.ts';

const place = node('fleet:eng/fixer');
const from = <T extends string | number>(value: T, ...path: string[]) => trace(value, place.from(path));

function made(build: (add: Add) => void): Manifest[] {
  return synthesize(place.at, build);
}

function placesOf(manifest: Manifest | undefined): Record<string, string> {
  return Object.fromEntries([...(manifest?.origins ?? [])].map(([pointer, origin]) => [pointer, spanOf(origin).file]));
}

test('traced values come out plain, and each names its place', () => {
  const [object] = made((add) => {
    const ports = [{ port: from(8080, 'port'), targetPort: k8s.IntOrString.fromString('http') }];
    add(k8s.KubeService, {
      metadata: { name: from('fixer', 'name'), labels: { 'a/b~c': from('x', 'label') } },
      spec: { clusterIp: from('None', 'ip'), ports },
    });
  });
  expect(object?.value).toEqual({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'fixer', labels: { 'a/b~c': 'x' } },
    spec: { clusterIP: 'None', ports: [{ port: 8080, targetPort: 'http' }] },
  });
  expect(placesOf(object)).toEqual({
    '': 'fleet:eng/fixer',
    '/metadata/labels/a~1b~0c': 'fleet:eng/fixer#label',
    '/metadata/name': 'fleet:eng/fixer#name',
    '/spec/clusterIP': 'fleet:eng/fixer#ip',
    '/spec/ports/0/port': 'fleet:eng/fixer#port',
  });
});

test('a quantity and a number that may be a text keep their places', () => {
  const [object] = made((add) => {
    add(k8s.KubeResourceQuota, {
      metadata: { name: 'quota' },
      spec: { hard: { pods: k8s.Quantity.fromString(from('6', 'max')) } },
    });
  });
  expect(object?.value['spec']).toEqual({ hard: { pods: '6' } });
  expect(placesOf(object)).toEqual({ '': 'fleet:eng/fixer', '/spec/hard/pods': 'fleet:eng/fixer#max' });
});

test('fields that the typed props do not know are added, with their places', () => {
  const young = { '/spec/trafficDistribution': 'PreferClose', '/spec/young/field': from('new', 'young') };
  const [object] = made((add) => {
    add(k8s.KubeService, { metadata: { name: 'fixer' } }, young);
  });
  expect(object?.value['spec']).toEqual({ trafficDistribution: 'PreferClose', young: { field: 'new' } });
  expect(placesOf(object)).toEqual({ '': 'fleet:eng/fixer', '/spec/young/field': 'fleet:eng/fixer#young' });
});

test('objects stand in the order in which they are applied, unknown kinds last', () => {
  const objects = made((add) => {
    add(k8s.KubeSecret, { metadata: { name: 'a' } });
    add(k8s.KubeService, { metadata: { name: 'b', namespace: 'x' } });
    add(k8s.KubeService, { metadata: { name: 'a', namespace: 'x' } });
    add(k8s.KubeNamespace, { metadata: { name: 'x' } });
  });
  const names = objects.map(({ value }) => `${String(value['kind'])} ${(value['metadata'] as { name: string }).name}`);
  expect(names).toEqual(['Namespace x', 'Service a', 'Service b', 'Secret a']);
});

test('keys stand in one order whatever order they were given in, and none is without a value', () => {
  const [object] = made((add) => {
    const [spec, metadata] = [
      { type: 'ClusterIP', clusterIp: 'None' },
      { namespace: 'x', name: 'a', labels: { c: 'd', a: 'b' } },
    ];
    add(k8s.KubeService, { spec, metadata });
  });
  expect(JSON.stringify(object?.value)).toBe(
    '{"apiVersion":"v1","kind":"Service","metadata":{"name":"a","labels":{"a":"b","c":"d"},"namespace":"x"},"spec":{"clusterIP":"None","type":"ClusterIP"}}',
  );
});

test('what has no value is left out of a map and nothing in a list', () => {
  const [object] = made((add) => {
    add(customResource<{ apiVersion: string; kind: string; spec: object }>('a.example/v1', 'Thing'), {
      spec: { none: undefined, list: [1, undefined, { none: undefined }], nothing: null },
    });
  });
  expect(object?.value['spec']).toEqual({ list: [1, null, {}], nothing: null });
});

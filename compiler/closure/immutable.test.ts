import { expect, test } from 'vitest';
import type { JsonObject } from '../../spec/contract/source.ts';
import { collector } from '../diagnostics/report.ts';
import { compareImmutable, immutableFacts } from './immutable.ts';

const claim = (size: string, more: JsonObject = {}): JsonObject => ({
  metadata: { name: 'memory' },
  spec: { accessModes: ['ReadWriteOncePod'], resources: { requests: { storage: size } }, ...more },
});

const stateful = (...claims: readonly JsonObject[]): JsonObject => ({
  kind: 'StatefulSet',
  metadata: { namespace: 'a--b', name: 'b' },
  spec: { serviceName: 'b', selector: { matchLabels: { app: 'b' } }, volumeClaimTemplates: claims },
});

function problems(before: JsonObject, after?: JsonObject): string[] {
  const { report, diagnostics } = collector();
  const facts = (value: JsonObject) => immutableFacts([{ value, origins: new Map() }]);
  const place = (field: string) => ({ file: field, start: 0, end: 0 });
  const now = after === undefined ? {} : { after: facts(after) };
  compareImmutable({ unit: 'teams/a/b', before: facts(before), place, ...now }, report);
  return diagnostics.map(({ code, message, at }) => `${code} ${at.file}: ${message}`);
}

test('an object that stays as it is gives no problem', () => {
  expect(problems(stateful(claim('1Gi')), stateful(claim('1Gi')))).toEqual([]);
});

test('a volume that changes its size is refused', () => {
  expect(problems(stateful(claim('1Gi')), stateful(claim('2Gi')))).toEqual([
    'NT3010 volume memory size: `volume memory size` of StatefulSet a--b/b cannot be changed from `1Gi` to `2Gi`',
  ]);
});

test('a field that was not there cannot be added', () => {
  expect(problems(stateful(claim('1Gi')), stateful(claim('1Gi', { storageClassName: 'fast' })))).toEqual([
    'NT3010 volume memory class: `volume memory class` of StatefulSet a--b/b cannot be changed from nothing to `fast`',
  ]);
  const service = (spec: JsonObject): JsonObject => ({
    kind: 'Service',
    metadata: { namespace: 'a--b', name: 'b' },
    spec,
  });
  expect(problems(service({}), service({ clusterIP: 'None' }))).toEqual([
    'NT3010 spec.clusterIP: `spec.clusterIP` of Service a--b/b cannot be changed from nothing to `None`',
  ]);
});

test('a second volume is refused', () => {
  const two = stateful(claim('1Gi'), { ...claim('1Gi'), metadata: { name: 'more' } });
  expect(problems(stateful(claim('1Gi')), two)).toEqual([
    'NT3010 volumes: `volumes` of StatefulSet a--b/b cannot be changed from `memory` to `memory more`',
  ]);
});

test('a unit that is gone and had volumes is refused, one without is not', () => {
  expect(problems(stateful(claim('1Gi')))).toEqual([
    'NT3011 memory: StatefulSet a--b/b and its volumes would be left behind: `teams/a/b` is gone from the spec',
  ]);
  expect(problems({ kind: 'Deployment', metadata: { namespace: 'a--b', name: 'b' }, spec: { selector: {} } })).toEqual(
    [],
  );
});

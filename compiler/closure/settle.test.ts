import { expect, test } from 'vitest';
import type { UnitFacts } from './facts.ts';
import { unsettled } from './settle.ts';

const POD = {
  object: 'Deployment a/web',
  namespace: 'a',
  labels: { app: 'web' },
  ports: [],
  cpuMillis: 0,
  memoryBytes: 0,
};
const FACTS: UnitFacts = {
  objects: ['Deployment a/web', 'Secret a/key'],
  namespaces: ['a'],
  pods: [POD],
  selectors: [],
  references: [],
  ports: [],
  flows: [],
  quotas: [],
  problems: [],
};

test('a selector that finds a pod of its own unit is settled; one that does not, or in another namespace, is left', () => {
  const selector = (namespace: string, labels: Record<string, string>) => ({
    object: 'Service a/web',
    field: '/spec/selector',
    namespace,
    labels,
    place: [],
  });
  const left = [selector('a', { app: 'db' }), selector('b', { app: 'web' })];
  expect(unsettled({ ...FACTS, selectors: [selector('a', { app: 'web' }), ...left] }).selectors).toEqual(left);
});

test('a name of an object of its own unit is settled; any other is left', () => {
  const reference = (to: string) => ({ object: 'Deployment a/web', field: '/spec/x', to, place: [] });
  const left = [reference('Secret b/key'), reference('ConfigMap a/key')];
  expect(unsettled({ ...FACTS, references: [reference('Secret a/key'), ...left] }).references).toEqual(left);
});

test('everything else is kept', () => {
  const ports = [{ object: 'Service a/web', field: '/x', namespace: 'a', labels: { app: 'web' }, port: 80, place: [] }];
  expect(unsettled({ ...FACTS, ports })).toEqual({ ...FACTS, ports });
});

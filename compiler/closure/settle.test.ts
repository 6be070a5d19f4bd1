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

test('of a port that holds in its own unit one use is left; of one that does not, all', () => {
  const pods = [{ ...POD, ports: [{ name: 'http', number: 80 }] }];
  const use = (field: string, port: string | number) => ({
    object: 'Service a/web',
    field,
    namespace: 'a',
    labels: { app: 'web' },
    port,
    place: [],
  });
  const ports = [use('/1', 'http'), use('/2', 'http'), use('/3', 80), use('/4', 'grpc'), use('/5', 'grpc')];
  const left = unsettled({ ...FACTS, pods, ports }).ports.map(({ field }) => field);
  expect(left).toEqual(['/1', '/3', '/4', '/5']);
});

test('a way to or from the platform is settled; one to a fleet, or to anybody, is left', () => {
  const flow = (peerNamespace: string) => ({
    object: 'NetworkPolicy a/web',
    direction: 'out' as const,
    namespace: 'a',
    labels: {},
    peerNamespace,
    peerLabels: {},
    ports: [],
  });
  const left = [flow('b'), flow('*')];
  expect(unsettled({ ...FACTS, flows: [flow('kube-system'), flow('nova-torch-system'), ...left] }).flows).toEqual(left);
});

test('everything else is kept', () => {
  const problems = [{ code: 'NT3101' as const, object: 'Secret a/key', field: '/x', reason: '', place: [] }];
  expect(unsettled({ ...FACTS, problems })).toEqual({ ...FACTS, problems });
});

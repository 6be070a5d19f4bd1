import { expect, test } from 'vitest';
import type { JsonObject } from '../../spec/contract/source.ts';
import { extractFacts } from './extract.ts';
import { gapsIn } from './refused.ts';

/** Kinds that may be missing in namespace `n` when these fields of an object are wrong. */
function gaps(value: JsonObject, ...fields: string[]): string[] {
  const object = { ...value, metadata: { name: 'a', namespace: 'n' } };
  const facts = extractFacts([{ value: object, origins: new Map() }], [], new Map([[object, fields]]));
  return (facts.gaps ?? []).map(({ namespace, kind }) => `${namespace} ${kind}`);
}

const DEPLOYMENT = { kind: 'Deployment', spec: { template: { spec: { containers: [{}] } } } };

test.each<[what: string, value: JsonObject, field: string, wanted: string[]]>([
  ['a field that nobody counts on', DEPLOYMENT, '/spec/minReadySecond', []],
  ['labels of pods', DEPLOYMENT, '/spec/template/metadata/labels/app', ['n Pod']],
  ['a misspelt part of a container', DEPLOYMENT, '/spec/template/spec/containers/0/prots', ['n Container']],
  ['a port', DEPLOYMENT, '/spec/template/spec/containers/0/ports/0/nam', ['n Container']],
  ['a variable', DEPLOYMENT, '/spec/template/spec/containers/0/env/0/nam', []],
  ['the whole template', DEPLOYMENT, '/spec/template', ['n Pod']],
  ['everything', DEPLOYMENT, '/', ['n *']],
  ['a kind', { kind: 'Deploymnt' }, '/kind', ['n *']],
  ['a name', { kind: 'ConfigMap' }, '/metadata/name', ['n ConfigMap']],
  ['a policy', { kind: 'NetworkPolicy' }, '/spec/ingres', ['n NetworkPolicy']],
  ['what an operator makes', { kind: 'VaultStaticSecret' }, '/spec/destination', ['n Secret']],
  ['labels that a controller gives', { kind: 'FluentBit' }, '/spec/label', ['n Pod']],
  ['another part of such an object', { kind: 'FluentBit' }, '/spec/resources/limits', []],
])('%s that is wrong may be why others miss something', (_, value, field, wanted) => {
  expect(gaps(value, field)).toEqual(wanted);
});

test('a gap is one of its namespace, and without one nothing is excused', () => {
  const facts = extractFacts([]);
  const hasGap = gapsIn([facts, { ...facts, gaps: [{ namespace: 'n', kind: '*' }] }]);
  expect([hasGap('n', 'Secret'), hasGap('m', 'Secret')]).toEqual([true, false]);
  expect(gapsIn([facts])('n', 'Secret')).toBe(false);
});

test('a policy and a quota that are refused prove nothing', () => {
  const policy = {
    kind: 'NetworkPolicy',
    metadata: { name: 'a', namespace: 'n' },
    spec: { ingress: [{ from: [{ namespaceSelector: {} }] }] },
  };
  const quota = { kind: 'ResourceQuota', metadata: { name: 'a', namespace: 'n' }, spec: { hard: { pods: '1' } } };
  const manifests = [policy, quota].map((value) => ({ value, origins: new Map() }));
  const count = (...refused: JsonObject[]) => {
    const { flows, quotas } = extractFacts(manifests, [], new Map(refused.map((value) => [value, ['/spec']])));
    return [flows.length, quotas.length];
  };
  expect(count()).toEqual([1, 1]);
  expect(count(policy)).toEqual([0, 1]);
  expect(count(quota)).toEqual([1, 0]);
});

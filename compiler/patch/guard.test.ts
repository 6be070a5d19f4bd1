import { expect, test } from 'vitest';
import type { JsonObject } from '../../spec/contract/source.ts';
import { guardedChange } from './guard.ts';

const agent = { name: 'agent', image: 'a@sha256:1', securityContext: { privileged: false } };
const deployment = (containers: JsonObject[], more: JsonObject = {}): JsonObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'a', namespace: 'x', labels: { 'nova-torch.dev/team': 'x', other: '1' } },
  spec: { paused: false, template: { spec: { containers } } },
  ...more,
});
const before = deployment([agent]);

test('a change of something else is none of the guard, nor is another order of keys', () => {
  expect(
    guardedChange(before, { ...before, spec: { ...(before['spec'] as JsonObject), paused: true } }),
  ).toBeUndefined();
  const turned = deployment([{ securityContext: { privileged: false }, image: 'a@sha256:1', name: 'agent' }]);
  expect(guardedChange(before, turned)).toBeUndefined();
  const labels = { 'nova-torch.dev/team': 'x', other: '2', 'example.com/more': 'yes' };
  expect(
    guardedChange(before, deployment([agent], { metadata: { name: 'a', namespace: 'x', labels } })),
  ).toBeUndefined();
});

test('a guarded value that is changed, brought in or lost with what held it is found', () => {
  const at = '/spec/template/spec/containers';
  expect(guardedChange(before, deployment([{ ...agent, image: 'b' }]))).toBe(`${at}/0/image`);
  expect(guardedChange(before, deployment([agent, { name: 'b', image: 'b' }]))).toBe(`${at}/1/image`);
  expect(guardedChange(before, deployment([{ name: 'agent', image: 'a@sha256:1' }]))).toBe(`${at}/0/securityContext`);
  expect(guardedChange(before, deployment([agent], { spec: {} }))).toBe(`${at}/0/image`);
});

test('who an object is and the labels of the platform stay', () => {
  const labels = { 'nova-torch.dev/team': 'y' };
  expect(guardedChange(before, deployment([agent], { kind: 'DaemonSet' }))).toBe('/kind');
  expect(guardedChange(before, deployment([agent], { metadata: { name: 'a', namespace: 'x', labels } }))).toBe(
    '/metadata/labels/nova-torch.dev~1team',
  );
  expect(guardedChange(before, deployment([agent], { metadata: {} }))).toBe('/metadata/labels/nova-torch.dev~1team');
});

test.each([
  ['NetworkPolicy', { spec: { egress: [] } }, '/spec'],
  ['Role', { rules: [{ verbs: ['*'] }] }, '/rules'],
  ['RoleBinding', { subjects: [] }, '/subjects'],
  ['Service', { spec: { type: 'NodePort' } }, '/spec/type'],
  ['Rollout', { spec: { strategy: { canary: {} } } }, '/spec/strategy'],
  ['Rollout', { spec: { workloadRef: { name: 'b' } } }, '/spec/workloadRef'],
])('in a %s the part that opens something is guarded as a whole', (kind, change, at) => {
  const object = { apiVersion: 'v1', kind, metadata: { name: 'a' } };
  expect(guardedChange(object, { ...object, ...change })).toBe(at);
});

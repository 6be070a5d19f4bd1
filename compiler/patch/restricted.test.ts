import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../spec/contract/source.ts';
import { notRestricted } from './restricted.ts';

const container = {
  name: 'agent',
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
};
const pod = {
  securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [container],
  volumes: [{ name: 'tmp', emptyDir: {} }],
};

function refused(change: Readonly<Record<string, Json>>): readonly string[] {
  const spec: JsonObject = { ...pod, ...change };
  return notRestricted({ kind: 'Deployment', spec: { template: { spec } } }).map((at) =>
    at.slice('/spec/template/spec'.length),
  );
}

const own = (change: Readonly<Record<string, Json>>) =>
  refused({ containers: [{ ...container, securityContext: { ...container.securityContext, ...change } }] });

test('a restricted pod passes, and so does an object without pods', () => {
  expect(refused({})).toEqual([]);
  expect(notRestricted({ kind: 'Service', spec: { ports: [] } })).toEqual([]);
});

test('the node is out of reach', () => {
  expect(refused({ hostNetwork: true, hostPID: true, hostIPC: false })).toEqual(['/hostNetwork', '/hostPID']);
  expect(refused({ volumes: [{ name: 'node', hostPath: { path: '/' } }] })).toEqual(['/volumes/0/hostPath']);
  expect(refused({ containers: [{ ...container, ports: [{ hostPort: 80 }, { containerPort: 1 }] }] })).toEqual([
    '/containers/0/ports/0/hostPort',
  ]);
});

test('a container without a security context of its own is refused, first ones too', () => {
  expect(refused({ initContainers: [{ name: 'first' }] })).toEqual([
    '/initContainers/0/securityContext/allowPrivilegeEscalation',
    '/initContainers/0/securityContext/capabilities/drop',
  ]);
});

test('every rule for containers is held', () => {
  expect(own({ privileged: true })).toEqual(['/containers/0/securityContext/privileged']);
  expect(own({ runAsUser: 0 })).toEqual(['/containers/0/securityContext/runAsUser']);
  expect(own({ runAsNonRoot: false })).toEqual(['/containers/0/securityContext/runAsNonRoot']);
  expect(own({ seccompProfile: { type: 'Unconfined' } })).toEqual(['/containers/0/securityContext/seccompProfile']);
  expect(own({ seccompProfile: { type: 'Localhost' } })).toEqual([]);
  expect(own({ capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } })).toEqual([]);
  expect(own({ capabilities: { drop: ['ALL'], add: ['SYS_ADMIN'] } })).toEqual([
    '/containers/0/securityContext/capabilities/add',
  ]);
});

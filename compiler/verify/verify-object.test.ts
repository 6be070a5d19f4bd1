import { expect, test } from 'vitest';
import type { JsonObject } from '../../spec/contract/source.ts';
import { manifestSchemas } from './schema/schemas.ts';
import { verifyObject } from './verify-object.ts';
import { KUBERNETES_VERSIONS, minorOf } from './versions.ts';

function problems(value: JsonObject, version = '1.36'): string[] {
  return verifyObject(value, minorOf(version), manifestSchemas()).map(
    ({ code, field, reason, near }) => `${code} ${field}: ${reason}${near === undefined ? '' : ` (${near}?)`}`,
  );
}

test('an object says what it is', () => {
  expect(problems({ apiVersions: 'v1', kind: 'Pod' })).toEqual([
    'NT3102 /apiVersion: it has no `apiVersion`; `apiVersions` stands here',
  ]);
  expect(problems({ apiVersion: 'v1', Kind: 'Pod' })).toEqual(['NT3102 /kind: it has no `kind`; `Kind` stands here']);
  expect(problems({ apiVersion: 'v1', kind: 7 })).toEqual(['NT3102 /kind: it has no `kind`']);
});

test('an unknown kind is refused, with the nearest one there is', () => {
  expect(problems({ apiVersion: 'v1', kind: 'ConfigMaps' })).toEqual([
    'NT3103 /kind: no schema of `v1` ConfigMaps is known (ConfigMap?)',
  ]);
  expect(problems({ apiVersion: 'networking.istio.io/v2', kind: 'VirtualService' })).toEqual([
    'NT3103 /apiVersion: no schema of `networking.istio.io/v2` VirtualService is known (networking.istio.io/v1?)',
  ]);
  expect(problems({ apiVersion: 'constructor', kind: 'toString' })).toEqual([
    'NT3103 /kind: no schema of `constructor` toString is known',
  ]);
});

test('what a version does not serve yet, or no more, is refused', () => {
  const claim = { apiVersion: 'resource.k8s.io/v1', kind: 'ResourceClaim', metadata: { name: 'a' }, spec: {} };
  expect(problems(claim, '1.33')).toEqual([
    'NT3104 /apiVersion: `resource.k8s.io/v1` ResourceClaim came with Kubernetes 1.34, and this is 1.33',
  ]);
  expect(problems(claim, '1.34')).toEqual([]);
  expect(problems({ apiVersion: 'extensions/v1beta1', kind: 'Ingress' })).toEqual([
    'NT3104 /apiVersion: `extensions/v1beta1` Ingress ended with Kubernetes 1.22: write networking.k8s.io/v1',
  ]);
  const flow = { apiVersion: 'flowcontrol.apiserver.k8s.io/v1beta3', kind: 'FlowSchema' };
  expect(problems(flow, '1.32')[0]).toContain('ended with Kubernetes 1.32');
});

test('every version there is can be verified against', () => {
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { a: 'b' } };
  expect(KUBERNETES_VERSIONS.map((version) => problems(map, version))).toEqual(KUBERNETES_VERSIONS.map(() => []));
});

test('a field that is too new says so with the version', () => {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a' },
    spec: { containers: [{ name: 'a' }], hostnameOverride: 'a' },
  };
  expect(problems(pod, '1.33')).toEqual(['NT3104 /spec/hostnameOverride: came with Kubernetes 1.34, and this is 1.33']);
});

import { expect, test } from 'vitest';
import type { JsonObject } from '../../spec/contract/source.ts';
import { compile } from '../compile.ts';
import { caseFiles } from '../diagnostics/testing/case-files.ts';
import { CASE_DAY } from '../diagnostics/testing/problems-of.ts';
import { stages } from '../stages.ts';
import { externalObjects } from './external.ts';
import { extractFacts } from './extract.ts';

const toOf = (value: JsonObject) =>
  extractFacts([{ value, origins: new Map() }]).references.map(({ field, to }) => `${field} -> ${to}`);
const meta = { name: 'a', namespace: 'n' };

test.each<readonly [JsonObject, string]>([
  [{ kind: 'Gateway', metadata: meta, spec: { gatewayClassName: 'c' } }, '/spec/gatewayClassName -> GatewayClass c'],
  [
    { kind: 'Telemetry', metadata: meta, spec: { tracing: [{ providers: [{ name: 'p' }] }] } },
    '/spec/tracing/0/providers/0/name -> Provider p',
  ],
  [
    { kind: 'Telemetry', metadata: meta, spec: { accessLogging: [{ providers: [{ name: 'p' }] }] } },
    '/spec/accessLogging/0/providers/0/name -> Provider p',
  ],
  [
    { kind: 'StatefulSet', metadata: meta, spec: { volumeClaimTemplates: [{ spec: { storageClassName: 's' } }] } },
    '/spec/volumeClaimTemplates/0/spec/storageClassName -> StorageClass s',
  ],
  [{ kind: 'Application', metadata: meta, spec: { project: 'p' } }, '/spec/project -> AppProject n/p'],
  [
    { kind: 'ApplicationSet', metadata: meta, spec: { template: { spec: { project: 'p' } } } },
    '/spec/template/spec/project -> AppProject n/p',
  ],
])('what others bring must be known by name: %j', (value, to) => {
  expect(toOf(value)).toContain(to);
});

test('an environment lists what others bring, and no namespace that is made here', async () => {
  const lists: string[][] = [];
  const found = await compile(
    { files: caseFiles('base'), today: CASE_DAY, environments: ['prod'] },
    {
      ...stages,
      prove: (environment, ...rest) => {
        lists.push([...externalObjects(environment)].sort());
        stages.prove?.(environment, ...rest);
      },
    },
  );
  expect(found.diagnostics).toEqual([]);
  expect(lists).toEqual([
    [
      'ConfigMap nova-torch-system/kube-root-ca.crt',
      'Namespace argocd',
      'Namespace dragonfly-operator-system',
      'Namespace elastic-system',
      'Namespace istio-system',
      'Namespace kube-system',
      'Provider nova-torch-access-log',
      'Provider nova-torch-traces',
      'ServiceAccount nova-torch-observability/prometheus',
    ],
  ]);
});

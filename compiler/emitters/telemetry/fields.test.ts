import { expect, test } from 'vitest';
import { emittedText, fieldsOf } from '../testing/field-changes.ts';
import type { Change } from '../testing/field-changes.ts';

const HEAD = 'apiVersion: nova-torch.dev/v1\nkind:';
const SPEC: Readonly<Record<string, string>> = {
  'spec/environments/prod.yaml': `${HEAD} Environment
metadata: { name: prod }
spec:
  cluster: { server: https://prod.k8s.acme.example }
  platform:
    { kubernetes: "1.34", istio: "1.28", mesh: sidecar, revision: stable, nodeLocalDns: false, storageClass: fast }
  trustDomain: trust.acme.example
  secrets: { address: https://secrets.acme.example }
  observability: { prometheus: https://prometheus.acme.example }
`,
  'spec/teams/engineering/agents.yaml': `${HEAD} Fleet
metadata: { name: worker }
spec:
  agent: { image: "ghcr.io/acme/a@sha256:5555555555555555555555555555555555555555555555555555555555555555" }
  accepts: { work: {} }
  slo: { assign: p99 < 50ms, run: p95 < 5m }
  observe: { traces: 7% }
---
${HEAD} Route
metadata: { name: work }
spec: { match: { task: work }, to: { worker: 100 } }
`,
};

const CHANGES: Readonly<Record<string, Change>> = {
  'Environment.spec.platform.kubernetes': ['"1.34"', '"1.35"'],
  'Environment.spec.platform.mesh': ['mesh: sidecar', 'mesh: ambient'],
  'Environment.spec.platform.revision': ['revision: stable', 'revision: next'],
  'Environment.spec.platform.nodeLocalDns': ['nodeLocalDns: false', 'nodeLocalDns: true'],
  'Environment.spec.platform.storageClass': ['storageClass: fast', 'storageClass: slow'],
  'Environment.spec.observability.elasticsearch': [
    'https://prometheus.acme.example }',
    'https://prometheus.acme.example, elasticsearch: https://logs.acme.example }',
  ],
  'Fleet.spec.slo.assign': ['p99 < 50ms', 'p99 < 100ms'],
  'Fleet.spec.slo.run': ['p95 < 5m', 'p95 < 10m'],
  'Fleet.spec.observe.traces': ['traces: 7%', 'traces: 8%'],
};

const emitted = (change?: Change) => emittedText(['telemetry'], SPEC, change);
const unchanged = emitted();

test('every field that names this emitter as its consumer has a change here', () => {
  expect(Object.keys(CHANGES).sort()).toEqual(fieldsOf('telemetry'));
});

test.each(Object.entries(CHANGES))('%s changes the objects', async (_, change) => {
  const changed = await emitted(change);
  expect(changed).toContain('kind: OpenTelemetryCollector');
  expect(changed).not.toBe(await unchanged);
});

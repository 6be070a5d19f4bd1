import { expect, test } from 'vitest';
import { emittedText, fieldsOf } from '../testing/field-changes.ts';
import type { Change } from '../testing/field-changes.ts';

const HEAD = 'apiVersion: nova-torch.dev/v1\nkind:';

const SPEC: Readonly<Record<string, string>> = {
  'spec/environments/prod.yaml': `${HEAD} Environment
metadata: { name: prod }
spec:
  cluster: { server: https://prod.k8s.acme.example }
  platform: { kubernetes: "1.33", istio: "1.28" }
  trustDomain: prod.acme.example
  secrets: { engine: vault, delivery: vso, address: https://secrets.acme.example, mount: cluster, platform: kv/own }
`,
  'spec/keys.yaml': `${HEAD} Provider
metadata: { name: vendor-s }
spec: { endpoint: https://api.vendor-a.example, secret: { path: kv/vendors/s, field: vendor_key } }
---
${HEAD} Provider
metadata: { name: vendor-d }
spec: { endpoint: https://api.vendor-a.example, secret: { path: vendors/creds/d, field: key, lease: 2h } }
---
${HEAD} ToolServer
metadata: { name: tickets }
spec: { url: https://mcp.acme.example, secret: { path: kv/tools/t, field: tool_key }, tools: [get] }
---
${HEAD} ToolServer
metadata: { name: forms }
spec: { url: https://mcp.acme.example, secret: { path: forms/creds/t, field: key, lease: 3h }, tools: [get] }
`,
  'spec/teams/engineering/agents.yaml': `${HEAD} Fleet
metadata: { name: worker }
spec:
  agent: { image: "ghcr.io/acme/a@sha256:5555555555555555555555555555555555555555555555555555555555555555" }
  accepts: { work: {} }
  providers: [vendor-s, vendor-d]
  tools: { tickets: { allow: [get] }, forms: { allow: [get] } }
  secrets:
    KEY: { path: kv/engineering/worker, field: own_key, mount: env }
    USER: { path: kv/engineering/lent, field: username, lease: 4h }
---
${HEAD} Route
metadata: { name: work }
spec: { match: { task: work }, to: { worker: 100 } }
`,
};

const CHANGES: Readonly<Record<string, Change>> = {
  'Environment.spec.secrets.engine': ['{ engine: vault', '{ engine: openbao'],
  'Environment.spec.secrets.delivery': ['delivery: vso, a', 'delivery: eso, a'],
  'Environment.spec.secrets.address': ['secrets.acme.example', 'others.acme.example'],
  'Environment.spec.secrets.mount': ['mount: cluster', 'mount: other'],
  'Environment.spec.secrets.platform': ['platform: kv/own', 'platform: kv/other'],
  'Fleet.spec.secrets.*.path': ['kv/engineering/worker', 'kv/engineering/other'],
  'Fleet.spec.secrets.*.field': ['own_key', 'other_key'],
  'Fleet.spec.secrets.*.mount': ['mount: env', 'mount: file'],
  'Fleet.spec.secrets.*.lease': ['lease: 4h', 'lease: 5h'],
  'Provider.spec.secret.path': ['kv/vendors/s', 'kv/vendors/other'],
  'Provider.spec.secret.field': ['vendor_key', 'other_key'],
  'Provider.spec.secret.lease': ['lease: 2h', 'lease: 5h'],
  'ToolServer.spec.secret.path': ['kv/tools/t', 'kv/tools/other'],
  'ToolServer.spec.secret.field': ['tool_key', 'other_key'],
  'ToolServer.spec.secret.lease': ['lease: 3h', 'lease: 5h'],
};

const emitted = (change?: Change) => emittedText(['vault', 'vault-shared'], SPEC, change);
const unchanged = emitted();

test('every field that names this emitter as its consumer has a change here', () => {
  expect(Object.keys(CHANGES).sort()).toEqual(fieldsOf('vault'));
});

test.each(Object.entries(CHANGES))('%s changes the objects', async (_, change) => {
  const changed = await emitted(change);
  expect(changed).toContain('kind: Policy');
  expect(changed).not.toBe(await unchanged);
});

test('a secret in a variable restarts the fleet when it changes, a file does not', async () => {
  expect(await unchanged).toContain('rolloutRestartTargets');
  expect(await emitted(['mount: env', 'mount: file'])).not.toContain('rolloutRestartTargets');
});

test('an environment without a secrets server gets no objects for one', async () => {
  const without = await emitted([
    '  secrets: { engine: vault, delivery: vso, address: https://secrets.acme.example, mount: cluster, platform: kv/own }\n',
    '',
  ]);
  expect(without).toBe('');
});

import { expect, test } from 'vitest';
import { loadAll } from 'js-yaml';
import { caseFiles } from '../../diagnostics/testing/case-files.ts';
import { emittedText } from '../testing/field-changes.ts';

const HEAD = 'apiVersion: nova-torch.dev/v1\nkind:';

const SPEC: Readonly<Record<string, string>> = {
  'spec/environments/prod.yaml': `${HEAD} Environment
metadata: { name: prod }
spec:
  cluster: { server: https://prod.k8s.acme.example }
  platform: { kubernetes: "1.33", istio: "1.28" }
  trustDomain: prod.acme.example
  secrets: { engine: vault, delivery: vso, address: https://secrets.acme.example }
`,
  'spec/tools.yaml': `${HEAD} ToolServer
metadata: { name: forms }
spec: { url: https://mcp.acme.example, secret: { path: kv/engineering/creds, field: host, lease: 6h }, tools: [get] }
`,
  'spec/teams/engineering/agents.yaml': `${HEAD} Fleet
metadata: { name: worker }
spec:
  agent: { image: "ghcr.io/acme/a@sha256:5555555555555555555555555555555555555555555555555555555555555555" }
  accepts: { work: {} }
  tools: { forms: { allow: [get] } }
  secrets:
    KEPT: { path: kv/engineering/kept, field: value }
    USER: { path: kv/engineering/creds, field: username, lease: 6h }
    PASSWORD: { path: kv/engineering/creds, field: password, lease: 6h }
---
${HEAD} Route
metadata: { name: work }
spec: { match: { task: work }, to: { worker: 100 } }
`,
};

interface Emitted {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec: Readonly<Record<string, unknown>>;
}

type Spec = typeof SPEC;

/** The spec with a text in place of another, wherever that stands. */
function rewritten(from: string, to: string, spec: Spec = SPEC): Spec {
  return Object.fromEntries(Object.entries(spec).map(([path, text]) => [path, text.replaceAll(from, to)]));
}

const TEAM = 'spec/teams/engineering/team.yaml';

const ESO = rewritten('delivery: vso', 'delivery: eso');
/** Without any lease. */
const KEPT = rewritten(', lease: 6h', '');
const KEPT_ESO = rewritten(', lease: 6h', '', ESO);

async function of(kind: string, spec: Spec = SPEC): Promise<readonly Emitted[]> {
  const files = await emittedText(['vault'], spec);
  const objects = loadAll(files.replaceAll(/^\S+\.yaml$/gm, '')) as readonly Emitted[];
  return objects.filter((one) => one.kind === kind && one.metadata.labels['nova-torch.dev/fleet'] === 'worker');
}

test('a user, its password and what a tool server needs of the same place come of one read by Vault Secrets Operator', async () => {
  const leased = await of('VaultDynamicSecret');
  expect(leased.map(({ spec }) => [spec['mount'], spec['path'], spec['destination']])).toEqual([
    [
      'kv',
      'engineering/creds',
      expect.objectContaining({
        overwrite: false,
        transformation: {
          excludeRaw: true,
          excludes: ['.*'],
          templates: {
            PASSWORD: { text: '{{ get .Secrets "password" }}' },
            USER: { text: '{{ get .Secrets "username" }}' },
            'tools.forms': { text: '{{ get .Secrets "host" }}' },
          },
        },
      }),
    ],
  ]);
  expect((await of('VaultStaticSecret')).map(({ spec }) => spec['path'])).toEqual(['engineering/kept']);
});

test('and by External Secrets: one read of the path as it stands, taken apart by a template', async () => {
  const secrets = await of('ExternalSecret', ESO);
  const leased = secrets.filter(({ spec }) => spec['dataFrom'] !== undefined);
  expect(leased.map(({ spec }) => [spec['dataFrom'], spec['data'], spec['secretStoreRef'], spec['target']])).toEqual([
    [
      [{ extract: { key: 'kv/engineering/creds' } }],
      undefined,
      { kind: 'SecretStore', name: 'worker' },
      expect.objectContaining({
        template: expect.objectContaining({
          data: {
            PASSWORD: '{{ index . "password" }}',
            USER: '{{ index . "username" }}',
            'tools.forms': '{{ index . "host" }}',
          },
        }),
      }),
    ],
  ]);
  expect(JSON.stringify(secrets.map(({ spec }) => spec['data']))).not.toContain('creds');
});

test('an engine that keeps secrets and makes others has two stores, and only the first is a key-value store', async () => {
  const stores = await of('SecretStore', ESO);
  const found = stores.map(({ metadata, spec }) => {
    const { path, version } = (spec['provider'] as { vault: Record<string, unknown> }).vault;
    return [metadata.name, path, version];
  });
  expect(found).toEqual([
    ['worker', undefined, 'v1'],
    ['worker--kv', 'kv', 'v2'],
  ]);
});

test('new credentials come when two thirds of a lease are over', async () => {
  const [vault] = await of('VaultDynamicSecret');
  expect(vault?.spec).toMatchObject({ renewalPercent: 67, refreshAfter: '21600s', revoke: true });
  const refreshed = (await of('ExternalSecret', ESO)).map(({ spec }) => spec['refreshInterval']);
  expect(refreshed.sort()).toEqual(['14400s', '1m']);
});

test('a policy reads what an engine makes at the path as it stands, and ends leases where an operator does', async () => {
  const policy = async (spec?: Spec) => (await of('Policy', spec))[0]?.spec['policy'];
  expect(await policy()).toBe(`path "kv/data/engineering/kept" { capabilities = ["read"] }
path "kv/engineering/creds" { capabilities = ["read"] }
path "kv/metadata/engineering/kept" { capabilities = ["read"] }
path "auth/token/lookup-self" { capabilities = ["read"] }
path "auth/token/renew-self" { capabilities = ["update"] }
path "sys/leases/renew" { capabilities = ["update"] }
path "sys/leases/revoke" { capabilities = ["update"] }
`);
  expect(await policy(ESO)).not.toContain('sys/leases/revoke');
  expect(await policy(KEPT)).not.toContain('sys/leases/revoke');
});

test('a token outlives what was made by it: one that is kept is renewed, one for each read lives as long', async () => {
  const tokens = async (spec?: Spec) => {
    const [role] = await of('KubernetesAuthEngineRole', spec);
    const fields = Object.entries(role?.spec ?? {}).filter(([name]) => /^token(Type|TTL|MaxTTL|Period)$/.test(name));
    return Object.fromEntries(fields);
  };
  expect(await tokens()).toEqual({ tokenType: 'service', tokenTTL: 1800, tokenMaxTTL: 21_600, tokenPeriod: 21_600 });
  expect(await tokens(ESO)).toEqual({ tokenType: 'batch', tokenTTL: 21_600, tokenMaxTTL: 21_600 });
  expect(await tokens(KEPT)).toEqual({ tokenType: 'service', tokenTTL: 1800, tokenMaxTTL: 7200 });
  expect(await tokens(KEPT_ESO)).toEqual({ tokenType: 'batch', tokenTTL: 1800, tokenMaxTTL: 7200 });
  expect(await tokens(rewritten('6h', '10m'))).toEqual({
    tokenType: 'service',
    tokenTTL: 1800,
    tokenMaxTTL: 7200,
    tokenPeriod: 1800,
  });
});

test('only a lease in a variable starts the fleet anew', async () => {
  expect((await of('VaultDynamicSecret'))[0]?.spec).not.toHaveProperty('rolloutRestartTargets');
  const variable = rewritten('field: value }', 'field: value, mount: env, lease: 6h }', KEPT);
  expect((await of('VaultDynamicSecret', variable))[0]?.spec).toMatchObject({
    rolloutRestartTargets: [{ kind: 'Deployment', name: 'worker' }],
  });
});

test('engines whose names differ in what no name of an object may have give a store each', async () => {
  const engines = ['kv', 'kv-', 'kv_', 'kv_a', 'kv--a', 'kv-_a', 'kv_-a', 'k'.repeat(62), `${'k'.repeat(61)}_`];
  const secrets = engines.map((engine, index) => `    S${index}: { path: ${engine}/engineering/x, field: value }`);
  const team = caseFiles('base').find(({ path }) => path === TEAM);
  const prefixes = engines
    .slice(1)
    .map((engine) => `${engine}/engineering`)
    .join(', ');
  const stores = await of('SecretStore', {
    ...rewritten('  secrets:\n', `  secrets:\n${secrets.join('\n')}\n`, KEPT_ESO),
    [TEAM]: (team?.text ?? '').replace('[kv/engineering]', `[kv/engineering, ${prefixes}]`),
  });
  const names = stores.map(({ metadata }) => metadata.name);
  expect(new Set(names).size).toBe(engines.length);
  expect(names.filter((name) => !/^worker--[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name) || name.length > 63)).toEqual([]);
  expect(names).toContain('worker--kv');
});

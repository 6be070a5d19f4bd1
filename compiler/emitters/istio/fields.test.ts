import { expect, test } from 'vitest';
import { emittedText, fieldsOf } from '../testing/field-changes.ts';
import type { Change } from '../testing/field-changes.ts';

const HEAD = 'apiVersion: nova-torch.dev/v1\nkind:';
const IMAGE = '"ghcr.io/acme/a@sha256:5555555555555555555555555555555555555555555555555555555555555555"';

const environment = (mesh: string): Readonly<Record<string, string>> => ({
  'spec/environments/prod.yaml': `${HEAD} Environment
metadata: { name: prod }
spec:
  cluster: { server: https://prod.k8s.acme.example }
  platform: { kubernetes: "1.33", istio: "1.28", mesh: ${mesh}, revision: stable, nodeLocalDns: false }
  trustDomain: prod.acme.example
  people: { issuer: https://login.acme.example, keys: https://login.acme.example/keys }
  scheduler: { mirror: none }
`,
});

const SPEC: Readonly<Record<string, string>> = {
  ...environment('sidecar'),
  'spec/vendors.yaml': `${HEAD} Provider
metadata: { name: vendor-s }
spec:
  endpoint: https://api.vendor-s.acme.example
  limits: { concurrent: 40 }
  breaker: { errors: 4, openFor: 20s }
---
${HEAD} ToolServer
metadata: { name: tickets }
spec: { url: https://tickets.acme.example, tools: [get] }
`,
  'spec/teams/engineering/team.yaml': `${HEAD} Team
metadata: { name: engineering }
spec:
  owners: [acme/engineering]
  egress: [api.github.com, api.vendor-a.example, "*.acme.example"]
  secretPrefixes: [kv/engineering]
  exports: { code-fixer: { routes: [research] } }
  submitters: [shop/checkout]
`,
  'spec/teams/engineering/agents.yaml': `${HEAD} Fleet
metadata: { name: worker, labels: { tier: core } }
spec:
  agent: { image: ${IMAGE}, delivery: push, slots: 3, ports: { http: 8081, metrics: 9465 } }
  accepts: { work: { timeouts: { run: 20m, heartbeat: 24s } } }
  providers: [vendor-s]
  tools: { tickets: { allow: [get] } }
  egress: { git.acme.example: { port: 9443 } }
  scale: { min: 2, max: 8 }
  rollout: { strategy: canary, split: mesh, steps: [{ weight: 10%, hold: 5m }] }
  observe: { traces: 30%, logs: info }
---
${HEAD} Fleet
metadata: { name: caller }
spec:
  agent: { image: ${IMAGE} }
  accepts: { call: {} }
  talksTo: { worker: {} }
---
${HEAD} Fleet
metadata: { name: alone }
spec:
  agent: { image: ${IMAGE} }
  accepts: { call: {} }
---
${HEAD} Route
metadata: { name: work }
spec: { match: { task: work }, to: { worker: 100 } }
---
${HEAD} Route
metadata: { name: call }
spec: { match: { task: call }, to: { caller: 100 } }
`,
};

const CHANGES: Readonly<Record<string, Change>> = {
  'Environment.spec.people.keys': ['keys: https://login', 'keys: https://in'],
  'Environment.spec.platform.istio': ['istio: "1.28", mesh', 'istio: "1.29", mesh'],
  'Environment.spec.platform.kubernetes': ['"1.33", istio: "1.28", mesh', '"1.34", istio: "1.28", mesh'],
  'Environment.spec.platform.mesh': ['mesh: sidecar', 'mesh: ambient'],
  'Environment.spec.platform.nodeLocalDns': ['nodeLocalDns: false', 'nodeLocalDns: true'],
  'Environment.spec.platform.revision': ['revision: stable', 'revision: canary'],
  'Environment.spec.scheduler.mirror': ['mirror: none', 'mirror: peer'],
  'Environment.spec.trustDomain': ['trustDomain: prod.acme', 'trustDomain: other.acme'],
  'Fleet.metadata.labels.*': ['tier: core', 'tier: edge'],
  'Fleet.metadata.name': ['metadata: { name: alone }', 'metadata: { name: lonely }'],
  'Fleet.spec.accepts.*.effects': ['heartbeat: 24s }', 'heartbeat: 24s }, effects: external'],
  'Fleet.spec.accepts.*.timeouts.heartbeat': ['heartbeat: 24s', 'heartbeat: 12s'],
  'Fleet.spec.accepts.*.timeouts.run': ['run: 20m', 'run: 40m'],
  'Fleet.spec.agent.delivery': ['delivery: push', 'delivery: pull'],
  'Fleet.spec.agent.ports.http': ['http: 8081', 'http: 8082'],
  'Fleet.spec.agent.ports.metrics': ['metrics: 9465', 'metrics: 9466'],
  'Fleet.spec.agent.slots': ['slots: 3', 'slots: 4'],
  'Fleet.spec.egress.*.port': ['port: 9443', 'port: 22'],
  'Fleet.spec.observe.logs': ['logs: info', 'logs: error'],
  'Fleet.spec.observe.traces': ['traces: 30%', 'traces: 31%'],
  'Fleet.spec.providers[]': ['providers: [vendor-s]', 'providers: [vendor-a]'],
  'Fleet.spec.rollout.strategy': [
    'strategy: canary, split: mesh, steps: [{ weight: 10%, hold: 5m }]',
    'strategy: rolling',
  ],
  'Fleet.spec.scale.max': ['max: 8', 'max: 9'],
  'Provider.spec.breaker.errors': ['errors: 4', 'errors: 6'],
  'Provider.spec.breaker.openFor': ['openFor: 20s', 'openFor: 40s'],
  'Provider.spec.endpoint': ['https://api.vendor-s.acme', 'https://api2.vendor-s.acme'],
  'Provider.spec.limits.concurrent': ['concurrent: 40', 'concurrent: 50'],
  'Team.spec.submitters[]': ['shop/checkout', 'shop/cart'],
  'ToolServer.spec.url': ['https://tickets.acme', 'https://desk.acme'],
};

/** What only an ambient mesh can show, in a fleet that it can run. */
const AMBIENT: Readonly<Record<string, string>> = {
  ...SPEC,
  ...environment('ambient'),
  'spec/teams/engineering/agents.yaml': (SPEC['spec/teams/engineering/agents.yaml'] ?? '').replace(
    'strategy: canary, split: mesh, steps: [{ weight: 10%, hold: 5m }]',
    'strategy: rolling',
  ),
};
/** The canary of the company above needs a push fleet. */
const ONLY_AMBIENT = ['Fleet.spec.agent.ports.metrics', 'Fleet.spec.agent.delivery'];
const MODE = 'Environment.spec.platform.mesh';

const emitted = (spec: Readonly<Record<string, string>>, change?: Change) =>
  emittedText(['istio', 'istio-shared'], spec, change);
const sidecar = emitted(SPEC);
const ambient = emitted(AMBIENT);

test('every field that names this emitter as its consumer has a change here', () => {
  expect(Object.keys(CHANGES).sort()).toEqual(fieldsOf('istio'));
});

test.each(Object.entries(CHANGES).filter(([field]) => field !== MODE && !ONLY_AMBIENT.includes(field)))(
  '%s changes the objects',
  async (_, change) => {
    const changed = await emitted(SPEC, change);
    expect(changed).toContain('kind: Sidecar');
    expect(changed).not.toBe(await sidecar);
  },
);

test.each(ONLY_AMBIENT)('%s changes the objects of an ambient mesh', async (field) => {
  const changed = await emitted(AMBIENT, CHANGES[field]);
  expect(changed).toContain('kind: HTTPRoute');
  expect(changed).not.toBe(await ambient);
});

test('the mode of the mesh decides which objects there are', async () => {
  expect(await ambient).not.toMatch(/kind: (Sidecar|VirtualService)/);
  expect(await sidecar).not.toMatch(/kind: HTTPRoute|istio-waypoint/);
});

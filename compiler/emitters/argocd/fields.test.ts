import { expect, test } from 'vitest';
import { emittedText, fieldsOf } from '../testing/field-changes.ts';
import type { Change } from '../testing/field-changes.ts';

const HEAD = 'apiVersion: nova-torch.dev/v1\nkind:';
const IMAGE = 'ghcr.io/acme/a@sha256:5555555555555555555555555555555555555555555555555555555555555555';

const SPEC: Readonly<Record<string, string>> = {
  'spec/company.yaml': `${HEAD} Company
metadata: { name: acme }
spec:
  environments: [dev, prod]
  teams: { engineering: {}, research: {} }
  repository: { url: https://git.acme.example/fleets, branch: stable }
  freeze:
    year-end: { from: 2026-12-19T00:00Z, to: 2027-01-04T06:00Z, environments: [prod], reason: Few are here }
`,
  'spec/environments/prod.yaml': `${HEAD} Environment
metadata: { name: prod }
spec:
  cluster: { server: https://prod.k8s.acme.example }
  platform:
    { kubernetes: "1.33", istio: "1.28", mesh: sidecar, revision: stable, nodeLocalDns: false, storageClass: fast }
  trustDomain: prod.acme.example
  secrets: { engine: vault, delivery: vso, address: https://secrets.acme.example, mount: cluster, platform: kv/own }
  observability:
    prometheus: https://prometheus.acme.example
    elasticsearch: https://logs.acme.example
    grafanaFolder: Agents
    grafanaOutput: operator
`,
  'spec/teams/engineering/team.yaml': `${HEAD} Team
metadata: { name: engineering }
spec:
  description: Mends and ships
  owners: [acme/menders]
  oncall: mending
  secretPrefixes: [kv/engineering]
  egress: [api.github.com, api.vendor-a.example, mcp.acme.example]
  exports: { code-fixer: { routes: [research] } }
`,
  'spec/teams/engineering/agents.yaml': `${HEAD} Route
metadata: { name: work }
spec: { match: { task: work }, to: { worker: 100 } }
---
${HEAD} Fleet
metadata: { name: worker }
spec:
  agent: { image: "${IMAGE}" }
  accepts: { work: {} }
  secrets:
    KEPT: { path: kv/engineering/kept, field: key }
    USER: { path: kv/engineering/lent, field: username, lease: 2h }
---
${HEAD} Fleet
metadata: { name: helper }
spec:
  agent: { image: "${IMAGE}" }
  accepts: { help: {} }
  secrets:
    USER: { path: kv/engineering/lent, field: username, lease: 1h }
    OTHER: { path: kv/engineering/first, field: username, lease: 30m }
---
${HEAD} Route
metadata: { name: help }
spec: { match: { task: help }, to: { helper: 100 } }
`,
};

const CHANGES: Readonly<Record<string, Change>> = {
  'Company.metadata.name': ['kind: Company\nmetadata: { name: acme }', 'kind: Company\nmetadata: { name: umbrella }'],
  'Company.spec.environments[]': ['[dev, prod]', '[prod, dev]'],
  'Company.spec.repository.url': ['git.acme.example/fleets', 'git.acme.example/agents'],
  'Company.spec.repository.branch': ['branch: stable', 'branch: next'],
  'Company.spec.freeze.*.from': ['from: 2026-12-19', 'from: 2026-12-18'],
  'Company.spec.freeze.*.to': ['to: 2027-01-04', 'to: 2027-01-05'],
  'Company.spec.freeze.*.environments[]': ['environments: [prod], reason', 'environments: [dev], reason'],
  'Company.spec.freeze.*.reason': ['Few are here', 'Nobody is here'],
  'Environment.spec.cluster.server': ['https://prod.k8s', 'https://other.k8s'],
  'Environment.spec.platform.kubernetes': ['kubernetes: "1.33", istio', 'kubernetes: "1.34", istio'],
  'Environment.spec.platform.istio': ['istio: "1.28", mesh', 'istio: "1.29", mesh'],
  'Environment.spec.platform.mesh': ['mesh: sidecar', 'mesh: ambient'],
  'Environment.spec.platform.revision': ['revision: stable', 'revision: next'],
  'Environment.spec.platform.nodeLocalDns': ['nodeLocalDns: false', 'nodeLocalDns: true'],
  'Environment.spec.platform.storageClass': ['storageClass: fast', 'storageClass: slow'],
  'Environment.spec.trustDomain': ['trustDomain: prod', 'trustDomain: other'],
  'Environment.spec.secrets.engine': ['engine: vault, delivery', 'engine: openbao, delivery'],
  'Environment.spec.secrets.delivery': ['delivery: vso, address', 'delivery: eso, address'],
  'Environment.spec.secrets.address': ['secrets.acme.example', 'others.acme.example'],
  'Environment.spec.secrets.mount': ['mount: cluster', 'mount: other'],
  'Environment.spec.secrets.platform': ['platform: kv/own', 'platform: kv/other'],
  'Fleet.spec.secrets.*.lease': ['lease: 2h', 'lease: 3h'],
  'Environment.spec.observability.prometheus': ['https://prometheus.acme', 'https://metrics.acme'],
  'Environment.spec.observability.elasticsearch': ['https://logs.acme', 'https://search.acme'],
  'Environment.spec.observability.grafanaFolder': ['grafanaFolder: Agents', 'grafanaFolder: Robots'],
  'Environment.spec.observability.grafanaOutput': ['grafanaOutput: operator', 'grafanaOutput: config-map'],
  'Team.spec.description': ['Mends and ships', 'Ships and mends'],
  'Team.spec.owners[]': ['acme/menders', 'acme/shippers'],
  'Team.spec.oncall': ['oncall: mending', 'oncall: shipping'],
  'Fleet.metadata.name': [
    `to: { worker: 100 } }\n---\n${HEAD} Fleet\nmetadata: { name: worker }`,
    `to: { smith: 100 } }\n---\n${HEAD} Fleet\nmetadata: { name: smith }`,
  ],
};

const emitted = (change?: Change) => emittedText(['argocd'], SPEC, change);
const unchanged = emitted();

test('every field that names this emitter as its consumer has a change here', () => {
  expect(Object.keys(CHANGES).sort()).toEqual(fieldsOf('argocd'));
});

test.each(Object.entries(CHANGES))('%s changes the objects', async (_, change) => {
  const changed = await emitted(change);
  expect(changed).toContain('kind: ApplicationSet');
  expect(changed).not.toBe(await unchanged);
});

test('a company without a repository gets no objects for Argo CD', async () => {
  expect(await emitted(['  repository: { url: https://git.acme.example/fleets, branch: stable }\n', ''])).toBe('');
});

test('what secrets engines must make is named once, for as long as the fleet that holds it longest', async () => {
  const needs = (await emittedText(['argocd'], SPEC)).split('\n').filter((line) => line.includes('secrets engine'));
  expect(needs).toEqual([
    '   - A secrets engine makes credentials at `kv/engineering/first`, with `default_ttl: 30m` and `max_ttl: 30m`.',
    '   - A secrets engine makes credentials at `kv/engineering/lent`, with `default_ttl: 2h` and `max_ttl: 2h`.',
  ]);
});

test('where changes are promoted into nothing is taken away unasked but what was revoked', async () => {
  const text = await unchanged;
  const pruning = [...text.matchAll(/project: \S+|prune: \w+/g)].map(([found]) => found);
  expect(pruning.join('\n')).toBe(`project: nova-torch--root--prod
prune: false
project: nova-torch--platform--prod
prune: false
project: nova-torch--guards--prod
prune: true
project: prod--engineering
prune: false
project: prod--research
prune: false`);
  expect(text).not.toContain('applicationsSync: sync\n');
});

test('no project is chosen by a template, and nobody may sync what the repository does not say', async () => {
  const text = await unchanged;
  expect(text).not.toMatch(/project: .*\{\{/);
  expect(text.match(/operator, applications, override, \S+, deny/g)).toHaveLength(2);
  expect(text).not.toMatch(/applications, \*|, \*, (?:allow|deny)/);
});

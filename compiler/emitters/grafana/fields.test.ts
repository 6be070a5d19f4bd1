import { expect, test } from 'vitest';
import { emittedText, fieldsOf } from '../testing/field-changes.ts';
import type { Change } from '../testing/field-changes.ts';

const HEAD = 'apiVersion: nova-torch.dev/v1\nkind:';
const SPEC: Readonly<Record<string, string>> = {
  'spec/company.yaml': `${HEAD} Company
metadata: { name: acme }
spec:
  description: Makes anvils
  environments: [dev, prod]
  teams: { engineering: { weight: 2 }, research: { weight: 1 } }
`,
  'spec/environments/prod.yaml': `${HEAD} Environment
metadata: { name: prod }
spec:
  description: Customers are here
  cluster: { server: https://prod.k8s.acme.example }
  platform: { kubernetes: "1.34", istio: "1.28" }
  trustDomain: trust.acme.example
  secrets: { address: https://secrets.acme.example }
  scheduler: { journal: 20Gi, mirror: none }
  observability: { prometheus: https://prometheus.acme.example, grafanaFolder: Agents, grafanaOutput: operator }
`,
  'spec/providers/brain.yaml': `${HEAD} Provider
metadata: { name: brain }
spec: { description: Thinks, endpoint: "https://brain.example.com" }
`,
  'spec/tools/search.yaml': `${HEAD} ToolServer
metadata: { name: search }
spec: { description: Looks things up, url: "https://search.example.com/mcp", tools: [find] }
`,
  'spec/teams/engineering/team.yaml': `${HEAD} Team
metadata: { name: engineering }
spec:
  owners: [acme/makers]
  oncall: makers-oncall
  egress: [api.github.com]
  secretPrefixes: [kv/engineering]
  exports: { code-fixer: { routes: [research], calls: [research] } }
`,
  'spec/teams/engineering/agents.yaml': `${HEAD} Fleet
metadata: { name: worker }
spec:
  description: Repairs what is broken
  role: worker
  agent:
    image: ghcr.io/acme/a@sha256:5555555555555555555555555555555555555555555555555555555555555555
    build: "7.1"
  accepts: { work: { timeouts: { queue: 11m, run: 7m } } }
  scale: { min: 2, max: 8, target: { queueWait: 20s } }
  slo: { success: 99.4%, assign: p99 < 50ms, queueWait: p95 < 30s, run: p95 < 2m }
---
${HEAD} Route
metadata: { name: work }
spec: { description: Everything, match: { task: work }, to: { worker: 100 } }
---
${HEAD} Schedule
metadata: { name: nightly }
spec: { description: Cleans up, cron: "0 3 * * *", task: work }
`,
};

const CHANGES: Readonly<Record<string, Change>> = {
  'Company.spec.description': ['Makes anvils', 'Makes hammers'],
  'Environment.spec.description': ['Customers are here', 'Nobody is here'],
  'Environment.spec.observability.grafanaFolder': ['grafanaFolder: Agents', 'grafanaFolder: Fleets'],
  'Environment.spec.observability.grafanaOutput': ['grafanaOutput: operator', 'grafanaOutput: config-map'],
  'Environment.spec.scheduler.journal': ['journal: 20Gi', 'journal: 30Gi'],
  'Environment.spec.scheduler.mirror': ['mirror: none', 'mirror: peer'],
  'Fleet.spec.accepts.*.timeouts.queue': ['queue: 11m', 'queue: 12m'],
  'Fleet.spec.accepts.*.timeouts.run': ['run: 7m', 'run: 8m'],
  'Fleet.spec.agent.build': ['"7.1"', '"7.2"'],
  'Fleet.spec.description': ['Repairs what is broken', 'Breaks what is whole'],
  'Fleet.spec.role': ['role: worker', 'role: critic'],
  'Fleet.spec.scale.max': ['max: 8', 'max: 9'],
  'Fleet.spec.scale.min': ['min: 2, max: 8', 'min: 3, max: 8'],
  'Fleet.spec.scale.target.queueWait': ['queueWait: 20s', 'queueWait: 25s'],
  'Fleet.spec.slo.assign': ['p99 < 50ms', 'p99 < 100ms'],
  'Fleet.spec.slo.queueWait': ['p95 < 30s', 'p95 < 1m'],
  'Fleet.spec.slo.run': ['p95 < 2m', 'p95 < 5m'],
  'Fleet.spec.slo.success': ['99.4%', '99%'],
  'Provider.spec.description': ['description: Thinks', 'description: Dreams'],
  'Route.spec.description': ['description: Everything', 'description: Something'],
  'Schedule.spec.description': ['description: Cleans up', 'description: Makes a mess'],
  'Team.spec.oncall': ['makers-oncall', 'others-oncall'],
  'Team.spec.owners[]': ['acme/makers', 'acme/others'],
  'ToolServer.spec.description': ['Looks things up', 'Reads things out'],
};

const emitted = (change?: Change) => emittedText(['grafana', 'platform-dashboards'], SPEC, change);
const unchanged = emitted();

test('every field that names this emitter as its consumer has a change here', () => {
  expect(Object.keys(CHANGES).sort()).toEqual(fieldsOf('grafana'));
});

test.each(Object.entries(CHANGES))('%s changes the dashboards', async (_, change) => {
  const changed = await emitted(change);
  expect(changed).toContain('nova--fleet--engineering--worker');
  expect(changed).not.toBe(await unchanged);
});

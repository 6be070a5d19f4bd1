import type { SourceFile } from '../../spec/contract/source.ts';

const HEAD = 'apiVersion: nova-torch.dev/v1\nkind:';
const IMAGE = 'ghcr.io/acme/a@sha256:5555555555555555555555555555555555555555555555555555555555555555';

/** A company that uses every free text field, and `text` gives each of them. */
export function companyWith(text: (field: string) => string): readonly SourceFile[] {
  const say = (field: string): string => JSON.stringify(text(field));
  const condition = (field: string): string => JSON.stringify(`labels.who == ${quoted(text(field))}`);
  const file = (path: string, body: string): SourceFile => ({ path: `spec/${path}`, text: `${HEAD} ${body}` });
  return [
    file(
      'company.yaml',
      `Company
metadata: { name: acme }
spec:
  description: ${say('Company.description')}
  environments: [prod]
  teams: { shop: {} }
  repository: { url: https://git.acme.example/agents }
  freeze:
    fair: { from: 2027-03-08T00:00Z, to: 2027-03-13T00:00Z, environments: [prod], reason: ${say('Company.freeze.*.reason')} }
`,
    ),
    file(
      'environments/prod.yaml',
      `Environment
metadata: { name: prod }
spec:
  description: ${say('Environment.description')}
  cluster: { server: https://prod.acme.example }
  platform: { kubernetes: '1.33', istio: '1.29', storageClass: fast }
  trustDomain: acme.example
  secrets: { address: https://vault.acme.example }
  observability: { prometheus: https://prometheus.acme.example, elasticsearch: https://logs.acme.example }
`,
    ),
    file(
      'shared.yaml',
      `Provider
metadata: { name: vendor }
spec: { description: ${say('Provider.description')}, endpoint: https://api.vendor.example }
---
${HEAD} ToolServer
metadata: { name: web }
spec: { description: ${say('ToolServer.description')}, url: https://web.acme.example, tools: [get] }
`,
    ),
    file(
      'teams/shop/team.yaml',
      `Team
metadata: { name: shop }
spec:
  description: ${say('Team.description')}
  owners: [acme/shop]
  egress: [api.vendor.example, web.acme.example]
  secretPrefixes: [kv/shop]
`,
    ),
    file(
      'teams/shop/clerk.yaml',
      `Fleet
metadata: { name: clerk }
spec:
  description: ${say('Fleet.description')}
  agent:
    image: ${IMAGE}
    args: [${say('Fleet.agent.args[]')}]
    env: { GREETING: ${say('Fleet.agent.env.*')} }
  accepts: { order: {} }
  providers: [vendor]
  tools: { web: { allow: [get] } }
  secrets:
    KEY: { path: kv/shop/key, field: value, mount: env }
    USER: { path: kv/shop/made, field: username, lease: 1h }
  flags:
    tone:
      description: ${say('Fleet.flags.*.description')}
      owner: acme/shop
      expires: 2027-06-30
      variants: { warm: ${say('Fleet.flags.*.variants.*')}, cold: plain }
      default: cold
      rules: [{ where: ${condition('Fleet.flags.*.rules[].where')}, serve: warm }]
`,
    ),
    file(
      'teams/shop/routes.yaml',
      `Route
metadata: { name: orders }
spec:
  description: ${say('Route.description')}
  match:
    task: order
    labels: { channel: ${say('Route.match.labels.*')} }
    where: ${condition('Route.match.where')}
  to: { clerk: 100 }
  priority: { when: [{ if: ${condition('Route.priority.when[].if')}, then: high }] }
  fairness: { key: tenant, weights: { ${say('Route.fairness.weights.<key>')}: 2 } }
  dedupe: { key: ${JSON.stringify(`{input.id} ${text('Route.dedupe.key').replace(/[{}]/g, '')}`)}, window: 1h }
---
${HEAD} Route
metadata: { name: others }
spec:
  match: { task: order }
  precedence: 100
  to: { clerk: 100 }
  expect:
    - task: { task: order, tenant: ${say('Route.expect[].task.tenant')}, labels: { who: ${say('Route.expect[].task.labels.*')} } }
      goesTo: [clerk]
---
${HEAD} Schedule
metadata: { name: nightly }
spec:
  description: ${say('Schedule.description')}
  cron: 0 3 * * *
  task: order
  labels: { by: ${say('Schedule.labels.*')} }
---
${HEAD} Patch
metadata: { name: ready }
spec:
  fleet: clerk
  target: { kind: Deployment }
  owner: acme/shop
  reason: ${say('Patch.reason')}
  expires: 2026-12-30
  operations:
    - { op: add, path: /spec/template/metadata/annotations/note, value: ${say('Patch.operations[].value')} }
`,
    ),
  ];
}

/** A text as a condition writes it. */
function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

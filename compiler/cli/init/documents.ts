/** The spec of a new repository: one team with one fleet and one route, in three environments. */
export function documents(company: string): readonly (readonly [path: string, text: string])[] {
  return [
    ...companyDocuments(company, 'support', ({ isProd }) => ({ ticket_triage: isProd ? '120/h' : '20/h' })),
    ['spec/teams/support/team.yaml', teamDocument(company, 'support', { cpu: '8', memory: '16Gi', pods: 40 })],
    ['spec/teams/support/triage.yaml', fleet(company)],
    ['spec/teams/support/routes.yaml', route()],
    ['spec/teams/support/schemas/triage.input.json', json(inputSchema)],
    ['spec/teams/support/schemas/triage.output.json', json(outputSchema)],
  ];
}

const ENVIRONMENTS = [
  ['dev', 'Where changes are tried first.'],
  ['staging', 'The rehearsal: shaped like production.'],
  ['prod', 'Where the work is done.'],
] as const;

/** A company with one team and three environments. `arrivals`: how many tasks of each type are expected there. */
export function companyDocuments(
  company: string,
  team: string,
  arrivals: (environment: { readonly isProd: boolean }) => Readonly<Record<string, string>>,
): readonly (readonly [path: string, text: string])[] {
  return [
    ['spec/company.yaml', companyDocument(company, team)],
    ...ENVIRONMENTS.map(
      ([name, description]) =>
        [
          `spec/environments/${name}.yaml`,
          environment(company, name, description, arrivals({ isProd: name === 'prod' })),
        ] as const,
    ),
  ];
}

/** The line editors complete from. */
export function hint(depth: number): string {
  return `# yaml-language-server: $schema=${'../'.repeat(depth)}nova-torch.schema.json`;
}

/** A name that a YAML reader would take for something else stands in quotes. */
function asText(name: string): string {
  return /^(true|false|yes|no|on|off|y|n|null)$/.test(name) ? `"${name}"` : name;
}

function companyDocument(company: string, team: string): string {
  return `${hint(1)}
apiVersion: nova-torch.dev/v1
kind: Company
metadata:
  name: ${asText(company)}
spec:
  # In the order in which changes are promoted.
  environments: [dev, staging, prod]
  # Every team, and its share of a busy scheduler.
  teams:
    ${asText(team)}:
      weight: 1
`;
}

function environment(
  company: string,
  name: string,
  description: string,
  arrivals: Readonly<Record<string, string>>,
): string {
  const expected = Object.entries(arrivals).map(([task, rate]) => `    ${task}: ${rate}\n`);
  return `${hint(2)}
apiVersion: nova-torch.dev/v1
kind: Environment
metadata:
  name: ${name}
spec:
  description: "${description}"
  cluster:
    server: https://${name}.k8s.${company}.example
  platform:
    kubernetes: "1.33"
    istio: "1.29"
  trustDomain: cluster.local
  # How many tasks are expected; capacity is checked against it.
  arrivals:
${expected.join('')}`;
}

export interface Quota {
  readonly cpu: string;
  readonly memory: string;
  readonly pods: number;
}

export function teamDocument(company: string, team: string, { cpu, memory, pods }: Quota): string {
  return `${hint(3)}
apiVersion: nova-torch.dev/v1
kind: Team
metadata:
  name: ${asText(team)}
spec:
  owners: [${company}/${team}]
  oncall: ${team}-oncall
  quota:
    cpu: "${cpu}"
    memory: ${memory}
    pods: ${pods}
`;
}

function fleet(company: string): string {
  return `${hint(3)}
apiVersion: nova-torch.dev/v1
kind: Fleet
metadata:
  name: triage
spec:
  description: Reads a new ticket and decides who should answer it.
  agent:
    image: ghcr.io/${company}/triage:1.0.0
    slots: 2
  skills:
    triage: 3
  accepts:
    ticket_triage:
      input: schemas/triage.input.json
      output: schemas/triage.output.json
      effects: none
  scale:
    min: 1
    max: 3
# What is different elsewhere.
environments:
  prod:
    scale:
      min: 2
      max: 6
`;
}

function route(): string {
  return `${hint(3)}
apiVersion: nova-torch.dev/v1
kind: Route
metadata:
  name: triage
spec:
  match:
    task: ticket_triage
  require:
    skills:
      triage: 2
  to:
    triage: 100
  # Checked on every compile, with the scheduler's own matcher.
  expect:
    - task:
        task: ticket_triage
        input:
          subject: I cannot sign in
          language: en
      goesTo: [triage]
`;
}

const inputSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Ticket',
  type: 'object',
  required: ['subject'],
  properties: {
    subject: { type: 'string', minLength: 1, maxLength: 300 },
    language: { type: 'string', enum: ['en', 'de'] },
  },
  additionalProperties: false,
};

const outputSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Decision',
  type: 'object',
  required: ['queue'],
  properties: {
    queue: { type: 'string', enum: ['billing', 'technical', 'other'] },
    confidence: { type: 'number', minimum: 0, maximum: 1 },
  },
  additionalProperties: false,
};

export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

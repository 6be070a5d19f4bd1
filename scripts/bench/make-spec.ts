import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Fleets of one team; a file and a route for each. */
const FLEETS_PER_TEAM = 20;

/**
 * Writes a spec of `count` fleets and one environment below `root`: pull and push fleets, some with memory, each with a
 * task type of its own, a route, secrets and egress. The same count gives the same files.
 */
export function makeSpec(root: string, count: number): void {
  const teams = Array.from({ length: Math.ceil(count / FLEETS_PER_TEAM) }, (_, number) => `team-${number}`);
  write(root, 'spec/company.yaml', company(teams));
  write(root, 'spec/environments/prod.yaml', ENVIRONMENT);
  for (const [number, team] of teams.entries()) {
    write(root, `spec/teams/${team}/team.yaml`, teamFile(team));
    const fleets = Math.min(FLEETS_PER_TEAM, count - number * FLEETS_PER_TEAM);
    for (let index = 0; index < fleets; index++) {
      write(root, `spec/teams/${team}/${fleetName(index)}.yaml`, fleetFile(team, number, index));
    }
  }
}

/** The file of the fleet that a benchmark changes, and what it changes it to. */
export function changeOneFleet(root: string, slots: number): void {
  write(root, 'spec/teams/team-0/fleet-a0.yaml', fleetFile('team-0', 0, 0, slots));
}

function fleetName(index: number): string {
  return `fleet-a${index}`;
}

function write(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function company(teams: readonly string[]): string {
  return `apiVersion: nova-torch.dev/v1
kind: Company
metadata:
  name: acme
spec:
  environments: [prod]
  teams:
${teams.map((team) => `    ${team}: { weight: 1 }\n`).join('')}`;
}

const ENVIRONMENT = `apiVersion: nova-torch.dev/v1
kind: Environment
metadata:
  name: prod
spec:
  cluster:
    server: https://prod.k8s.acme.example
  platform:
    kubernetes: '1.33'
    istio: '1.29'
  trustDomain: prod.acme.example
  secrets:
    engine: vault
    delivery: vso
    address: https://vault.acme.example:8200
    mount: kv
  observability:
    prometheus: https://prometheus.acme.example
`;

function teamFile(team: string): string {
  return `apiVersion: nova-torch.dev/v1
kind: Team
metadata:
  name: ${team}
spec:
  owners: [acme/${team}]
  oncall: ${team}-oncall
  quota: { cpu: "4000", memory: 8000Gi, storage: 8000Gi, pods: 4000 }
  egress: [api.example.com]
  secretPrefixes: [kv/${team}]
`;
}

function fleetFile(team: string, number: number, index: number, slots = 4): string {
  const name = fleetName(index);
  const task = `work_${number}_${index}`;
  const push = index % 5 === 1;
  const memory = index % 5 === 2 ? '  memory: { size: 10Gi, keep: always }\n' : '';
  return `apiVersion: nova-torch.dev/v1
kind: Fleet
metadata:
  name: ${name}
spec:
  description: Fleet ${index} of ${team}
  role: worker
  agent:
    image: ghcr.io/acme/${name}@sha256:${'0123456789abcdef'.repeat(4)}
    delivery: ${push ? 'push' : 'pull'}
    slots: ${slots}
    resources: { cpu: 500m, memory: 1Gi, ephemeral: 1Gi }
    env: { MODE: fast, LOCALE: en }
  skills: { summarise: 3, lang-en: 4 }
  accepts:
    ${task}:
      timeouts: { queue: 10m, run: 5m, heartbeat: 30s }
      effects: idempotent
${memory}  secrets:
    MODEL_KEY: { path: kv/${team}/${name}, field: model_key }
  egress:
    api.example.com: {}
  scale: { min: 2, max: 10 }
---
apiVersion: nova-torch.dev/v1
kind: Route
metadata:
  name: route-${name}
spec:
  match: { task: ${task} }
  require: { skills: { summarise: 2 } }
  to: { ${name}: 1 }
`;
}

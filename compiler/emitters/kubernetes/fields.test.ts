import { expect, test } from 'vitest';
import { CONSUMERS } from '../../../spec/contract/consumers.ts';
import { compile } from '../../compile.ts';
import { printText } from '../../diagnostics/print-text.ts';
import { caseFiles } from '../../diagnostics/testing/case-files.ts';
import { CASE_DAY } from '../../diagnostics/testing/problems-of.ts';
import { stages } from '../../stages.ts';

const HEAD = 'apiVersion: nova-torch.dev/v1\nkind:';
const IMAGE = 'ghcr.io/acme/agent@sha256:5555555555555555555555555555555555555555555555555555555555555555';

/** A company in which every field that the emitter reads is written. */
const SPEC: Readonly<Record<string, string>> = {
  'spec/environments/prod.yaml': `${HEAD} Environment
metadata: { name: prod }
spec:
  cluster: { server: https://prod.k8s.acme.example }
  platform:
    { kubernetes: "1.33", istio: "1.28", mesh: sidecar, revision: stable, nodeLocalDns: false, storageClass: usual }
  trustDomain: prod.acme.example
`,
  'spec/teams/engineering/agents.yaml': `${HEAD} Fleet
metadata: { name: worker, labels: { tier: core } }
spec:
  description: works
  role: developer
  agent:
    image: ${IMAGE}
    build: one
    delivery: pull
    slots: 2
    resources: { cpu: 250m, memory: 512Mi, ephemeral: 512Mi }
    ports: { http: 8080, metrics: 9464 }
    args: [run]
    env: { MODE: fast }
    prompt: prompts/code-fixer.md
  accepts: { work: {} }
  secrets: { KEY: { path: kv/engineering/key, field: key, mount: file } }
  egress: { api.github.com: { port: 443 } }
  providers: [vendor-a]
  tools: { github: { allow: [get_file] } }
  scale: { min: 2, max: 4 }
  rollout: { strategy: rolling, drain: 20m }
  observe: { logs: warn }
---
${HEAD} Fleet
metadata: { name: keeper }
spec:
  agent: { image: ${IMAGE} }
  accepts: { keep: {} }
  memory: { size: 10Gi, class: fast, path: /data, keep: always }
  scale: { min: 4, max: 4 }
  rollout: { strategy: canary, steps: [{ weight: 25%, hold: 5m }], underway: { from: old, step: 0 } }
---
${HEAD} Fleet
metadata: { name: plain }
spec:
  agent: { image: ${IMAGE} }
  accepts: { plain: {} }
  memory: { size: 10Gi }
---
${HEAD} Fleet
metadata: { name: alone }
spec:
  agent: { image: ${IMAGE} }
  accepts: { plain: {} }
---
${HEAD} Route
metadata: { name: work }
spec: { match: { task: work }, to: { worker: 100 } }
---
${HEAD} Route
metadata: { name: keep }
spec: { match: { task: keep }, to: { keeper: 100 } }
---
${HEAD} Route
metadata: { name: plain }
spec: { match: { task: plain }, to: { plain: 100 } }
---
${HEAD} Patch
metadata: { name: history }
spec:
  fleet: keeper
  environments: [prod]
  target: { kind: StatefulSet, name: keeper }
  owner: acme/engineering
  reason: a long audit
  expires: 2026-12-31
  operations:
    - { op: replace, path: /spec/revisionHistoryLimit, value: 20 }
`,
};

/** Field -> a text that stands once in the company, and what to write instead. */
const CHANGES: Readonly<Record<string, readonly [string, string]>> = {
  'Company.metadata.name': ['kind: Company\nmetadata:\n  name: acme', 'kind: Company\nmetadata:\n  name: other'],
  'Environment.spec.platform.kubernetes': ['"1.33", istio: "1.28", mesh', '"1.34", istio: "1.28", mesh'],
  'Environment.spec.platform.mesh': ['mesh: sidecar', 'mesh: ambient'],
  'Environment.spec.platform.revision': ['revision: stable', 'revision: canary'],
  'Environment.spec.platform.nodeLocalDns': ['nodeLocalDns: false', 'nodeLocalDns: true'],
  'Environment.spec.platform.storageClass': ['storageClass: usual', 'storageClass: other'],
  'Team.spec.owners[]': ['owners: [acme/engineering]', 'owners: [acme/engineering, acme/more]'],
  'Team.spec.oncall': ['oncall: eng-oncall', 'oncall: other-oncall'],
  'Fleet.metadata.name': ['name: alone', 'name: lonely'],
  'Fleet.metadata.labels.*': ['tier: core', 'tier: edge'],
  'Fleet.spec.description': ['description: works', 'description: rests'],
  'Fleet.spec.role': ['role: developer', 'role: tester'],
  'Fleet.spec.agent.image': [`image: ${IMAGE}\n    build`, `image: ${IMAGE.replace('/agent@', '/other@')}\n    build`],
  'Fleet.spec.agent.build': ['build: one', 'build: two'],
  'Fleet.spec.agent.delivery': ['delivery: pull', 'delivery: push'],
  'Fleet.spec.agent.slots': ['pull\n    slots: 2', 'pull\n    slots: 3'],
  'Fleet.spec.agent.resources.cpu': ['cpu: 250m', 'cpu: 300m'],
  'Fleet.spec.agent.resources.memory': ['memory: 512Mi', 'memory: 600Mi'],
  'Fleet.spec.agent.resources.ephemeral': ['ephemeral: 512Mi', 'ephemeral: 600Mi'],
  'Fleet.spec.agent.ports.http': ['http: 8080', 'http: 8090'],
  'Fleet.spec.agent.ports.metrics': ['metrics: 9464', 'metrics: 9100'],
  'Fleet.spec.agent.args[]': ['args: [run]', 'args: [walk]'],
  'Fleet.spec.agent.env.*': ['MODE: fast', 'MODE: slow'],
  'Fleet.spec.agent.prompt': ['    prompt: prompts/code-fixer.md\n  accepts', '  accepts'],
  'Fleet.spec.memory.size': ['size: 10Gi, class', 'size: 20Gi, class'],
  'Fleet.spec.memory.class': ['class: fast', 'class: slow'],
  'Fleet.spec.memory.path': ['path: /data', 'path: /other'],
  'Fleet.spec.memory.keep': ['keep: always', 'keep: while-deployed'],
  'Fleet.spec.secrets.*.mount': ['mount: file', 'mount: env'],
  'Fleet.spec.egress.*.port': ['port: 443', 'port: 8443'],
  'Fleet.spec.tools.*.allow[]': [
    'allow: [get_file] } }\n  scale: { min: 2, max: 4',
    'allow: [get_file, open_pull_request] } }\n  scale: { min: 2, max: 4',
  ],
  'Fleet.spec.scale.min': ['min: 2, max: 4', 'min: 4, max: 4'],
  'Fleet.spec.rollout.strategy': ['strategy: rolling', 'strategy: blue-green'],
  'Fleet.spec.rollout.drain': ['drain: 20m', 'drain: 30m'],
  'Fleet.spec.rollout.underway.step': ['step: 0', 'step: 1'],
  'Fleet.spec.observe.logs': ['logs: warn', 'logs: error'],
  'Provider.spec.endpoint': ['https://api.vendor-a.example', 'https://api.vendor-a.example/v2'],
  'ToolServer.spec.url': ['https://mcp.acme.example', 'https://mcp.acme.example/mcp'],
  'ToolServer.spec.transport': ['  tools: [get_file,', '  transport: sse\n  tools: [get_file,'],
  'Patch.spec.fleet': [
    'fleet: keeper\n  environments: [prod]\n  target: { kind: StatefulSet, name: keeper',
    'fleet: plain\n  environments: [prod]\n  target: { kind: StatefulSet, name: plain',
  ],
  'Patch.spec.environments[]': ['environments: [prod]', 'environments: [dev]'],
  'Patch.spec.target.kind': ['kind: StatefulSet, name: keeper', 'kind: Service, name: keeper'],
  'Patch.spec.target.name': ['kind: StatefulSet, name: keeper', 'kind: StatefulSet, name: other'],
  'Patch.spec.operations[].op': ['op: replace', 'op: test'],
  'Patch.spec.operations[].path': ['path: /spec/revisionHistoryLimit', 'path: /spec/minReadySeconds'],
  'Patch.spec.operations[].value': ['value: 20', 'value: 30'],
};

/** The objects of all fleets in `prod` as text, or the problems that stop them. */
async function output([from, to]: readonly [string, string]): Promise<string> {
  const base = new Map([...caseFiles('base').map(({ path, text }) => [path, text] as const), ...Object.entries(SPEC)]);
  const held = [...base].filter(([, text]) => text.includes(from));
  if (from !== '' && (held.length !== 1 || held[0]?.[1].split(from).length !== 2))
    throw new Error(`${from} is not there once`);
  const files = [...base].map(([path, text]) => ({ path, text: from === '' ? text : text.replace(from, to) }));
  const result = await compile({ files, today: CASE_DAY, environments: ['prod'] }, stages);
  const rendered = result.environments.flatMap(({ units }) => units.flatMap((unit) => unit.files));
  const own = rendered.filter(({ emitter }) => emitter === 'kubernetes').map(({ path, text }) => `${path}\n${text}`);
  return own.length > 0 ? own.join('\n') : printText(result.diagnostics, files);
}

const unchanged = output(['', '']);
const STOPPED: ReadonlySet<string> = new Set([
  'Patch.spec.operations[].op',
  'Patch.spec.target.kind',
  'Patch.spec.target.name',
]);

test('every field that names this emitter as its consumer has a change here', () => {
  const named = Object.keys(CONSUMERS).filter((field) => CONSUMERS[field]?.includes('emitter:kubernetes'));
  expect(Object.keys(CHANGES).sort()).toEqual(named.sort());
});

test('the company of this test compiles', async () => {
  expect(await unchanged).toContain('kind: StatefulSet');
});

test.each(Object.entries(CHANGES).filter(([field]) => !STOPPED.has(field)))(
  '%s changes the objects',
  async (_, change) => {
    const changed = await output(change);
    expect(changed).toContain('kind: StatefulSet');
    expect(changed).not.toBe(await unchanged);
  },
);

test.each([
  ['Patch.spec.operations[].op', 'error[NT3053]'],
  ['Patch.spec.target.kind', 'error[NT3053]'],
  ['Patch.spec.target.name', 'error[NT3052]'],
])('%s decides what is patched', async (field, problem) => {
  expect(await output(CHANGES[field] ?? ['', ''])).toContain(problem);
});

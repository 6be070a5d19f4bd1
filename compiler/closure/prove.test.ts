import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../spec/contract/source.ts';
import { checkSpec } from '../compile.ts';
import type { Artifact, Manifest } from '../core/artifact.ts';
import type { EnvironmentModel } from '../core/model.ts';
import { namespaces } from '../core/names.ts';
import { caseFiles } from '../diagnostics/testing/case-files.ts';
import { CASE_DAY } from '../diagnostics/testing/problems-of.ts';
import { collector } from '../diagnostics/report.ts';
import { emitters } from '../emitters/index.ts';
import { stages } from '../stages.ts';
import { extractFacts } from './extract.ts';
import type { UnitFacts } from './facts.ts';
import { prove } from './prove.ts';

/** What each emitter makes, loaded once. */
const made = new Map(
  await Promise.all(
    emitters.map(async (one) => [one.name, (await one.load()) as (input: object) => readonly Artifact[]] as const),
  ),
);

/** The base company of the cases, in `prod`, with what its fleets compile to. */
function base(): { environment: EnvironmentModel; units: Map<string, Manifest[]> } {
  const { model } = checkSpec({ files: caseFiles('base'), today: CASE_DAY }, stages);
  const environment = model.environments.find(({ name }) => name === 'prod');
  if (environment === undefined) throw new Error('the base company has no prod');
  const { report } = collector();
  const units = new Map<string, Manifest[]>();
  for (const emitter of [...emitters].sort((a, b) => (a.scope < b.scope ? 1 : -1))) {
    const emit = made.get(emitter.name);
    if (emitter.scope === 'environment') units.set(emitter.name, manifestsOf(emit?.({ environment, report }) ?? []));
    else
      for (const [id, fleet] of environment.fleets) {
        const before = units.get(`teams/${id}`) ?? [];
        units.set(`teams/${id}`, [...before, ...manifestsOf(emit?.({ fleet, report }) ?? [])]);
      }
  }
  return { environment, units };
}

function manifestsOf(artifacts: readonly Artifact[]): Manifest[] {
  return artifacts.flatMap((artifact) => (artifact.kind === 'manifests' ? artifact.manifests : []));
}

/** What the proof says after one object of a unit was changed: code, place and message. */
function problemsAfter(unit: string, kind: string, change: (value: Changeable) => void, name?: string): string[] {
  const { environment, units } = base();
  const manifests = units.get(unit) ?? [];
  const index = manifests.findIndex(({ value }) => isNamed(value, kind, name));
  const target = manifests[index];
  if (target === undefined) throw new Error(`${unit} has no ${kind}`);
  const value = structuredClone(target.value) as Changeable;
  change(value);
  manifests[index] = { ...target, value: value as JsonObject };
  return problemsOf(environment, units);
}

/** A manifest that a test damages: any field may be read and set. */
// oxlint-disable-next-line typescript/no-explicit-any -- damage has no type
type Changeable = any;

function isNamed(value: JsonObject, kind: string, name: string | undefined): boolean {
  const metadata = value['metadata'] as { readonly name: string };
  return value['kind'] === kind && (name === undefined || metadata.name === name);
}

function problemsOf(environment: EnvironmentModel, units: ReadonlyMap<string, readonly Manifest[]>): string[] {
  const { report, diagnostics } = collector();
  const facts = new Map([...units].map(([unit, manifests]) => [unit, extractFacts(manifests) as unknown as Json]));
  prove(environment, facts, report);
  const textOf = new Map(caseFiles('base').map(({ path, text }) => [path, text]));
  return diagnostics.map(
    ({ code, message, at }) => `${code} ${textOf.get(at.file)?.slice(at.start, at.end) ?? ''}: ${message}`,
  );
}

const FIXER = 'teams/engineering/code-fixer';
const NAMESPACE = 'engineering--code-fixer';

test('what the base company compiles to is proven, and the proof looked at it', () => {
  const { environment, units } = base();
  expect(problemsOf(environment, units)).toEqual([]);
  const counted = [...units.values()]
    .map((one) => extractFacts(one))
    .reduce(
      (sum: number[], facts: UnitFacts) =>
        [facts.objects, facts.selectors, facts.references, facts.ports, facts.flows, facts.quotas].map(
          (list, index) => (sum[index] ?? 0) + list.length,
        ),
      [],
    );
  expect(counted.every((count) => count > 2)).toBe(true);
});

test('an object that two units make is found', () => {
  const { environment, units } = base();
  const account = units.get(FIXER)?.find(({ value }) => value['kind'] === 'ServiceAccount');
  if (account !== undefined) units.get('platform')?.push(account);
  expect(problemsOf(environment, units)).toEqual([
    `NT3001 prod: ServiceAccount ${NAMESPACE}/code-fixer would be generated twice: \`${FIXER}\` makes it too`,
  ]);
});

test('a selector that selects nothing is found', () => {
  const problems = problemsAfter(FIXER, 'PodDisruptionBudget', (value) => {
    value.spec.selector.matchLabels['app.kubernetes.io/name'] = 'nobody';
  });
  expect(problems).toEqual([
    `NT3002 code-fixer: PodDisruptionBudget ${NAMESPACE}/code-fixer selects no pod: nothing has ` +
      'app.kubernetes.io/name=nobody,nova-torch.dev/team=engineering (`/spec/selector/matchLabels`)',
  ]);
});

test.each([
  ['serviceAccountName', 'stranger', `ServiceAccount ${NAMESPACE}/stranger`],
  ['priorityClassName', 'urgent', 'PriorityClass urgent'],
])('a pod whose %s does not exist is found', (field, name, missing) => {
  const problems = problemsAfter(FIXER, 'Deployment', (value) => {
    value.spec.template.spec[field] = name;
  });
  expect(problems).toEqual([
    `NT3003 code-fixer: Deployment ${NAMESPACE}/code-fixer refers to ${missing}, which does not exist ` +
      `(\`/spec/template/spec/${field}\`)`,
  ]);
});

test('a mounted Secret that no operator writes is found, and an operator that asks through nobody', () => {
  const unwritten = problemsAfter(FIXER, 'VaultStaticSecret', (value) => {
    value.spec.destination.name = 'elsewhere';
  });
  expect(unwritten).toEqual([
    expect.stringMatching(/^NT3003 .*refers to Secret engineering--code-fixer\/code-fixer--signing-/),
  ]);
  const unconnected = problemsAfter(FIXER, 'VaultAuth', (value) => {
    value.spec.vaultConnectionRef = 'nova-torch-vault/other';
  });
  expect(unconnected).toEqual([expect.stringContaining('refers to VaultConnection nova-torch-vault/other')]);
});

test('volumes, variables and role bindings that name nothing are found', () => {
  const volumes = problemsAfter(FIXER, 'Deployment', (value) => {
    const { volumes: list, containers } = value.spec.template.spec;
    list.find((volume: Changeable) => volume.name === 'prompt').configMap.name = 'gone';
    list.push({ name: 'claim', persistentVolumeClaim: { claimName: 'gone' } });
    containers[0].env.push(
      { name: 'A', valueFrom: { secretKeyRef: { name: 'gone', key: 'a' } } },
      { name: 'B', valueFrom: { configMapKeyRef: { name: 'lost', key: 'b' } } },
    );
  });
  expect(volumes.map((problem) => /refers to (.*), which/.exec(problem)?.[1])).toEqual([
    `ConfigMap ${NAMESPACE}/gone`,
    `PersistentVolumeClaim ${NAMESPACE}/gone`,
    `Secret ${NAMESPACE}/gone`,
    `ConfigMap ${NAMESPACE}/lost`,
  ]);
  const binding = problemsAfter(FIXER, 'RoleBinding', (value) => {
    value.roleRef = { ...value.roleRef, kind: 'Role', name: 'gone' };
  });
  expect(binding.map((problem) => /refers to (.*), which/.exec(problem)?.[1])).toEqual([`Role ${NAMESPACE}/gone`]);
});

test('an experiment on pods that are nowhere, by an account or of a kind that is nowhere, is found', () => {
  const problems = problemsAfter(FIXER, 'ChaosEngine', ({ spec }) => {
    spec.appinfo.applabel = 'app.kubernetes.io/name=gone';
    spec.chaosServiceAccount = 'gone';
    spec.experiments[0].name = 'pod-network-lost';
  });
  expect(problems).toEqual([
    expect.stringContaining('app.kubernetes.io/name=gone'),
    expect.stringContaining('refers to ServiceAccount nova-torch-chaos/gone'),
    expect.stringContaining('refers to ChaosExperiment nova-torch-chaos/pod-network-lost'),
  ]);
  const elsewhere = problemsAfter(FIXER, 'ChaosEngine', ({ spec }) => {
    spec.appinfo.appns = 'engineering--code-reviewer';
  });
  expect(elsewhere).toEqual([expect.stringContaining('app.kubernetes.io/name=code-fixer')]);
});

test('a port that nobody listens on is found', () => {
  const problems = problemsAfter(FIXER, 'Service', (value) => {
    value.spec.ports[0].targetPort = 'grpc';
  });
  expect(problems).toEqual([
    `NT3004 code-fixer: Service ${NAMESPACE}/code-fixer uses port \`grpc\`, which Deployment ${NAMESPACE}/code-fixer ` +
      'does not have (`/spec/ports/0/targetPort`)',
  ]);
});

test('an object in a namespace that nobody makes is found', () => {
  const problems = problemsAfter(FIXER, 'LimitRange', (value) => {
    value.metadata.namespace = 'elsewhere';
  });
  expect(problems).toEqual([
    'NT3005 code-fixer: LimitRange elsewhere/fleet stands in namespace `elsewhere`, which nobody makes',
  ]);
});

test.each([['pods'], ['requests.cpu'], ['requests.memory']])(
  'a quota of %s that does not hold the fleet is found',
  (resource) => {
    const problems = problemsAfter(FIXER, 'ResourceQuota', (value) => {
      value.spec.hard[resource] = resource === 'requests.memory' ? '1Gi' : '1';
    });
    expect(problems).toEqual([
      `NT3006 10: ResourceQuota ${NAMESPACE}/fleet does not hold 13 pods of Deployment ${NAMESPACE}/code-fixer`,
    ]);
  },
);

test('an edge that is closed at one end is found at the place that declares it', () => {
  const callerClosed = problemsAfter(FIXER, 'NetworkPolicy', (value) => (value.spec.egress.length = 1), 'code-fixer');
  expect(callerClosed).toEqual([
    'NT3008 test-writer: the edge from `engineering/code-fixer` to `engineering/test-writer` is not open at the side of `engineering/code-fixer`',
  ]);
  const calledClosed = problemsAfter(
    'teams/engineering/test-writer',
    'NetworkPolicy',
    (value) => (value.spec.ingress = []),
    'test-writer',
  );
  expect(calledClosed).toEqual([
    'NT3008 test-writer: the edge from `engineering/code-fixer` to `engineering/test-writer` is not open at the side of `engineering/test-writer`',
  ]);
});

test('a way between fleets that no spec line declares is found', () => {
  const problems = problemsAfter(
    'teams/research/web-reader',
    'NetworkPolicy',
    (value) =>
      value.spec.egress.push({
        to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': NAMESPACE } } }],
      }),
    'web-reader',
  );
  expect(problems).toEqual([
    'NT3009 web-reader: NetworkPolicy research--web-reader/web-reader lets `research/web-reader` reach `engineering/code-fixer`, which no `talksTo` declares',
  ]);
});

test.each([
  [
    'a rule that names nobody',
    (value: Changeable) => value.spec.egress.push({ ports: [{ port: 443, protocol: 'TCP' }] }),
  ],
  [
    'a block of addresses',
    (value: Changeable) => value.spec.egress.push({ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }),
  ],
  ['every namespace', (value: Changeable) => value.spec.egress.push({ to: [{ namespaceSelector: {} }] })],
])('a policy that opens %s is found', (_, open) => {
  expect(problemsAfter('teams/research/web-reader', 'NetworkPolicy', open, 'web-reader')).toEqual([
    'NT3009 web-reader: NetworkPolicy research--web-reader/web-reader lets `research/web-reader` reach `everybody`, which no `talksTo` declares',
  ]);
});

/** Damage that only the API server would find: kind, change, and the field and reason that are told. */
const REFUSED: readonly (readonly [string, string, (value: Changeable) => void, string])[] = [
  [
    'a budget with both bounds',
    'PodDisruptionBudget',
    (value) => (value.spec.minAvailable = 1),
    '/spec`: `minAvailable` and `maxUnavailable` exclude each other',
  ],
  [
    'an upper-case name',
    'LimitRange',
    (value) => (value.metadata.name = 'Fleet'),
    '/metadata/name`: `Fleet` is not a DNS name',
  ],
  [
    'a long label',
    'LimitRange',
    (value) => (value.metadata.labels.x = 'x'.repeat(64)),
    '/metadata/labels/x`: a label value has at most 63 letters, digits, `-`, `_` and `.`',
  ],
  [
    'a container twice',
    'Deployment',
    (value) => value.spec.template.spec.containers.push(value.spec.template.spec.containers[0]),
    '/spec/template/spec/containers/1/name`: two containers are called `agent`',
  ],
  [
    'a mount without its volume',
    'Deployment',
    (value) => value.spec.template.spec.containers[0].volumeMounts.push({ name: 'gone', mountPath: '/x' }),
    '/spec/template/spec/containers/0/volumeMounts/3`: no volume is called `gone`',
  ],
  [
    'more asked for than allowed',
    'Deployment',
    (value) => (value.spec.template.spec.containers[0].resources.limits.memory = '1Mi'),
    '/spec/template/spec/containers/0/resources/requests/memory`: more is asked for than the limit allows',
  ],
  [
    'a liveness probe of two',
    'Deployment',
    (value) => (value.spec.template.spec.containers[0].livenessProbe.successThreshold = 2),
    '/spec/template/spec/containers/0/livenessProbe/successThreshold`: it must be 1',
  ],
  [
    'a variable with two values',
    'Deployment',
    (value) => (value.spec.template.spec.containers[0].env[0].value = 'x'),
    '/spec/template/spec/containers/0/env/0`: `value` and `valueFrom` exclude each other',
  ],
  [
    'a port out of range',
    'Service',
    (value) => (value.spec.ports[0].port = 70000),
    '/spec/ports/0/port`: ports go from 1 to 65535',
  ],
  [
    'a long port name',
    'Service',
    (value) => (value.spec.ports[0].name = 'much-too-long-a-name'),
    '/spec/ports/0/name`: a port name has at most 15 lower-case letters, digits and hyphens',
  ],
  [
    'a protocol in lower case',
    'Service',
    (value) => (value.spec.ports[0].protocol = 'tcp'),
    '/spec/ports/0/protocol`: it is TCP, UDP or SCTP',
  ],
  [
    'ports without names',
    'Service',
    (value) => value.spec.ports.push({ port: 9000, targetPort: 8080 }),
    '/spec/ports`: several ports need a name each',
  ],
  [
    'a block that is none',
    'NetworkPolicy',
    (value) => value.spec.egress[0].to.push({ ipBlock: { cidr: '10.0.0.300/33' } }),
    '/spec/egress/0/to/1/ipBlock/cidr`: `10.0.0.300/33` is not a block of addresses',
  ],
  [
    'a role of another kind',
    'RoleBinding',
    (value) => (value.roleRef.apiGroup = 'rbac'),
    '/roleRef/apiGroup`: it is rbac.authorization.k8s.io',
  ],
];

test.each(REFUSED)(
  '%s is refused before the API server does, and nothing that follows is said',
  (_, kind, change, wanted) => {
    const name = kind === 'NetworkPolicy' ? 'code-fixer' : undefined;
    const problems = problemsAfter(FIXER, kind, change, name);
    expect(problems.map((problem) => problem.slice(0, 6))).toEqual(['NT3007']);
    expect(problems.map((problem) => problem.slice(problem.indexOf('`/') + 1))).toEqual([wanted]);
  },
);

test('a selector that does not match its own pods is refused once, though it selects nothing', () => {
  const problems = problemsAfter(FIXER, 'Deployment', (value) => {
    value.spec.selector.matchLabels = { app: 'other' };
  });
  expect(problems.map((problem) => problem.slice(0, 6))).toEqual(['NT3007']);
});

test('an edge is asked for only where both of its fleets were emitted and make pods', () => {
  const { environment, units } = base();
  units.delete('teams/engineering/test-writer');
  expect(problemsOf(environment, units).filter((problem) => problem.startsWith('NT3008'))).toEqual([]);
  const whole = base();
  const without = (whole.units.get(FIXER) ?? []).filter(({ value }) => value['kind'] !== 'Deployment');
  whole.units.set(FIXER, without);
  const problems = problemsOf(whole.environment, whole.units);
  expect(problems.filter((problem) => problem.startsWith('NT3008'))).toEqual([]);
  expect(problems).toContainEqual(expect.stringMatching(/^NT3002 .*PodDisruptionBudget .* selects no pod/));
});

test('an edge without any network policy at its caller is closed there', () => {
  const { environment, units } = base();
  units.set(
    FIXER,
    (units.get(FIXER) ?? []).filter(({ value }) => value['kind'] !== 'NetworkPolicy'),
  );
  expect(problemsOf(environment, units).filter((problem) => problem.startsWith('NT3008'))).toEqual([
    expect.stringContaining('`engineering/code-fixer`'),
  ]);
});

test('an object may stand in a namespace that others bring', () => {
  const { environment, units } = base();
  const account = (namespace: string): Manifest => ({
    value: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'x', namespace } },
    origins: new Map(),
  });
  units.get('platform')?.push(account(namespaces.istio), account('nowhere'));
  expect(problemsOf(environment, units)).toEqual([expect.stringMatching(/^NT3005 .*nowhere/)]);
});

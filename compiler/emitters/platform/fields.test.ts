import { expect, test } from 'vitest';
import { emittedText, fieldsOf } from '../testing/field-changes.ts';
import type { Change } from '../testing/field-changes.ts';

const SPEC: Readonly<Record<string, string>> = {
  'spec/environments/prod.yaml': `apiVersion: nova-torch.dev/v1
kind: Environment
metadata: { name: prod }
spec:
  cluster: { server: https://prod.k8s.acme.example }
  platform:
    { kubernetes: "1.34", istio: "1.28", mesh: sidecar, revision: stable, nodeLocalDns: false, storageClass: fast }
  trustDomain: trust.acme.example
  people: { issuer: https://login.acme.example, keys: https://login.acme.example/keys, groups: teams }
  scheduler: { replicas: 3, image: ghcr.io/acme/scheduler:1, journal: 20Gi, mirror: none }
  dragonfly: { replicas: 4, image: ghcr.io/acme/store:1, memory: 2Gi, snapshotEvery: 10m }
`,
  'spec/teams/research/team.yaml': `apiVersion: nova-torch.dev/v1
kind: Team
metadata: { name: research }
spec:
  owners: [acme/research]
  egress: [en.wikipedia.org]
  secretPrefixes: [kv/research]
  submitters: [shop/checkout]
`,
};

const CHANGES: Readonly<Record<string, Change>> = {
  'Environment.spec.platform.kubernetes': ['"1.34"', '"1.35"'],
  'Environment.spec.platform.mesh': ['mesh: sidecar', 'mesh: ambient'],
  'Environment.spec.platform.revision': ['revision: stable', 'revision: next'],
  'Environment.spec.platform.nodeLocalDns': ['nodeLocalDns: false', 'nodeLocalDns: true'],
  'Environment.spec.platform.storageClass': ['storageClass: fast', 'storageClass: slow'],
  'Environment.spec.trustDomain': ['trust.acme', 'other.acme'],
  'Environment.spec.people.issuer': ['issuer: https://login', 'issuer: https://in'],
  'Environment.spec.people.keys': ['keys: https://login', 'keys: https://in'],
  'Environment.spec.people.groups': ['groups: teams', 'groups: roles'],
  'Environment.spec.scheduler.replicas': ['replicas: 3', 'replicas: 5'],
  'Environment.spec.scheduler.image': ['scheduler:1', 'scheduler:2'],
  'Environment.spec.scheduler.journal': ['journal: 20Gi', 'journal: 30Gi'],
  'Environment.spec.scheduler.mirror': ['mirror: none', 'mirror: peer'],
  'Environment.spec.dragonfly.replicas': ['replicas: 4', 'replicas: 5'],
  'Environment.spec.dragonfly.image': ['store:1', 'store:2'],
  'Environment.spec.dragonfly.memory': ['memory: 2Gi', 'memory: 4Gi'],
  'Environment.spec.dragonfly.snapshotEvery': ['snapshotEvery: 10m', 'snapshotEvery: 15m'],
  'Team.spec.submitters[]': ['shop/checkout', 'store/checkout'],
};

const emitted = (change?: Change) => emittedText(['platform'], SPEC, change);
const unchanged = emitted();

test('every field that names this emitter as its consumer has a change here', () => {
  expect(Object.keys(CHANGES).sort()).toEqual(fieldsOf('platform'));
});

test.each(Object.entries(CHANGES))('%s changes the objects', async (_, change) => {
  const changed = await emitted(change);
  expect(changed).toContain('kind: Dragonfly');
  expect(changed).not.toBe(await unchanged);
});

test('the store never lets an empty master empty its replicas, and never evicts', async () => {
  expect(await unchanged).toContain('"--break_replication_on_master_restart=true"');
  expect(await unchanged).toContain('"--cache_mode=false"');
});

test.for([
  ['scheduler:2', '2'],
  ['scheduler:2.', '2-6bc54f13'],
  [`scheduler:main-${'a'.repeat(80)}`, `main-${'a'.repeat(49)}-47ad6875`],
  [`scheduler:2@sha256:${'1'.repeat(64)}`, '111111111111'],
  ['scheduler', 'unknown'],
] as const)('the version of the scheduler’s pods from the image %s is %s', async ([image, version]) => {
  const text = await emitted(['ghcr.io/acme/scheduler:1', `ghcr.io/acme/${image}`]);
  expect(/app\.kubernetes\.io\/version: "?([^"\n]+)/.exec(text)?.[1]).toBe(version);
});

import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../spec/contract/source.ts';
import { apiProblems } from './api-rules.ts';
import { closureObject } from './object.ts';

const metadata = { name: 'a', namespace: 'n' };
const problems = (value: JsonObject): string[] =>
  apiProblems(closureObject({ value: { metadata, ...value }, origins: new Map() })).map(
    ({ field, reason }) => `${field}: ${reason}`,
  );
const pod = (container: JsonObject, spec: JsonObject = {}, more: JsonObject = {}): JsonObject => ({
  kind: 'Deployment',
  spec: { template: { spec: { containers: [container], ...spec } }, ...more },
});

test.each<[string, JsonObject, string[]]>([
  ['a name in capitals', { kind: 'Secret', metadata: { name: 'A' } }, ['/metadata/name: `A` is not a DNS name']],
  ['a service with a dot', { kind: 'Service', metadata: { name: 'a.b' } }, ['/metadata/name: `a.b` is not a DNS name']],
  ['a secret with a dot', { kind: 'Secret', metadata: { name: 'a.b' } }, []],
  [
    'a long label',
    { kind: 'Secret', metadata: { name: 'a', labels: { x: 'y'.repeat(64), ok: '' } } },
    ['/metadata/labels/x: a label value has at most 63 letters, digits, `-`, `_` and `.`'],
  ],
  [
    'a label of a pod that ends in a dot',
    {
      kind: 'Deployment',
      spec: { template: { metadata: { labels: { x: 'v1.', ok: 'v1' } }, spec: { containers: [{ name: 'c' }] } } },
    },
    ['/spec/template/metadata/labels/x: a label value has at most 63 letters, digits, `-`, `_` and `.`'],
  ],
  [
    'two bounds of a budget',
    { kind: 'PodDisruptionBudget', spec: { minAvailable: 1, maxUnavailable: 1 } },
    ['/spec: `minAvailable` and `maxUnavailable` exclude each other'],
  ],
  ['one bound of a budget', { kind: 'PodDisruptionBudget', spec: { maxUnavailable: 1 } }, []],
  [
    'a scaler upside down',
    { kind: 'HorizontalPodAutoscaler', spec: { minReplicas: 3, maxReplicas: 2 } },
    ['/spec/minReplicas: more than `maxReplicas`'],
  ],
  ['a scaler with one bound', { kind: 'HorizontalPodAutoscaler', spec: { maxReplicas: 2 } }, []],
  [
    'a selector that finds nothing of its own',
    pod({ name: 'c' }, {}, { selector: { matchLabels: { app: 'x' } } }),
    ['/spec/selector: the selector does not match the labels of the pod template'],
  ],
  [
    'two containers of one name',
    pod({ name: 'c' }, { initContainers: [{ name: 'c' }] }),
    ['/spec/template/spec/containers/0/name: two containers are called `c`'],
  ],
  [
    'mounts without volumes',
    pod(
      { name: 'c', volumeMounts: [{ name: 'v' }, {}, { name: 'claimed' }] },
      { volumes: [{ name: 'w' }] },
      { volumeClaimTemplates: [{ metadata: { name: 'claimed' } }] },
    ),
    [
      '/spec/template/spec/containers/0/volumeMounts/0: no volume is called `v`',
      '/spec/template/spec/containers/0/volumeMounts/1: no volume is called ``',
    ],
  ],
  [
    'a value from two places',
    pod({ name: 'c', env: [{ value: 'a', valueFrom: {} }, { value: 'b' }] }),
    ['/spec/template/spec/containers/0/env/0: `value` and `valueFrom` exclude each other'],
  ],
  [
    'a patient liveness probe',
    pod({ name: 'c', livenessProbe: { successThreshold: 2 } }),
    ['/spec/template/spec/containers/0/livenessProbe/successThreshold: it must be 1'],
  ],
  [
    'requests above limits',
    pod({ name: 'c', resources: { requests: { cpu: '2', memory: '1Mi' }, limits: { cpu: '1', memory: '1Mi' } } }),
    ['/spec/template/spec/containers/0/resources/requests/cpu: more is asked for than the limit allows'],
  ],
  [
    'bad ports',
    pod({ name: 'c', ports: [{ containerPort: 0, name: 'UPPER', protocol: 'tcp' }, { containerPort: 65536 }] }),
    [
      '/spec/template/spec/containers/0/ports/0/containerPort: ports go from 1 to 65535',
      '/spec/template/spec/containers/0/ports/0/name: a port name has at most 15 lower-case letters, digits and hyphens',
      '/spec/template/spec/containers/0/ports/0/protocol: it is TCP, UDP or SCTP',
      '/spec/template/spec/containers/0/ports/1/containerPort: ports go from 1 to 65535',
    ],
  ],
  [
    'several ports without names',
    { kind: 'Service', spec: { ports: [{ port: 1, name: 'a' }, { port: 2 }] } },
    ['/spec/ports: several ports need a name each'],
  ],
  [
    'several ports of one name',
    {
      kind: 'Service',
      spec: {
        ports: [
          { port: 1, name: 'a' },
          { port: 2, name: 'a' },
        ],
      },
    },
    ['/spec/ports: several ports need a name each'],
  ],
  ['one port without a name', { kind: 'Service', spec: { ports: [{ port: 1 }] } }, []],
  [
    'no blocks of addresses',
    { kind: 'NetworkPolicy', spec: { egress: [{ to: cidrs('10.0.0.0/33', '300.0.0.0/8', 'nowhere', '10.0.0.0/8') }] } },
    [
      '/spec/egress/0/to/0/ipBlock/cidr: `10.0.0.0/33` is not a block of addresses',
      '/spec/egress/0/to/1/ipBlock/cidr: `300.0.0.0/8` is not a block of addresses',
      '/spec/egress/0/to/2/ipBlock/cidr: `nowhere` is not a block of addresses',
    ],
  ],
  [
    'a role of another group',
    { kind: 'ClusterRoleBinding', roleRef: { kind: 'Admin', apiGroup: 'x' } },
    ['/roleRef/kind: it is Role or ClusterRole', '/roleRef/apiGroup: it is rbac.authorization.k8s.io'],
  ],
  ['a sound binding', { kind: 'RoleBinding', roleRef: { kind: 'Role', apiGroup: 'rbac.authorization.k8s.io' } }, []],
])('%s', (_, value, wanted) => {
  expect(problems(value)).toEqual(wanted);
});

function cidrs(...blocks: readonly string[]): Json {
  return blocks.map((cidr) => ({ ipBlock: { cidr } }));
}

import type { Json } from '../../spec/contract/source.ts';
import { at, covers, labelsAt, listAt, textAt } from './facts.ts';
import type { ProblemFacts } from './facts.ts';
import { rolloutRules } from './rollout-rules.ts';
import { templateOf } from './object.ts';
import type { ClosureObject } from './object.ts';
import { parseCpuQuantity, parseMemoryQuantity } from './quantity.ts';

export type Say = (field: string, reason: string) => void;

/** What the API server refuses although every field has its type. One function a kind of rule. */
export function apiProblems(object: ClosureObject): ProblemFacts[] {
  const problems: ProblemFacts[] = [];
  const say: Say = (field, reason) =>
    problems.push({ code: 'NT3007', object: object.name, field, reason, place: object.placeOf(field) });
  metadataRules(object, say);
  budgetRules(object, say);
  scalerRules(object, say);
  rolloutRules(object, say);
  workloadRules(object, say);
  serviceRules(object, say);
  networkRules(object, say);
  roleRules(object, say);
  return problems;
}

const DNS_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const DNS_SUBDOMAIN = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
const LABEL_VALUE = /^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$/;
/** Kinds whose names become DNS labels. */
const LABEL_NAMES: ReadonlySet<string> = new Set(['Namespace', 'Service']);

function metadataRules({ value, kind }: ClosureObject, say: Say): void {
  const name = textAt(value, 'metadata', 'name') ?? '';
  if (!(LABEL_NAMES.has(kind) ? DNS_LABEL : DNS_SUBDOMAIN).test(name))
    say('/metadata/name', `\`${name}\` is not a DNS name`);
  labelRules(value, '', say);
}

function labelRules(value: Json, base: string, say: Say): void {
  for (const [label, text] of Object.entries(labelsAt(value, 'metadata', 'labels') ?? {}))
    if (!LABEL_VALUE.test(text))
      say(`${base}/metadata/labels/${label}`, 'a label value has at most 63 letters, digits, `-`, `_` and `.`');
}

function budgetRules({ value, kind }: ClosureObject, say: Say): void {
  if (kind !== 'PodDisruptionBudget') return;
  const both = at(value, 'spec', 'minAvailable') !== undefined && at(value, 'spec', 'maxUnavailable') !== undefined;
  if (both) say('/spec', '`minAvailable` and `maxUnavailable` exclude each other');
}

function scalerRules({ value, kind }: ClosureObject, say: Say): void {
  if (kind !== 'HorizontalPodAutoscaler') return;
  const [least, most] = [at(value, 'spec', 'minReplicas'), at(value, 'spec', 'maxReplicas')];
  if (typeof least === 'number' && typeof most === 'number' && least > most)
    say('/spec/minReplicas', 'more than `maxReplicas`');
}

function workloadRules(object: ClosureObject, say: Say): void {
  const found = templateOf(object);
  if (found === undefined) return;
  const { field, template } = found;
  labelRules(template, field, say);
  const selector = labelsAt(object.value, 'spec', 'selector', 'matchLabels');
  const labels = labelsAt(template, 'metadata', 'labels') ?? {};
  if (selector !== undefined && !covers(selector, labels))
    say('/spec/selector', 'the selector does not match the labels of the pod template');
  const volumes = new Set([
    ...listAt(template, 'spec', 'volumes').map((volume) => textAt(volume, 'name')),
    ...listAt(object.value, 'spec', 'volumeClaimTemplates').map((claim) => textAt(claim, 'metadata', 'name')),
  ]);
  const names = new Set<string>();
  for (const part of ['initContainers', 'containers'] as const) {
    listAt(template, 'spec', part).forEach((container, index) => {
      const base = `${field}/spec/${part}/${index}`;
      const name = textAt(container, 'name') ?? '';
      if (names.has(name)) say(`${base}/name`, `two containers are called \`${name}\``);
      names.add(name);
      containerRules(container, base, volumes, say);
    });
  }
}

function containerRules(container: Json, base: string, volumes: ReadonlySet<string | undefined>, say: Say): void {
  listAt(container, 'volumeMounts').forEach((mount, index) => {
    const name = textAt(mount, 'name');
    if (!volumes.has(name)) say(`${base}/volumeMounts/${index}`, `no volume is called \`${name ?? ''}\``);
  });
  listAt(container, 'ports').forEach((port, index) => portRules(port, 'containerPort', `${base}/ports/${index}`, say));
  listAt(container, 'env').forEach((variable, index) => {
    if (at(variable, 'value') !== undefined && at(variable, 'valueFrom') !== undefined)
      say(`${base}/env/${index}`, '`value` and `valueFrom` exclude each other');
  });
  const success = at(container, 'livenessProbe', 'successThreshold');
  if (typeof success === 'number' && success !== 1) say(`${base}/livenessProbe/successThreshold`, 'it must be 1');
  for (const [resource, parse] of [
    ['cpu', parseCpuQuantity],
    ['memory', parseMemoryQuantity],
    ['ephemeral-storage', parseMemoryQuantity],
  ] as const) {
    const asked = textAt(container, 'resources', 'requests', resource);
    const limit = textAt(container, 'resources', 'limits', resource);
    if (asked !== undefined && limit !== undefined && parse(asked) > parse(limit))
      say(`${base}/resources/requests/${resource}`, 'more is asked for than the limit allows');
  }
}

const PORT_NAME = /^(?=.*[a-z])[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?$/;

function portRules(port: Json, key: string, base: string, say: Say): void {
  const number = at(port, key);
  if (typeof number === 'number' && (number < 1 || number > 65535)) say(`${base}/${key}`, 'ports go from 1 to 65535');
  const name = textAt(port, 'name');
  if (name !== undefined && !PORT_NAME.test(name))
    say(`${base}/name`, 'a port name has at most 15 lower-case letters, digits and hyphens');
  const protocol = textAt(port, 'protocol');
  if (protocol !== undefined && !['TCP', 'UDP', 'SCTP'].includes(protocol))
    say(`${base}/protocol`, 'it is TCP, UDP or SCTP');
}

function serviceRules({ value, kind }: ClosureObject, say: Say): void {
  if (kind !== 'Service') return;
  const ports = listAt(value, 'spec', 'ports');
  ports.forEach((port, index) => portRules(port, 'port', `/spec/ports/${index}`, say));
  const names = ports.map((port) => textAt(port, 'name'));
  if (ports.length > 1 && (names.includes(undefined) || new Set(names).size < names.length))
    say('/spec/ports', 'several ports need a name each');
}

const CIDR = /^([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})\/([0-9]{1,2})$/;

function networkRules({ value, kind }: ClosureObject, say: Say): void {
  if (kind !== 'NetworkPolicy') return;
  for (const [part, peers] of [
    ['ingress', 'from'],
    ['egress', 'to'],
  ] as const) {
    listAt(value, 'spec', part).forEach((rule, index) => {
      listAt(rule, 'ports').forEach((port, place) =>
        portRules(port, 'port', `/spec/${part}/${index}/ports/${place}`, say),
      );
      listAt(rule, peers).forEach((peer, place) => {
        const cidr = textAt(peer, 'ipBlock', 'cidr');
        if (cidr !== undefined && !isCidr(cidr))
          say(`/spec/${part}/${index}/${peers}/${place}/ipBlock/cidr`, `\`${cidr}\` is not a block of addresses`);
      });
    });
  }
}

function isCidr(text: string): boolean {
  const [, ...parts] = CIDR.exec(text) ?? [];
  return parts.length === 5 && parts.slice(0, 4).every((part) => Number(part) <= 255) && Number(parts[4]) <= 32;
}

function roleRules({ value, kind }: ClosureObject, say: Say): void {
  if (kind !== 'RoleBinding' && kind !== 'ClusterRoleBinding') return;
  const role = textAt(value, 'roleRef', 'kind');
  if (role !== 'ClusterRole' && role !== 'Role') say('/roleRef/kind', 'it is Role or ClusterRole');
  if (textAt(value, 'roleRef', 'apiGroup') !== 'rbac.authorization.k8s.io')
    say('/roleRef/apiGroup', 'it is rbac.authorization.k8s.io');
}

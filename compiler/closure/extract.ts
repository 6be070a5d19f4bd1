import type { Json } from '../../spec/contract/source.ts';
import type { Manifest } from '../core/artifact.ts';
import type { PatchModel } from '../core/model.ts';
import { apiProblems } from './api-rules.ts';
import { customPodOf } from './custom-pods.ts';
import { at, labelsAt, listAt, textAt } from './facts.ts';
import type { FlowFacts, PodFacts, PortFacts, QuotaFacts, ReferenceFacts, SelectorFacts, UnitFacts } from './facts.ts';
import { MAKES, POD_REFERENCES, REFERENCES, SELECTORS } from './kinds.ts';
import { closureObject, templateOf } from './object.ts';
import type { ClosureObject } from './object.ts';
import { NOTHING_REFUSED, withoutRefused } from './refused.ts';
import type { Refusals } from './refused.ts';
import { parseCpuQuantity, parseMemoryQuantity } from './quantity.ts';

/** The facts of a unit's objects, some of whose values may come from patches. */
export function extractFacts(
  manifests: readonly Manifest[],
  patches: readonly PatchModel[] = [],
  refusals: Refusals = NOTHING_REFUSED,
): UnitFacts {
  return factsOf(
    manifests.map((manifest) => closureObject(manifest, patches)),
    refusals,
  );
}

/** The facts of objects, wherever they come from. */
export function factsOf(objects: readonly ClosureObject[], refusals: Refusals = NOTHING_REFUSED): UnitFacts {
  const facts = {
    objects: objects.flatMap((object) => [object.name, ...madeFrom(object)]),
    namespaces: objects.flatMap(({ kind, value }) =>
      kind === 'Namespace' ? (textAt(value, 'metadata', 'name') ?? []) : [],
    ),
    pods: objects.flatMap((object) => [...podOf(object), ...customPodOf(object)]),
    selectors: objects.flatMap((object) => [...selectorsOf(object), ...spreadOf(object), ...targetOf(object)]),
    references: objects.flatMap((object) => [...referencesOf(object), ...podReferencesOf(object)]),
    ports: objects.flatMap((object) => [...servicePortsOf(object), ...probePortsOf(object)]),
    flows: objects.flatMap(flowsOf),
    quotas: objects.flatMap(quotaOf),
    problems: objects.flatMap(apiProblems),
  };
  return withoutRefused(objects, facts, refusals);
}

function podOf(object: ClosureObject): PodFacts[] {
  const found = templateOf(object);
  if (found === undefined) return [];
  const containers = listAt(found.template, 'spec', 'containers');
  const total = (resource: string, parse: (text: string) => number) =>
    containers.reduce<number>((sum, container) => {
      const asked = at(container, 'resources', 'requests', resource);
      return sum + (typeof asked === 'string' ? parse(asked) : 0);
    }, 0);
  return [
    {
      object: object.name,
      namespace: object.namespace,
      labels: labelsAt(found.template, 'metadata', 'labels') ?? {},
      ports: containers.flatMap((container) => listAt(container, 'ports').flatMap(portOf)),
      cpuMillis: total('cpu', parseCpuQuantity),
      memoryBytes: total('memory', parseMemoryQuantity),
    },
  ];
}

function portOf(port: Json): { name: string; number: number }[] {
  const number = at(port, 'containerPort');
  return typeof number === 'number' ? [{ name: textAt(port, 'name') ?? '', number }] : [];
}

function selectorsOf(object: ClosureObject): SelectorFacts[] {
  return (SELECTORS[object.kind] ?? []).flatMap((field) => {
    const labels = labelsAt(object.value, ...keysOf(field));
    if (labels === undefined || Object.keys(labels).length === 0) return [];
    return [{ object: object.name, field, namespace: object.namespace, labels, place: object.placeOf(field) }];
  });
}

/** Pods that spread over nodes and zones count pods of their own kind. */
function spreadOf(object: ClosureObject): SelectorFacts[] {
  const found = templateOf(object);
  if (found === undefined) return [];
  return listAt(found.template, 'spec', 'topologySpreadConstraints').flatMap((constraint, index) => {
    const labels = labelsAt(constraint, 'labelSelector', 'matchLabels');
    const field = `${found.field}/spec/topologySpreadConstraints/${index}/labelSelector`;
    if (labels === undefined) return [];
    return [{ object: object.name, field, namespace: object.namespace, labels, place: object.placeOf(field) }];
  });
}

/** An experiment names pods of another namespace: `label=value,label=value`. */
function targetOf(object: ClosureObject): SelectorFacts[] {
  const field = '/spec/appinfo/applabel';
  const text = textAt(object.value, 'spec', 'appinfo', 'applabel');
  if (object.kind !== 'ChaosEngine' || text === undefined) return [];
  const labels = Object.fromEntries(text.split(',').map((part) => part.split('=') as [string, string]));
  const namespace = textAt(object.value, 'spec', 'appinfo', 'appns') ?? object.namespace;
  return [{ object: object.name, field, namespace, labels, place: object.placeOf(field) }];
}

function referencesOf(object: ClosureObject): ReferenceFacts[] {
  return (REFERENCES[object.kind] ?? []).flatMap(({ field, kind, cluster = false }) => {
    const name = textAt(object.value, ...keysOf(field));
    if (name === undefined) return [];
    const to = kind.startsWith('/') ? (textAt(object.value, ...keysOf(kind)) ?? '') : kind;
    return [
      reference(object, field, cluster || to === 'ClusterRole' ? `${to} ${name}` : `${to} ${within(object, name)}`),
    ];
  });
}

// Pointers of the tables in `kinds.ts`: the same few for every object.
const keysOfPointer = new Map<string, readonly string[]>();

/** The keys of a JSON Pointer. */
function keysOf(pointer: string): readonly string[] {
  let keys = keysOfPointer.get(pointer);
  if (keys === undefined) {
    const parts = pointer.slice(1).split('/');
    keys = parts.map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
    keysOfPointer.set(pointer, keys);
  }
  return keys;
}

/** `namespace/name`, for a name that may have its namespace before it. */
function within({ namespace }: ClosureObject, name: string): string {
  return name.includes('/') ? name : `${namespace}/${name}`;
}

function madeFrom(object: ClosureObject): string[] {
  return (MAKES[object.kind] ?? []).flatMap(({ field, kind }) => {
    const name = textAt(object.value, ...keysOf(field));
    return name === undefined ? [] : [`${kind} ${object.namespace}/${name}`];
  });
}

function podReferencesOf(object: ClosureObject): ReferenceFacts[] {
  const found = templateOf(object);
  if (found === undefined) return [];
  const { field: base, template } = found;
  const named = POD_REFERENCES.flatMap(({ field, kind, cluster = false }) => {
    const name = textAt(template, 'spec', ...keysOf(field));
    if (name === undefined) return [];
    return [reference(object, `${base}/spec${field}`, `${kind} ${cluster ? '' : `${object.namespace}/`}${name}`)];
  });
  const volumes = listAt(template, 'spec', 'volumes').flatMap((volume, index) => {
    const field = `${base}/spec/volumes/${index}`;
    return volumeReferences(volume).map(([kind, name]) =>
      reference(object, field, `${kind} ${object.namespace}/${name}`),
    );
  });
  const variables = listAt(template, 'spec', 'containers').flatMap((container, index) =>
    listAt(container, 'env').flatMap((variable, place) => {
      const field = `${base}/spec/containers/${index}/env/${place}`;
      return variableReferences(variable).map(([kind, name]) =>
        reference(object, field, `${kind} ${object.namespace}/${name}`),
      );
    }),
  );
  return [...named, ...volumes, ...variables];
}

function volumeReferences(volume: Json): [kind: string, name: string][] {
  const found: [string, string | undefined][] = [
    ['ConfigMap', textAt(volume, 'configMap', 'name')],
    ['Secret', textAt(volume, 'secret', 'secretName')],
    ['PersistentVolumeClaim', textAt(volume, 'persistentVolumeClaim', 'claimName')],
  ];
  const projected = listAt(volume, 'projected', 'sources').flatMap((source): [string, string | undefined][] => [
    ['ConfigMap', textAt(source, 'configMap', 'name')],
    ['Secret', textAt(source, 'secret', 'name')],
  ]);
  return [...found, ...projected].flatMap(([kind, name]) => (name === undefined ? [] : [[kind, name]]));
}

function variableReferences(variable: Json): [kind: string, name: string][] {
  const found: [string, string | undefined][] = [
    ['ConfigMap', textAt(variable, 'valueFrom', 'configMapKeyRef', 'name')],
    ['Secret', textAt(variable, 'valueFrom', 'secretKeyRef', 'name')],
  ];
  return found.flatMap(([kind, name]) => (name === undefined ? [] : [[kind, name]]));
}

function reference(object: ClosureObject, field: string, to: string): ReferenceFacts {
  return { object: object.name, field, to, place: object.placeOf(field) };
}

function servicePortsOf(object: ClosureObject): PortFacts[] {
  const labels = labelsAt(object.value, 'spec', 'selector');
  if (object.kind !== 'Service' || labels === undefined) return [];
  return listAt(object.value, 'spec', 'ports').flatMap((port, index) => {
    const target = at(port, 'targetPort') ?? at(port, 'port');
    if (typeof target !== 'string' && typeof target !== 'number') return [];
    const field = `/spec/ports/${index}/targetPort`;
    const place = object.placeOf(field);
    return [{ object: object.name, field, namespace: object.namespace, labels, port: target, place }];
  });
}

/** Probes and hooks call the container's own ports. */
function probePortsOf(object: ClosureObject): PortFacts[] {
  const found = templateOf(object);
  if (found === undefined) return [];
  const labels = labelsAt(found.template, 'metadata', 'labels') ?? {};
  return listAt(found.template, 'spec', 'containers').flatMap((container, index) =>
    PROBES.flatMap((probe) => {
      const port = at(container, ...probe, 'httpGet', 'port');
      if (typeof port !== 'string' && typeof port !== 'number') return [];
      const field = `${found.field}/spec/containers/${index}/${probe.join('/')}/httpGet/port`;
      return [{ object: object.name, field, namespace: object.namespace, labels, port, place: object.placeOf(field) }];
    }),
  );
}

const PROBES = [['startupProbe'], ['readinessProbe'], ['livenessProbe'], ['lifecycle', 'preStop']] as const;

function flowsOf(object: ClosureObject): FlowFacts[] {
  if (object.kind !== 'NetworkPolicy') return [];
  const labels = labelsAt(object.value, 'spec', 'podSelector', 'matchLabels') ?? {};
  return (['ingress', 'egress'] as const).flatMap((part) =>
    listAt(object.value, 'spec', part).flatMap((rule) => {
      const ports = listAt(rule, 'ports').flatMap((port) => {
        const number = at(port, 'port');
        return typeof number === 'string' || typeof number === 'number' ? [number] : [];
      });
      const peers = listAt(rule, part === 'ingress' ? 'from' : 'to');
      return (peers.length === 0 ? [ANYBODY] : peers).filter(isNoProbe).map((peer): FlowFacts => ({
        object: object.name,
        direction: part === 'ingress' ? 'in' : 'out',
        namespace: object.namespace,
        labels,
        peerNamespace: namespaceOf(peer, object),
        peerLabels: labelsAt(peer, 'podSelector', 'matchLabels') ?? {},
        ports,
      }));
    }),
  );
}

/** A rule that names nobody means everybody. */
const ANYBODY: Json = { namespaceSelector: {} };

/** Addresses of the node itself: its DNS cache and the kubelet's probes. */
function isNoProbe(peer: Json): boolean {
  return textAt(peer, 'ipBlock', 'cidr')?.startsWith('169.254.') !== true;
}

function namespaceOf(peer: Json, { namespace }: ClosureObject): string {
  if (at(peer, 'ipBlock') !== undefined) return '*';
  if (at(peer, 'namespaceSelector') === undefined) return namespace;
  return labelsAt(peer, 'namespaceSelector', 'matchLabels')?.['kubernetes.io/metadata.name'] ?? '*';
}

function quotaOf(object: ClosureObject): QuotaFacts[] {
  if (object.kind !== 'ResourceQuota') return [];
  const amount = (resource: string) => {
    const found = at(object.value, 'spec', 'hard', resource);
    return typeof found === 'string' || typeof found === 'number' ? String(found) : undefined;
  };
  const [pods, cpu, memory] = ['pods', 'requests.cpu', 'requests.memory'].map(amount);
  return [
    {
      object: object.name,
      namespace: object.namespace,
      ...(pods === undefined ? {} : { pods: Number(pods) }),
      ...(cpu === undefined ? {} : { cpuMillis: parseCpuQuantity(cpu) }),
      ...(memory === undefined ? {} : { memoryBytes: parseMemoryQuantity(memory) }),
    },
  ];
}

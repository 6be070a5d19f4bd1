import { WAYPOINT_CLASS } from '../core/names.ts';
import type { ClosureObject } from './object.ts';
import { labelsAt, textAt } from './facts.ts';
import type { PodFacts } from './facts.ts';

/** Kinds whose controller makes pods that other objects select: the labels and ports they will have. */
const POD_MAKERS: Readonly<
  Record<string, (object: ClosureObject, name: string) => Pick<PodFacts, 'labels' | 'ports'> | undefined>
> = {
  Dragonfly: ({ value }, name) => ({
    labels: { ...labelsAt(value, 'spec', 'labels'), app: name },
    ports: [
      { name: 'redis', number: 6379 },
      { name: 'admin', number: 9999 },
    ],
  }),
  OpenTelemetryCollector: (_, name) => ({
    labels: { 'app.kubernetes.io/name': `${name}-collector` },
    ports: [{ name: 'otlp-grpc', number: 4317 }],
  }),
  Elasticsearch: (_, name) => ({
    labels: { 'elasticsearch.k8s.elastic.co/cluster-name': name },
    ports: [
      { name: 'http', number: 9200 },
      { name: 'transport', number: 9300 },
    ],
  }),
  FluentBit: ({ value }) => ({
    labels: labelsAt(value, 'spec', 'labels') ?? {},
    ports: [{ name: 'metrics', number: 2020 }],
  }),
  // A Gateway of the mesh's own kind makes none: it names pods that are there.
  Gateway: ({ value }, name) =>
    textAt(value, 'spec', 'gatewayClassName') !== WAYPOINT_CLASS
      ? undefined
      : {
          labels: {
            ...labelsAt(value, 'spec', 'infrastructure', 'labels'),
            'gateway.networking.k8s.io/gateway-name': name,
          },
          ports: [{ name: 'mesh', number: 15008 }],
        },
};

/** Whether pods come from an object of this kind that has no template of theirs. */
export function isPodMaker(kind: string): boolean {
  return Object.hasOwn(POD_MAKERS, kind);
}

/** The pods that a controller makes from a custom resource. Their needs count in no quota of ours. */
export function customPodOf(object: ClosureObject): PodFacts[] {
  const name = object.name.slice(object.name.lastIndexOf('/') + 1);
  const made = POD_MAKERS[object.kind]?.(object, name);
  if (made === undefined) return [];
  return [{ object: object.name, namespace: object.namespace, ...made, cpuMillis: 0, memoryBytes: 0 }];
}

import type { Json, JsonPath } from '../../spec/contract/source.ts';
import { largest } from '../core/largest.ts';
import type { EnvironmentModel, FleetModel } from '../core/model.ts';
import type { Place } from '../core/origin.ts';
import type { Report } from '../diagnostics/report.ts';
import { covers } from './facts.ts';
import type { Labels, PodFacts, UnitFacts } from './facts.ts';
import { externalObjects } from './external.ts';
import { proveEdges } from './edges.ts';

/** The objects of an environment as one graph. */
export interface Graph {
  readonly environment: EnvironmentModel;
  readonly units: ReadonlyMap<string, UnitFacts>;
  /** Pods by namespace. */
  readonly pods: ReadonlyMap<string, readonly PodFacts[]>;
  readonly namespaces: ReadonlySet<string>;
  /** Objects that others bring into the cluster. */
  readonly external: ReadonlySet<string>;
  /** Where a problem of a unit is shown: the spec value it comes from, or the fleet's name. */
  readonly placeOf: (unit: string, place: JsonPath) => Place;
  readonly fleetOf: (unit: string) => FleetModel | undefined;
}

/**
 * Proves the objects of an environment as one graph: every selector finds a pod, every name leads somewhere, ports exist,
 * no object is there twice, every edge of the spec is open at both ends and no other one is.
 */
export function prove(environment: EnvironmentModel, summaries: ReadonlyMap<string, Json>, report: Report): void {
  const graph = graphOf(environment, summaries as unknown as ReadonlyMap<string, UnitFacts>);
  const owners = new Map<string, string>();
  for (const [unit, facts] of graph.units)
    for (const object of facts.objects) proveUnique(graph, owners, unit, object, report);
  for (const [unit, facts] of graph.units) {
    proveSelectors(graph, unit, facts, report);
    proveReferences(graph, owners, unit, facts, report);
    provePorts(graph, unit, facts, report);
    proveNamespaces(graph, unit, facts, report);
    proveQuota(graph, unit, facts, report);
    for (const { object, field, reason, place } of facts.problems)
      report('NT3007', graph.placeOf(unit, place), { object, field, reason });
  }
  proveEdges(graph, report);
}

function graphOf(environment: EnvironmentModel, units: ReadonlyMap<string, UnitFacts>): Graph {
  const pods = new Map<string, PodFacts[]>();
  for (const facts of units.values()) {
    for (const pod of facts.pods) {
      const there = pods.get(pod.namespace) ?? [];
      pods.set(pod.namespace, there);
      there.push(pod);
    }
  }
  const namespaces = new Set([...units.values()].flatMap((facts) => facts.namespaces));
  const fleetOf = (unit: string) => environment.fleets.get(unit.replace(/^teams\//, ''));
  const placeOf = (unit: string, place: JsonPath): Place => {
    const fleet = fleetOf(unit);
    if (fleet === undefined) return environment.at;
    return place.length === 0 ? fleet.at : fleet.from(place);
  };
  return { environment, units, pods, namespaces, external: externalObjects(environment), placeOf, fleetOf };
}

/** Pods of a namespace that have the labels. */
export function podsWith(graph: Graph, namespace: string, labels: Labels): PodFacts[] {
  return (graph.pods.get(namespace) ?? []).filter((pod) => covers(labels, pod.labels));
}

function proveUnique(graph: Graph, owners: Map<string, string>, unit: string, object: string, report: Report): void {
  const owner = owners.get(object);
  owners.set(object, owner ?? unit);
  if (owner !== undefined) report('NT3001', graph.placeOf(unit, []), { object, owner });
}

function proveSelectors(graph: Graph, unit: string, { selectors }: UnitFacts, report: Report): void {
  for (const { object, field, namespace, labels, place } of selectors) {
    if (podsWith(graph, namespace, labels).length > 0) continue;
    report('NT3002', graph.placeOf(unit, place), { object, field, labels: labelText(labels) });
  }
}

function labelText(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
}

function proveReferences(
  graph: Graph,
  owners: ReadonlyMap<string, string>,
  unit: string,
  { references }: UnitFacts,
  report: Report,
): void {
  for (const { object, field, to, place } of references) {
    if (owners.has(to) || graph.external.has(to)) continue;
    report('NT3003', graph.placeOf(unit, place), { object, field, to });
  }
}

function provePorts(graph: Graph, unit: string, { ports }: UnitFacts, report: Report): void {
  for (const { object, field, namespace, labels, port, place } of ports) {
    const pods = podsWith(graph, namespace, labels);
    const missing = pods.find((pod) => !pod.ports.some(({ name, number }) => name === port || number === port));
    if (missing === undefined) continue;
    report('NT3004', graph.placeOf(unit, place), { object, field, port, pod: missing.object });
  }
}

/** An object cannot stand in a namespace that nobody makes. */
function proveNamespaces(graph: Graph, unit: string, { objects }: UnitFacts, report: Report): void {
  const reported = new Set<string>();
  for (const object of objects) {
    const namespace = /^\S+ ([^/]+)\//.exec(object)?.[1];
    if (namespace === undefined || graph.namespaces.has(namespace) || reported.has(namespace)) continue;
    if (graph.external.has(`Namespace ${namespace}`)) continue;
    reported.add(namespace);
    report('NT3005', graph.placeOf(unit, []), { object, namespace });
  }
}

/** A namespace's quota holds the fleet at its largest, in the middle of a rollout. */
function proveQuota(graph: Graph, unit: string, { quotas, pods }: UnitFacts, report: Report): void {
  const fleet = graph.fleetOf(unit);
  if (fleet === undefined) return;
  for (const quota of quotas) {
    for (const pod of pods.filter(({ namespace }) => namespace === quota.namespace)) {
      const most = largest(fleet).pods;
      const short =
        (quota.pods !== undefined && quota.pods < most) ||
        (quota.cpuMillis !== undefined && quota.cpuMillis < most * pod.cpuMillis) ||
        (quota.memoryBytes !== undefined && quota.memoryBytes < most * pod.memoryBytes);
      if (short)
        report('NT3006', graph.placeOf(unit, ['scale', 'max']), { object: quota.object, pod: pod.object, max: most });
    }
  }
}

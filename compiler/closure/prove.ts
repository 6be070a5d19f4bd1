import type { Json, JsonPath } from '../../spec/contract/source.ts';
import type { EnvironmentModel } from '../core/model.ts';
import type { Place } from '../core/origin.ts';
import type { Report } from '../diagnostics/report.ts';
import { covers } from './facts.ts';
import type { Labels, PodFacts, ProblemFacts, UnitFacts } from './facts.ts';
import { proveEdges } from './edges.ts';
import { PATCH } from './object.ts';
import { premisesOf } from './premises.ts';
import type { Premises } from './premises.ts';
import { CONTAINERS, gapsIn, PODS } from './refused.ts';

/** The objects of an environment as one graph. */
export interface Graph {
  readonly units: ReadonlyMap<string, UnitFacts>;
  /** Pods by namespace. */
  readonly pods: ReadonlyMap<string, readonly PodFacts[]>;
  readonly namespaces: ReadonlySet<string>;
  /** Objects that others bring into the cluster. */
  readonly external: ReadonlySet<string>;
  /** Where a problem of a unit is shown: the spec value it comes from, or the fleet's name. */
  readonly placeOf: (unit: string, place: JsonPath) => Place;
  /** Most pods at one time of the unit's fleet; nothing for a unit of no fleet. */
  readonly podsMaxOf: (unit: string) => number | undefined;
  /** Whether everything of this kind is known that stands in the namespace: only then can something be missing there. */
  readonly isComplete: (namespace: string, kind: string) => boolean;
  /** Whether something of this kind may be missing there only because an object was refused, which was said. */
  readonly hasGap: (namespace: string, kind: string) => boolean;
}

/**
 * Proves the objects of an environment as one graph: every selector finds a pod, every name leads somewhere, ports exist,
 * no object is there twice, every edge of the spec is open at both ends and no other one is.
 */
export function prove(environment: EnvironmentModel, summaries: ReadonlyMap<string, Json>, report: Report): void {
  const premises = premisesOf(environment);
  // They were made by `extractFacts`, perhaps in an earlier compile.
  const units = summaries as unknown as ReadonlyMap<string, UnitFacts>;
  const graph = graphOf(premises, units, placesOf(environment));
  proveGraph(graph, report);
  proveEdges(graph, premises, report);
}

/** The part of the proof that needs nothing but the objects. */
export function proveGraph(graph: Graph, report: Report): void {
  const owners = new Map<string, string>();
  for (const [unit, facts] of graph.units)
    for (const object of facts.objects) proveUnique(graph, owners, unit, object, report);
  for (const [unit, facts] of graph.units) {
    proveSelectors(graph, unit, facts, report);
    proveReferences(graph, owners, unit, facts, report);
    provePorts(graph, unit, facts, report);
    proveNamespaces(graph, unit, facts, report);
    proveQuota(graph, unit, facts, report);
    for (const problem of facts.problems) reportProblem(problem, graph.placeOf(unit, problem.place), report);
  }
}

/** Says what the API server would refuse, at a place. */
export function reportProblem(problem: ProblemFacts, place: Place, report: Report): void {
  const { code, object, field, reason, near } = problem;
  const details = near === undefined ? {} : { label: `did you mean \`${near}\`?` };
  if (code === 'NT3101') report(code, place, { object, field }, details);
  else report(code, place, { object, field, reason }, details);
}

/** Pods by namespace. */
export function podsOf(units: ReadonlyMap<string, UnitFacts>): ReadonlyMap<string, readonly PodFacts[]> {
  const pods = new Map<string, PodFacts[]>();
  for (const facts of units.values()) {
    for (const pod of facts.pods) {
      const there = pods.get(pod.namespace) ?? [];
      pods.set(pod.namespace, there);
      there.push(pod);
    }
  }
  return pods;
}

function graphOf(
  { fleets, external }: Premises,
  units: ReadonlyMap<string, UnitFacts>,
  placeOf: Graph['placeOf'],
): Graph {
  return {
    units,
    pods: podsOf(units),
    namespaces: new Set([...units.values()].flatMap((facts) => facts.namespaces)),
    external: new Set(external),
    placeOf,
    podsMaxOf: (unit) => fleets.get(fleetIdOf(unit))?.podsMax,
    isComplete: () => true,
    hasGap: gapsIn(units.values()),
  };
}

function fleetIdOf(unit: string): string {
  return unit.replace(/^teams\//, '');
}

function placesOf(environment: EnvironmentModel): Graph['placeOf'] {
  const patches = new Map(environment.patches.map((patch) => [patch.id, patch]));
  return (unit, place) => {
    const patch = place[0] === PATCH ? patches.get(String(place[1])) : undefined;
    if (patch !== undefined) return patch.from(place.slice(2));
    const fleet = environment.fleets.get(fleetIdOf(unit));
    if (fleet === undefined) return environment.at;
    return place.length === 0 ? fleet.at : fleet.from(place);
  };
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
    if (podsWith(graph, namespace, labels).length > 0 || !graph.isComplete(namespace, 'Pod')) continue;
    if (graph.hasGap(namespace, PODS)) continue;
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
    const [, kind = '', namespace = ''] = /^(\S*) (?:([^/]*)\/)?/.exec(to) ?? [];
    if (!graph.isComplete(namespace, kind) || graph.hasGap(namespace, kind)) continue;
    report('NT3003', graph.placeOf(unit, place), { object, field, to });
  }
}

function provePorts(graph: Graph, unit: string, { ports }: UnitFacts, report: Report): void {
  for (const { object, field, namespace, labels, port, place } of ports) {
    const pods = podsWith(graph, namespace, labels);
    const missing = pods.find((pod) => !pod.ports.some(({ name, number }) => name === port || number === port));
    if (missing === undefined || graph.hasGap(namespace, PODS) || graph.hasGap(namespace, CONTAINERS)) continue;
    report('NT3004', graph.placeOf(unit, place), { object, field, port, pod: missing.object });
  }
}

/** An object cannot stand in a namespace that nobody makes. */
function proveNamespaces(graph: Graph, unit: string, { objects }: UnitFacts, report: Report): void {
  const reported = new Set<string>();
  for (const object of objects) {
    const namespace = /^\S+ ([^/]+)\//.exec(object)?.[1];
    if (namespace === undefined || graph.namespaces.has(namespace) || reported.has(namespace)) continue;
    if (graph.external.has(`Namespace ${namespace}`) || !graph.isComplete('', 'Namespace')) continue;
    if (graph.hasGap('', 'Namespace')) continue;
    reported.add(namespace);
    report('NT3005', graph.placeOf(unit, []), { object, namespace });
  }
}

/** A namespace's quota holds the fleet at its largest, in the middle of a rollout. */
function proveQuota(graph: Graph, unit: string, { quotas, pods }: UnitFacts, report: Report): void {
  const most = graph.podsMaxOf(unit);
  if (most === undefined) return;
  for (const quota of quotas) {
    if (graph.hasGap(quota.namespace, CONTAINERS)) continue;
    for (const pod of pods.filter(({ namespace }) => namespace === quota.namespace)) {
      const short =
        (quota.pods !== undefined && quota.pods < most) ||
        (quota.cpuMillis !== undefined && quota.cpuMillis < most * pod.cpuMillis) ||
        (quota.memoryBytes !== undefined && quota.memoryBytes < most * pod.memoryBytes);
      if (short)
        report('NT3006', graph.placeOf(unit, ['scale', 'max']), { object: quota.object, pod: pod.object, max: most });
    }
  }
}

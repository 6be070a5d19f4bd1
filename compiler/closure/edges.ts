import type { EdgeModel, PeerFacts } from '../core/model.ts';
import { fleetSelector } from '../core/names.ts';
import type { Report } from '../diagnostics/report.ts';
import { covers } from './facts.ts';
import type { FlowFacts, Labels } from './facts.ts';
import type { Premises } from './premises.ts';
import type { Graph } from './prove.ts';
import { CONTAINERS, PODS } from './refused.ts';

/** Every `talksTo` edge is open at both of its ends, and no policy opens a way between fleets that the spec does not have. */
export function proveEdges(graph: Graph, { fleets }: Premises, report: Report): void {
  const byNamespace = new Map<string, string>();
  for (const [id, { namespace }] of fleets) byNamespace.set(namespace, id);
  const flows = flowsByFleet(graph, byNamespace);
  const declared = new Set<string>();
  for (const { calls } of fleets.values()) {
    for (const edge of calls) {
      declared.add(`${edge.from.id} ${edge.to.id}`);
      if (graph.units.has(`teams/${edge.from.id}`) && graph.units.has(`teams/${edge.to.id}`))
        proveEdge(edge, graph, flows, report);
    }
  }
  for (const [key, { object, unit, from, to }] of flows.between) {
    if (!declared.has(key)) report('NT3009', graph.placeOf(unit, []), { object, from, to });
  }
}

/** A way between two fleets, and the policy that opens it. */
interface Way {
  readonly from: string;
  readonly to: string;
  readonly object: string;
  readonly unit: string;
}

interface Flows {
  /** Flows by the namespace of the policy. */
  readonly of: ReadonlyMap<string, readonly FlowFacts[]>;
  /** `<caller> <callee>` -> a policy that opens the way. */
  readonly between: ReadonlyMap<string, Way>;
}

function flowsByFleet(graph: Graph, byNamespace: ReadonlyMap<string, string>): Flows {
  const of = new Map<string, FlowFacts[]>();
  const between = new Map<string, Way>();
  for (const [unit, facts] of graph.units) {
    for (const flow of facts.flows) {
      const there = of.get(flow.namespace);
      if (there === undefined) of.set(flow.namespace, [flow]);
      else there.push(flow);
      const own = byNamespace.get(flow.namespace);
      const peer = flow.peerNamespace === '*' ? 'everybody' : byNamespace.get(flow.peerNamespace);
      if (own === undefined || peer === undefined || own === peer) continue;
      const [from, to] = flow.direction === 'out' ? [own, peer] : [peer, own];
      between.set(`${from} ${to}`, { from, to, object: flow.object, unit });
    }
  }
  return { of, between };
}

function proveEdge({ from, to, at }: EdgeModel, graph: Graph, flows: Flows, report: Report): void {
  const caller = podLabels(graph, from);
  const callee = podLabels(graph, to);
  if (caller === undefined || callee === undefined) return;
  const isKnown = ({ namespace }: PeerFacts) =>
    !['NetworkPolicy', PODS, CONTAINERS].some((kind) => graph.hasGap(namespace, kind));
  const out = opens(
    flows.of.get(from.namespace),
    'out',
    caller,
    { namespace: to.namespace, labels: callee },
    to.httpPort,
  );
  const into = opens(
    flows.of.get(to.namespace),
    'in',
    callee,
    { namespace: from.namespace, labels: caller },
    to.httpPort,
  );
  if (!out && isKnown(from)) report('NT3008', at, { from: from.id, to: to.id, side: from.id });
  if (!into && isKnown(to)) report('NT3008', at, { from: from.id, to: to.id, side: to.id });
}

/** Of the fleet's agents; other pods of the namespace are the mesh's. */
function podLabels(graph: Graph, fleet: PeerFacts): Labels | undefined {
  return graph.pods.get(fleet.namespace)?.find(({ labels }) => covers(fleetSelector(fleet), labels))?.labels;
}

function opens(
  flows: readonly FlowFacts[] | undefined,
  direction: 'in' | 'out',
  pod: Labels,
  peer: { readonly namespace: string; readonly labels: Labels },
  port: number,
): boolean {
  return (flows ?? []).some(
    (flow) =>
      flow.direction === direction &&
      flow.peerNamespace === peer.namespace &&
      covers(flow.labels, pod) &&
      covers(flow.peerLabels, peer.labels) &&
      (flow.ports.length === 0 || flow.ports.includes(port) || flow.ports.includes('http')),
  );
}

import type { EnvironmentModel } from '../../core/model.ts';
import { counted } from '../../diagnostics/print-text.ts';
import { compareText } from '../../../spec/contract/text.ts';

export interface GraphNode {
  readonly id: string;
  readonly kind: 'fleet' | 'route' | 'provider' | 'tool-server' | 'schedule';
  readonly label: string;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: 'sends' | 'falls-back' | 'calls' | 'uses' | 'submits';
  readonly label: string;
}

/** What belongs to what in one environment. Nodes and edges are sorted. */
export interface Graph {
  readonly environment: string;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** Longest condition that stands on an edge. */
const CONDITION_MAX = 48;

/** Fleets, routes, providers, tool servers and schedules of an environment, and what leads from one to another. */
export function graphOf(environment: EnvironmentModel): Graph {
  const nodes: GraphNode[] = [];
  const edges: GraphEdge[] = [];
  for (const [id, fleet] of environment.fleets) {
    nodes.push({ id: `fleet:${id}`, kind: 'fleet', label: id });
    for (const { to, tasks } of fleet.calls)
      edges.push({ from: `fleet:${id}`, to: `fleet:${to.id}`, kind: 'calls', label: tasks.join(', ') });
    for (const { facts } of fleet.providers)
      edges.push({ from: `fleet:${id}`, to: `provider:${facts.name}`, kind: 'uses', label: '' });
    for (const [name, { allow }] of fleet.tools)
      edges.push({
        from: `fleet:${id}`,
        to: `tool-server:${name}`,
        kind: 'uses',
        label: counted(allow.length, 'tool'),
      });
  }
  for (const { facts } of environment.providers.values())
    nodes.push({ id: `provider:${facts.name}`, kind: 'provider', label: facts.name });
  for (const { facts } of environment.toolServers.values())
    nodes.push({ id: `tool-server:${facts.name}`, kind: 'tool-server', label: facts.name });
  for (const route of environment.routes) {
    const condition = route.match.where === undefined ? '' : ` if ${shortened(route.match.where.text)}`;
    nodes.push({ id: `route:${route.id}`, kind: 'route', label: `${route.match.tasks.join(', ')}${condition}` });
    for (const { fleet, weight } of route.to)
      edges.push({ from: `route:${route.id}`, to: `fleet:${fleet}`, kind: 'sends', label: String(weight) });
    for (const { to, when } of route.fallback)
      edges.push({ from: `route:${route.id}`, to: `fleet:${to.fleet}`, kind: 'falls-back', label: when.join(', ') });
  }
  for (const [id, { task, cron }] of environment.schedules) {
    nodes.push({ id: `schedule:${id}`, kind: 'schedule', label: `${id} ${cron}` });
    for (const route of environment.routes.filter(({ match }) => match.tasks.includes(task)))
      edges.push({ from: `schedule:${id}`, to: `route:${route.id}`, kind: 'submits', label: task });
  }
  return { environment: environment.name, nodes: nodes.sort(byText), edges: edges.sort(byText) };
}

function byText(a: GraphNode | GraphEdge, b: GraphNode | GraphEdge): number {
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
  return compareText(left, right);
}

function shortened(text: string): string {
  return text.length > CONDITION_MAX ? `${text.slice(0, CONDITION_MAX - 1)}…` : text;
}

import type { EnvironmentModel } from '../../core/model.ts';
import type { Place } from '../../core/origin.ts';
import type { Report } from '../../diagnostics/report.ts';
import { cycles } from '../cycles.ts';
import { sure } from '../../../spec/contract/sure.ts';

interface Edge {
  readonly route: string;
  readonly at: Place;
}

/** Overload does not run in a circle: no fleet is, through the fallbacks of others, its own fallback. */
export function fallbackCycle(environment: EnvironmentModel, report: Report): void {
  const graph = new Map<string, Map<string, Edge>>();
  for (const route of environment.routes) {
    for (const step of route.fallback) {
      for (const target of route.to) {
        if (target.weight === 0 || target.fleet === step.to.fleet) continue;
        const edges = graph.get(target.fleet) ?? new Map<string, Edge>();
        graph.set(target.fleet, edges);
        if (!edges.has(step.to.fleet)) edges.set(step.to.fleet, { route: route.id, at: step.to.at });
      }
    }
  }
  const next = new Map([...graph].map(([fleet, edges]) => [fleet, [...edges.keys()]]));
  for (const cycle of cycles(graph.keys(), (fleet) => next.get(fleet) ?? [])) reportCycle(cycle, graph, report);
}

function reportCycle(
  cycle: readonly string[],
  graph: ReadonlyMap<string, ReadonlyMap<string, Edge>>,
  report: Report,
): void {
  const edges = cycle.map((from, index) => {
    const to = sure(cycle[(index + 1) % cycle.length], 'the next fleet of a cycle');
    return { ...sure(graph.get(from)?.get(to), 'an edge of a cycle'), from, to };
  });
  const [head, ...rest] = edges;
  const first = sure(head, 'the first edge of a cycle');
  report(
    'NT5042',
    first.at,
    { cycle: [...cycle, first.from].map((id) => `\`${id}\``).join(' -> ') },
    {
      related: rest.map(({ at, from, to, route }) => ({
        message: `route \`${route}\`: \`${from}\` falls back to \`${to}\``,
        at,
      })),
    },
  );
}

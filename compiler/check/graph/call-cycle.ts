import type { EdgeModel, EnvironmentModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';
import { cycles } from '../cycles.ts';

/** Fleets do not call each other in a circle: each call would wait for the one before it. */
export function callCycle(environment: EnvironmentModel, report: Report): void {
  const { fleets } = environment;
  const callees = (id: string) => fleets.get(id)?.calls.map(({ to }) => to.id) ?? [];
  for (const cycle of cycles(fleets.keys(), callees)) {
    const edges = cycle.map((id, index) => edgeOf(environment, id, cycle[(index + 1) % cycle.length] ?? id));
    const [first, ...rest] = edges;
    if (first === undefined) continue;
    const related = rest.map(({ from, to, at }) => ({ message: `\`${from.id}\` calls \`${to.id}\``, at }));
    const path = [...cycle, first.from.id].map((id) => `\`${id}\``).join(' -> ');
    report('NT2020', first.at, { cycle: path }, { related });
  }
}

function edgeOf({ fleets }: EnvironmentModel, from: string, to: string): EdgeModel {
  const edge = fleets.get(from)?.calls.find((call) => call.to.id === to);
  if (edge === undefined) throw new Error(`a cycle has no edge from ${from} to ${to}`);
  return edge;
}

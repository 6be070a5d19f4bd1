import type { EnvironmentModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';
import { cycles } from '../cycles.ts';
import { sure } from '../../../spec/contract/sure.ts';

/** Fleets do not call each other in a circle: each call would wait for the one before it. */
export function callCycle(environment: EnvironmentModel, report: Report): void {
  const { fleets } = environment;
  const callsOf = (id: string) => sure(fleets.get(id), 'a fleet that is called').calls;
  const callees = (id: string) => callsOf(id).map(({ to }) => to.id);
  for (const cycle of cycles(fleets.keys(), callees)) {
    const edges = cycle.map((id, index) => {
      const next = cycle[(index + 1) % cycle.length];
      return sure(
        callsOf(id).find((call) => call.to.id === next),
        'a call of the cycle',
      );
    });
    const [head, ...rest] = edges;
    const first = sure(head, 'the first call of a cycle');
    const related = rest.map(({ from, to, at }) => ({ message: `\`${from.id}\` calls \`${to.id}\``, at }));
    const path = [...cycle, first.from.id].map((id) => `\`${id}\``).join(' -> ');
    report('NT2020', first.at, { cycle: path }, { related });
  }
}

import type { EnvironmentModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';
import { loads } from './load.ts';
import type { Load } from './load.ts';
import { figure, perTime, slotsOf } from './service.ts';

/** A fleet at its largest has the slots that its share of the declared arrivals keeps busy. */
export function fleetCapacity(environment: EnvironmentModel, report: Report): void {
  const byFleet = new Map<string, Load[]>();
  for (const load of loads(environment)) byFleet.set(load.fleet.id, [...(byFleet.get(load.fleet.id) ?? []), load]);
  for (const parts of byFleet.values()) {
    const [first] = parts;
    const busy = parts.reduce((sum, part) => sum + part.busy, 0);
    if (first === undefined || busy <= slotsOf(first.fleet)) continue;
    reportOverload(parts, first, busy, environment, report);
  }
}

function reportOverload(
  parts: readonly Load[],
  { fleet }: Load,
  busy: number,
  environment: EnvironmentModel,
  report: Report,
): void {
  const slots = slotsOf(fleet);
  const enough = Math.ceil(busy / fleet.agent.slots);
  report(
    'NT2501',
    fleet.from(['scale', 'max']),
    { fleet: fleet.id, busy: figure(busy), slots },
    {
      notes: [
        ...parts.map(
          (part) =>
            `${perTime(part.perSecond)} \`${part.task}\` through route \`${part.route.id}\` keep ${figure(part.busy)} slots busy, when ${part.service.because}`,
        ),
        `${fleet.scale.max} agents with ${fleet.agent.slots} ${fleet.agent.slots === 1 ? 'slot' : 'slots'} are ${slots}; ${enough} agents would do`,
      ],
      related: parts.map((part) => ({
        message: `arrivals of \`${part.task}\``,
        at: environment.from(['arrivals', part.task]),
      })),
    },
  );
}

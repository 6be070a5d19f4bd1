import type { EnvironmentModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';
import { byTask } from '../routing/by-task.ts';
import { weighted } from '../routing/capability.ts';
import { loadOf } from './load.ts';
import type { Load } from './load.ts';
import { figure, perTime, slotsOf } from './service.ts';

/**
 * A task type with several routes: how its tasks divide among them is not known, but all their fleets together must hold
 * them even if each task went to the fastest.
 */
export function taskCapacity(environment: EnvironmentModel, report: Report): void {
  const { routes } = byTask(environment);
  for (const [task, perSecond] of environment.arrivals) {
    const taking = routes.get(task) ?? [];
    if (taking.length < 2) continue;
    const options = new Map<string, Load>();
    for (const route of taking) {
      for (const { fleet } of weighted(environment, route)) {
        const load = loadOf(fleet, route, task, perSecond);
        if (load !== undefined) options.set(fleet.id, load);
      }
    }
    judge(environment, task, perSecond, [...options.values()], report);
  }
}

function judge(
  environment: EnvironmentModel,
  task: string,
  perSecond: number,
  options: readonly Load[],
  report: Report,
): void {
  if (options.length === 0) return;
  const share = options.reduce((sum, load) => sum + slotsOf(load.fleet) / load.busy, 0);
  if (share >= 1) return;
  report(
    'NT2502',
    environment.from(['arrivals', task]),
    { task, rate: perTime(perSecond), share: figure(share * 100) },
    {
      notes: options.map(
        (load) =>
          `\`${load.fleet.id}\` has ${slotsOf(load.fleet)} of the ${figure(load.busy)} slots it would take alone, when ${load.service.because}`,
      ),
      related: options.map((load) => ({
        message: `the largest \`${load.fleet.id}\``,
        at: load.fleet.from(['scale', 'max']),
      })),
    },
  );
}

import { formatRate } from '../../../spec/contract/units.ts';
import type { EnvironmentModel, RouteModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';
import { loads } from './load.ts';
import type { Load } from './load.ts';
import { figure, perTime } from './service.ts';

/** The limits of a route let the declared arrivals through. */
export function routeLimits(environment: EnvironmentModel, report: Report): void {
  const byRoute = new Map<RouteModel, Load[]>();
  for (const load of loads(environment)) byRoute.set(load.route, [...(byRoute.get(load.route) ?? []), load]);
  for (const [route, parts] of byRoute) {
    const perSecond = parts.reduce((sum, part) => sum + part.perSecond, 0);
    const arrivals = new Map(
      parts.map((part) => [
        part.task,
        { message: `arrivals of \`${part.task}\``, at: environment.from(['arrivals', part.task]) },
      ]),
    );
    const related = [...arrivals.values()];
    checkRate(route, perSecond, related, report);
    checkInFlight(route, parts, related, report);
  }
}

type Places = { message: string; at: RouteModel['at'] }[];

function checkRate(route: RouteModel, perSecond: number, related: Places, report: Report): void {
  const { rate } = route.limits;
  // A rate is a whole count, so that equal amounts may differ in the last bit of the division.
  if (rate === undefined || (rate.count * 1000) / rate.perMs >= perSecond * (1 - 1e-9)) return;
  report(
    'NT2503',
    route.from(['limits', 'rate']),
    { route: route.id, rate: formatRate(rate), arrivals: perTime(perSecond) },
    { related },
  );
}

function checkInFlight(route: RouteModel, parts: readonly Load[], related: Places, report: Report): void {
  const { inFlight } = route.limits;
  const busy = parts.reduce((sum, part) => sum + part.busy, 0);
  if (inFlight === undefined || inFlight >= busy) return;
  report(
    'NT2504',
    route.from(['limits', 'inFlight']),
    { route: route.id, inFlight, busy: figure(busy) },
    {
      related,
      notes: parts.map(
        (part) =>
          `${perTime(part.perSecond)} \`${part.task}\` keep ${figure(part.busy)} running, when ${part.service.because}`,
      ),
    },
  );
}

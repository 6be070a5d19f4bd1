import { formatDuration, formatPercent } from '../../../spec/contract/units.ts';
import { loads } from '../capacity/load.ts';
import { figure, perTime } from '../capacity/service.ts';
import type { EnvironmentModel, FleetModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';
import { BURNS, threshold } from '../../core/burn.ts';

const HOUR_SECONDS = 3600;

/** The alerts of a success target can fire. */
export function successObjective(fleet: FleetModel, report: Report): void {
  if (!hasBudget(fleet)) {
    report('NT2520', fleet.from(['slo', 'success']), { fleet: fleet.id });
    return;
  }
  checkWindow(fleet, report);
  checkReachable(fleet, report);
}

/** And they do not fire on a single failure at the declared traffic. */
export function singleFailure(environment: EnvironmentModel, report: Report): void {
  const traffic = new Map<FleetModel, number>();
  for (const load of loads(environment)) traffic.set(load.fleet, (traffic.get(load.fleet) ?? 0) + load.perSecond);
  for (const [fleet, perSecond] of traffic) if (hasBudget(fleet)) checkSingleFailure(fleet, perSecond, report);
}

function hasBudget({ slo }: FleetModel): boolean {
  return slo.success < 1;
}

/** A budget that is counted over less time than an alert looks back is used up before the alert can know. */
function checkWindow(fleet: FleetModel, report: Report): void {
  const longest = BURNS[3].windowMs;
  if (fleet.slo.windowMs >= longest) return;
  report('NT2521', fleet.from(['slo', 'window']), {
    fleet: fleet.id,
    window: formatDuration(fleet.slo.windowMs),
    longest: formatDuration(longest),
  });
}

function checkReachable(fleet: FleetModel, report: Report): void {
  const [fastest] = BURNS;
  const needed = threshold(fleet.slo.success, fastest);
  if (needed < 1) return;
  const least = 1 - 1 / fastest.burn;
  report(
    'NT2522',
    fleet.from(['slo', 'success']),
    { fleet: fleet.id, needed: String(Math.round(needed * 1000) / 10) },
    {
      notes: [
        `${fastest.burn} times the budget of ${formatPercent(round(1 - fleet.slo.success))} is more than all tasks; the target must be above ${figure(least * 100)}%`,
      ],
    },
  );
}

function checkSingleFailure(fleet: FleetModel, perSecond: number, report: Report): void {
  const [fastest] = BURNS;
  const perHour = perSecond * HOUR_SECONDS;
  const fires = threshold(fleet.slo.success, fastest);
  if (perHour === 0 || fires * perHour >= 1) return;
  const needed = 1 / (fires * HOUR_SECONDS);
  report(
    'NT2523',
    fleet.from(['slo', 'success']),
    { fleet: fleet.id, arrivals: perTime(perSecond) },
    {
      notes: [
        `one failure is ${figure(Math.min(100, 100 / perHour))}% of an hour's tasks, and the page fires above ${figure(fires * 100)}%`,
        `it takes ${perTime(needed)} until one failure is not enough, or a target of at most ${formatPercent(allowed(perHour, fastest.burn))}`,
      ],
    },
  );
}

/** The strictest target, to a tenth of a percent, at which one failure in an hour does not page. */
function allowed(perHour: number, burn: number): number {
  return Math.max(0, Math.floor((1 - 1 / (burn * perHour)) * 1000) / 1000);
}

/** To the four decimals a percent may have. */
function round(share: number): number {
  return Math.round(share * 1e6) / 1e6;
}

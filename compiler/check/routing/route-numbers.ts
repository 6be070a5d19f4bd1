import { sameNumber } from '../../../spec/contract/lane-numbers.ts';
import type { EnvironmentModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';
import { waysOf } from './ways-of-fleets.ts';

/** No two routes of a fleet are one to the scheduler's store, which knows them by a number. It is said at the second. */
export function routeNumbers(environment: EnvironmentModel, report: Report): void {
  const ways = waysOf(environment);
  for (const fleet of environment.fleets.keys()) {
    const own = new Map((ways.get(fleet) ?? []).map(({ route, at }) => [route.id, { route, at }]));
    const same = sameNumber(own.keys());
    const [first, second] = (same ?? []).map((id) => own.get(id));
    if (first === undefined || second === undefined) continue;
    report(
      'NT5082',
      second.route.at,
      { first: first.route.id, second: second.route.id, fleet },
      {
        label: 'call one of them otherwise',
        related: [{ message: `route \`${first.route.id}\` leads there as well`, at: first.at }],
      },
    );
  }
}

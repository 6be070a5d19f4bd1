import type { EnvironmentModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';

/** A limit for each key is below the limit for all keys; otherwise it never holds anything back. */
export function perKeyLimit(environment: EnvironmentModel, report: Report): void {
  for (const route of environment.routes) {
    const { inFlight, perKey } = route.limits;
    if (inFlight === undefined || perKey === undefined || perKey.max < inFlight) continue;
    report(
      'NT5053',
      route.from(['limits', 'perKey', 'max']),
      { route: route.id, max: perKey.max, inFlight },
      {
        related: [{ message: 'the limit for all keys', at: route.from(['limits', 'inFlight']) }],
      },
    );
  }
}

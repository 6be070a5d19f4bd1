import type { EnvironmentModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';

/** A mirror is at another replica. */
export function mirrors({ facts, from }: EnvironmentModel, report: Report): void {
  const { mirrored, replicas } = facts.scheduler;
  if (mirrored && replicas < 2) report('NT2064', from(['scheduler', 'mirror']), {});
}

import { formatDuration } from '../../../spec/contract/units.ts';
import { everyCron, nearestEveryMs } from '../../core/every-cron.ts';
import type { EnvironmentModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';

/** Snapshots are written by cron, as often as the spec says and not about as often. */
export function snapshots({ facts, from }: EnvironmentModel, report: Report): void {
  const { snapshotEveryMs } = facts.dragonfly;
  if (everyCron(snapshotEveryMs) !== undefined) return;
  const params = { every: formatDuration(snapshotEveryMs), nearest: formatDuration(nearestEveryMs(snapshotEveryMs)) };
  report('NT2061', from(['dragonfly', 'snapshotEvery']), params);
}

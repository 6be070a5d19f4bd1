import { formatDuration } from '../../../spec/contract/units.ts';
import type { FleetModel } from '../../core/model.ts';
import { LEASE_MOST_MS } from '../../core/secrets.ts';
import type { Report } from '../../diagnostics/report.ts';

/**
 * A new lease starts the agents of a variable anew when two thirds of the old one are over. The old agents may finish what they
 * run, with credentials that live for the last third.
 */
export function leaseEnd(fleet: FleetModel, report: Report): void {
  const { drainMs } = fleet.rollout;
  const told = new Set<string>();
  for (const [name, { path, mount, leaseMs }] of fleet.secrets) {
    if (mount !== 'env' || leaseMs === undefined || drainMs * 3 <= leaseMs || told.has(path)) continue;
    told.add(path);
    const drain = formatDuration(drainMs);
    const rest = formatDuration(Math.floor(leaseMs / 3000) * 1000);
    const drainAt = fleet.from(['rollout', 'drain']);
    report(
      'NT2556',
      fleet.from(['secrets', name, 'lease']),
      { fleet: fleet.id, drain, name, rest },
      {
        notes: [remedy(drainMs * 3)],
        related: drainAt === fleet.at ? [] : [{ message: 'the drain', at: drainAt }],
      },
    );
  }
}

/** Three drains, where a lease may be as long. */
function remedy(neededMs: number): string {
  const file = '`mount: file` is renewed in place and starts nothing anew';
  return neededMs > LEASE_MOST_MS ? file : `a lease of \`${formatDuration(neededMs)}\` is long enough; ${file}`;
}

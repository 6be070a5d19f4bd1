import { insideReason } from '../../../spec/contract/inside-host.ts';
import type { FleetModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';
import { sure } from '../../../spec/contract/sure.ts';
import type { Surroundings } from '../fleet-check.ts';

/** A fleet reaches only hosts outside, and of them those that its team may reach. */
export function egressAllowed(fleet: FleetModel, report: Report, around: Surroundings): void {
  const team = sure(around.team, 'the team of a fleet');
  for (const [host, { at }] of fleet.egress) {
    const inside = insideReason(host);
    if (inside !== undefined) report('NT2062', at, { host, reason: inside });
    if (inside !== undefined || team.egress.some((pattern) => covers(pattern, host))) continue;
    const place = team.egress.length === 0 ? team.at : team.from(['egress'], 'key');
    const related = [{ message: 'the hosts of the team are listed here', at: place }];
    report('NT4005', at, { fleet: fleet.id, host, team: team.name }, { related });
  }
}

/** `*.acme.example` covers every name below `acme.example`, and not that name itself. */
export function covers(pattern: string, host: string): boolean {
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : pattern === host;
}

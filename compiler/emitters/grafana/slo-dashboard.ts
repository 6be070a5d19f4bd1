import type { Dashboard } from './dashboard.ts';
import type { FleetView } from './fleet-view.ts';
import { objectiveRow } from './objective-panels.ts';

/** Each promise of a fleet: what was promised, what was kept, in every window that an alert looks at. */
export function sloDashboard({ fleet, objectives, signals, uids }: FleetView): Dashboard {
  return {
    uid: uids.slo,
    title: `Nova / SLO / ${fleet.id}`,
    tags: ['nova-torch', 'slo', fleet.team.name],
    variables: [],
    links: [{ title: 'Fleet', url: `/d/${uids.fleet}` }, ...signals],
    rows: objectives.map(objectiveRow),
  };
}

import type { FleetModel } from '../../core/model.ts';
import { dashboardUid } from '../../core/names.ts';
import { objectivesOf } from '../../core/objective.ts';
import type { Dashboard } from './dashboard.ts';
import { errorLogs, traces } from './explore.ts';
import { objectiveRow } from './objective-panels.ts';

/** Each promise of a fleet: what was promised, what was kept, in every window that an alert looks at. */
export function sloDashboard(fleet: FleetModel): Dashboard {
  const { id, team, name } = fleet;
  return {
    uid: dashboardUid('slo', team.name, name),
    title: `Nova / SLO / ${id}`,
    tags: ['nova-torch', 'slo', team.name],
    variables: [],
    links: [{ title: 'Fleet', url: `/d/${dashboardUid('fleet', team.name, name)}` }, errorLogs(id), traces(id)],
    rows: objectivesOf(fleet).map(objectiveRow),
  };
}

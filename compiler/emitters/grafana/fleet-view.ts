import type { FleetModel } from '../../core/model.ts';
import { dashboardUid } from '../../core/names.ts';
import { objectivesOf } from '../../core/objective.ts';
import type { Objective } from '../../core/objective.ts';
import type { Link } from './dashboard.ts';
import { errorLogs, traces } from './explore.ts';

/** A fleet and what all its dashboards need of it, made once. */
export interface FleetView {
  readonly fleet: FleetModel;
  readonly objectives: readonly Objective[];
  /** Its errors in the logs, and its traces. */
  readonly signals: readonly Link[];
  readonly uids: { readonly fleet: string; readonly route: string; readonly slo: string };
}

export function viewOf(fleet: FleetModel): FleetView {
  const uid = (page: string) => dashboardUid(page, fleet.team.name, fleet.name);
  return {
    fleet,
    objectives: objectivesOf(fleet),
    signals: [errorLogs(fleet.id), traces(fleet.id)],
    uids: { fleet: uid('fleet'), route: uid('route'), slo: uid('slo') },
  };
}

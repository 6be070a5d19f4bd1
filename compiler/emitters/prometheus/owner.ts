import type { FleetModel, TeamFacts } from '../../core/model.ts';
import { dashboardUid } from '../../core/names.ts';

/** Whom an alert is for and where they look: the same for all rules of a unit. */
export interface Owner {
  /** Labels that Alertmanager routes by. */
  readonly labels: Readonly<Record<string, string>>;
  readonly dashboard: string;
  /** The document that the unit comes from. */
  readonly spec: string;
}

export function fleetOwner(fleet: FleetModel): Owner {
  return {
    labels: { environment: fleet.environment.name, team: fleet.team.name, ...oncall(fleet.team) },
    dashboard: dashboardUid('fleet', fleet.team.name, fleet.name),
    spec: fleet.at.document.file,
  };
}

function oncall({ oncall: rota }: TeamFacts): { readonly oncall?: string } {
  return rota === undefined ? {} : { oncall: rota };
}

import type { RoutingTable } from '../../spec/contract/routing-table.ts';
import type { AgentName } from '../core/scheduler.ts';
import { isOf } from '../core/task-id.ts';
import type { Call } from './call.ts';
import type { Identity } from './identity.ts';
import { ProblemError } from './problems.ts';

/** Names one team of a caller who is in several. */
export const TEAM_HEADER = 'nova-team';

/** Whose things a caller may touch; what belongs to others is not there. */
export function tenantOf(call: Call): string {
  const [team, ...others] = teamsOf(call);
  if (team !== undefined && others.length === 0) return team;
  const names = teamsOf(call).join(', ');
  throw new ProblemError('which-team', { detail: `you are of ${names}: name one with the header ${TEAM_HEADER}` });
}

/** The teams of a caller; the one that the request names where it names one. */
function teamsOf({ who: { tenant, teams }, headers }: Call): readonly string[] {
  const own = teams ?? (tenant === undefined ? [] : [tenant]);
  if (own.length === 0) throw new ProblemError('forbidden', { detail: 'this identity belongs to no team' });
  const named = headers[TEAM_HEADER];
  if (named === undefined) return own;
  const found = own.filter((team) => team === named);
  if (found.length === 0)
    throw new ProblemError('forbidden', { detail: `you are not of ${String(named).slice(0, 63)}` });
  return found;
}

export function idOf({ params }: Call): string {
  return params['id'] ?? '';
}

/** A foreign task is not there. */
export function ownTask(call: Call): string {
  const id = idOf(call);
  if (!call.all && !teamsOf(call).some((team) => isOf(id, team))) throw new ProblemError('not-found');
  return id;
}

export function ownFleet({ fleet, isDeveloper }: Identity, asked: string | undefined): string {
  if (isDeveloper === true && asked !== undefined) return asked;
  if (fleet === undefined) throw new ProblemError('forbidden', { detail: 'this identity is no agent of a fleet' });
  if (asked !== undefined && asked !== fleet) throw new ProblemError('not-found');
  return fleet;
}

export function ownAgent({ who, query }: Call, name: string): AgentName {
  return { fleet: ownFleet(who, query['fleet']), name };
}

export function pathFleet({ params }: Call): string {
  return `${params['team'] ?? ''}/${params['fleet'] ?? ''}`;
}

/** An agent speaks for its own fleet only; an operator for any. */
export function pathAgent(call: Call): AgentName {
  const fleet = pathFleet(call);
  const name = call.params['agent'] ?? '';
  return { fleet: call.all ? fleet : ownFleet(call.who, fleet), name };
}

export function found<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new ProblemError('not-found');
  return value;
}

/** An agent submits for its team only what the compiled edges of its fleet allow. */
export function mayAskFor({ fleets }: RoutingTable, { fleet }: Identity, task: string): void {
  if (fleet === undefined) return;
  const calls = Object.values(fleets[fleet]?.calls ?? {});
  if (!calls.some((types) => types.includes(task))) {
    throw new ProblemError('forbidden', { detail: `\`talksTo\` of ${fleet} does not have a fleet for ${task}` });
  }
}

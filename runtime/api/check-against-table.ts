import type { PollRequest } from '../../spec/contract/protocol.ts';
import type { RoutingTable } from '../../spec/contract/routing-table.ts';
import type { Call } from './call.ts';
import { ProblemError } from './problems.ts';

/** Agents of a fleet that has left the table are still seen, and still told what becomes of them. */
export function checkFleet({ table, scheduler }: Pick<Call, 'table' | 'scheduler'>, fleet: string): void {
  const isKnown = Object.hasOwn(table.fleets, fleet) || scheduler.agents(fleet).length > 0;
  if (!isKnown) throw new ProblemError('not-found', { detail: `no fleet is called ${fleet}` });
}

/** What a schema cannot say of a request: what its fields mean to each other, and to the routing table. */
export function checkPoll(
  { table, scheduler }: Pick<Call, 'table' | 'scheduler'>,
  fleet: string,
  { slots, free }: Pick<PollRequest, 'slots' | 'free'>,
): void {
  checkFleet({ table, scheduler }, fleet);
  if (free > slots) throw wrong('/free', `must be <= ${slots}, the slots that there are`);
}

/**
 * What stands for the agents of a push fleet are the schedulers, which call all of them at one address. One that drained would
 * take nothing of the fleet, and nobody could undo it. A fleet that is unknown is for others to refuse.
 */
export function checkDrain({ fleets }: RoutingTable, fleet: string): void {
  if (!Object.hasOwn(fleets, fleet) || fleets[fleet]?.delivery !== 'push') return;
  const detail = `the schedulers call the agents of ${fleet}, so none of them drains: pause the fleet, or drain it or a build`;
  throw new ProblemError('not-now', { detail });
}

/** A fleet that is unknown is for others to refuse. */
export function checkBuild({ fleets }: RoutingTable, fleet: string, build: string): void {
  const builds = Object.hasOwn(fleets, fleet) ? fleets[fleet]?.builds : undefined;
  if (builds === undefined || Object.hasOwn(builds, build)) return;
  throw wrong('/build', `the routing table has ${Object.keys(builds).join(', ')}`);
}

function wrong(pointer: string, detail: string): ProblemError {
  return new ProblemError('invalid-body', { errors: [{ pointer, detail }] });
}

import type { Call } from './call.ts';
import { checkBuild } from './check-against-table.ts';
import { FLEET_PARAMS, type Operation } from './operation.ts';
import { found, pathFleet } from './ownership.ts';
import { ProblemError } from './problems.ts';
import { redriveMany } from './redrive.ts';
import type { bodies } from './schemas.ts';

/** What people do with fleets, and how the scheduler is. */
export const FLEET_OPERATIONS: readonly Operation[] = [
  {
    id: 'listFleets',
    method: 'GET',
    path: '/v1/fleets',
    summary: 'All fleets: agents, slots, queues, breakers, shares of their builds',
    roles: ['operator', 'auditor'],
    owner: 'none',
    answer: 'FleetList',
    status: [200],
    run: async ({ scheduler }) => ({ status: 200, body: { fleets: await scheduler.fleets() } }),
  },
  {
    id: 'getFleet',
    method: 'GET',
    path: '/v1/fleets/{team}/{fleet}',
    summary: 'One fleet',
    roles: ['operator', 'auditor'],
    owner: 'none',
    params: FLEET_PARAMS,
    answer: 'FleetView',
    status: [200],
    run: async (call) => ({ status: 200, body: found(await call.scheduler.fleet(pathFleet(call))) }),
  },
  fleetChange('pauseFleet', 'pause', 'Starts no more tasks of a fleet; what runs goes on', 'PauseRequest', (call) => {
    const { reason = 'paused' } = call.body as { readonly reason?: string };
    return call.scheduler.pause(pathFleet(call), reason);
  }),
  fleetChange('resumeFleet', 'resume', 'Ends a pause or a drain', undefined, (call) =>
    call.scheduler.resume(pathFleet(call)),
  ),
  fleetChange(
    'drainFleet',
    'drain',
    'Sends nothing new to a fleet, or to one of its builds',
    'DrainRequest',
    (call) => {
      const { build } = call.body as { readonly build?: string };
      const fleet = pathFleet(call);
      if (build !== undefined) checkBuild(call.table, fleet, build);
      return call.scheduler.drain(fleet, build);
    },
    ['not-now'],
  ),
  {
    id: 'redriveDeadLetters',
    method: 'POST',
    path: '/v1/fleets/{team}/{fleet}/dead-letters/redrive',
    summary: 'Gives dead letters of a fleet another chance',
    roles: ['operator'],
    owner: 'none',
    params: FLEET_PARAMS,
    body: 'RedriveRequest',
    answer: 'RedriveResponse',
    status: [200],
    problems: ['not-now'],
    audit: 'fleet:redrive',
    run: redriveMany,
  },
  {
    id: 'getStatus',
    method: 'GET',
    path: '/v1/status',
    summary: 'How this scheduler is, and which routing table it follows',
    roles: ['submitter', 'agent', 'operator', 'auditor'],
    owner: 'none',
    answer: 'Status',
    status: [200],
    run: async ({ scheduler }) => {
      const { ready, draining, store, table, refusedTable } = scheduler.status();
      const loadedAt = new Date(table.loadedAtMs).toISOString();
      return {
        status: 200,
        body: {
          ...{ ready, draining, store, environment: table.environment, loadedAt },
          ...{ table: table.digest, tableVersion: table.version },
          ...(refusedTable !== undefined && { refusedTable }),
        },
      };
    },
  },
];

function fleetChange(
  id: string,
  verb: string,
  summary: string,
  body: keyof typeof bodies | undefined,
  make: (call: Call) => Promise<boolean>,
  problems: Operation['problems'] = [],
): Operation {
  return {
    id,
    method: 'POST',
    path: `/v1/fleets/{team}/{fleet}/${verb}`,
    summary,
    roles: ['operator'],
    owner: 'none',
    params: FLEET_PARAMS,
    ...(body !== undefined && { body }),
    answer: 'Done',
    status: [200],
    audit: `fleet:${verb}`,
    problems,
    run: async (call) => {
      if (!(await make(call))) throw new ProblemError('not-found');
      return { status: 200, body: { done: true } };
    },
  };
}

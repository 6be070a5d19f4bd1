import {
  ROUTES_OF_FLEET_MAX,
  type RoutingTable,
  type TableAccept,
  type TableRoute,
} from '../../spec/contract/routing-table.ts';
import { timesFault } from './due-times.ts';

/**
 * What a table of the right form may still hold that no scheduler could run: it would end of it at once, or with the first task,
 * and again after each restart, since the journal brings that task back. Nothing where there is no such fault. Our compiler
 * writes no such table, except for time zones: its list of them may be newer than the scheduler's Node.
 */
export function faultOf(table: RoutingTable): string | undefined {
  return tooManyRoutes(table) ?? brokenNumber(table) ?? brokenSchedule(table);
}

/** A route counts once for each fleet, as in `shardPolicies`. */
function tooManyRoutes({ fleets, routes }: RoutingTable): string | undefined {
  const counts = new Map<string, number>();
  for (const { to, fallback } of routes) {
    const named = new Set([...to, ...fallback].map(({ fleet }) => fleet));
    for (const fleet of named) counts.set(fleet, (counts.get(fleet) ?? 0) + 1);
  }
  for (const fleet of Object.keys(fleets)) {
    const count = counts.get(fleet) ?? 0;
    if (count > ROUTES_OF_FLEET_MAX) {
      return `${count} routes lead to the fleet ${fleet}, and a scheduler takes at most ${ROUTES_OF_FLEET_MAX}: let one route take several task types, or split the fleet`;
    }
  }
  return undefined;
}

/** A field, what it holds, and the least that it may hold. */
type Figure = readonly [field: string, value: number, least?: number];

/** Figures that go to the store with each task, or with the limits of its route: it takes whole ones only. */
function brokenNumber({ fleets, routes }: RoutingTable): string | undefined {
  for (const [id, { accepts }] of Object.entries(fleets)) {
    for (const [task, accept] of Object.entries(accepts)) {
      const broken = acceptFigures(accept).find(isBroken);
      if (broken !== undefined) return saidOf(`the task ${task} of the fleet ${id}`, broken);
    }
  }
  for (const route of routes) {
    const broken = routeFigures(route).find(isBroken);
    if (broken !== undefined) return saidOf(`the route ${route.id}`, broken);
  }
  return undefined;
}

function acceptFigures({ queueMs, runMs, heartbeatMs, attempts, backoff }: TableAccept): readonly Figure[] {
  return [
    ['queueMs', queueMs],
    ['runMs', runMs],
    ['heartbeatMs', heartbeatMs],
    ['attempts', attempts, 1],
    ['backoff.firstMs', backoff.firstMs],
    ['backoff.maxMs', backoff.maxMs],
  ];
}

function routeFigures({ queue, fallback, dedupe, limits, affinity, priority }: TableRoute): readonly Figure[] {
  return [
    ['queue.maxDepth', queue.maxDepth],
    ['queue.maxAgeMs', queue.maxAgeMs],
    ...fallback.map(({ afterMs }, index): Figure => [`fallback.${index}.afterMs`, afterMs]),
    ['dedupe.windowMs', dedupe?.windowMs ?? 0],
    ['limits.inFlight', limits.inFlight ?? 0],
    ['limits.rate.count', limits.rate?.count ?? 0],
    ['limits.rate.perMs', limits.rate?.perMs ?? 0],
    ['limits.perKey.max', limits.perKey?.max ?? 0],
    ['affinity.holdMs', affinity?.holdMs ?? 0],
    ['affinity.spillAfterMs', affinity?.spillAfterMs ?? 0],
    ['priority.aging.everyMs', priority.aging?.everyMs ?? 0],
  ];
}

function isBroken([, value, least = 0]: Figure): boolean {
  return !Number.isSafeInteger(value) || value < least;
}

function saidOf(whose: string, [field, value, least = 0]: Figure): string {
  return `${whose} has ${field} ${JSON.stringify(value)}, and it must be a whole number of at least ${least}: compile the spec again`;
}

function brokenSchedule({ schedules }: RoutingTable): string | undefined {
  for (const schedule of schedules) {
    const fault = timesFault(schedule);
    if (fault !== undefined) return `the schedule ${schedule.id} ${fault}`;
  }
  return undefined;
}

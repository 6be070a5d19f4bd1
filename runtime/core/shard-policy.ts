import type { RoutingTable, TableRoute } from '../../spec/contract/routing-table.ts';
import { routeNumber } from './lane.ts';
import type { RoutePolicy } from './route-policy.ts';

/**
 * The limits of every route that may send tasks to a fleet. A route with several fleets has its `inFlight`, `rate` and queue
 * depth divided among them by weight, because each fleet's shard counts for itself; a fallback fleet, which takes over, has
 * all of it. `perKey` is not divided: tasks with one key go to one fleet where affinity or the submitter's key keeps them.
 */
export function shardPolicies(table: RoutingTable, fleet: string): readonly RoutePolicy[] {
  return table.routes.flatMap((route) => {
    const share = shareOf(route, fleet);
    return share === undefined ? [] : [policyOf(route, share)];
  });
}

function shareOf(route: TableRoute, fleet: string): number | undefined {
  if (route.fallback.some((step) => step.fleet === fleet)) return 1;
  const total = route.to.reduce((sum, { weight }) => sum + weight, 0);
  const own = route.to.find((target) => target.fleet === fleet);
  if (own === undefined) return undefined;
  return total === 0 ? 1 : own.weight / total;
}

function policyOf({ id, limits, queue, priority, affinity }: TableRoute, share: number): RoutePolicy {
  const { inFlight, rate, perKey } = limits;
  return {
    route: routeNumber(id),
    ...(inFlight !== undefined && { inFlight: divide(inFlight, share) }),
    ...(rate !== undefined && { rate: { count: divide(rate.count, share), perMs: rate.perMs } }),
    ...(perKey !== undefined && { perKey: { max: perKey.max, onFull: perKey.onFull } }),
    depth: { max: divide(queue.maxDepth, share), onFull: queue.onFull },
    ...(priority.aging !== undefined && { aging: priority.aging }),
    ...(affinity !== undefined && {
      affinity: { mode: affinity.mode, holdMs: affinity.holdMs, spillAfterMs: affinity.spillAfterMs },
    }),
  };
}

function divide(limit: number, share: number): number {
  return Math.max(1, Math.round(limit * share));
}

import type { RoutingTable, TableRoute } from '../../spec/contract/routing-table.ts';
import { routeNumber } from '../../spec/contract/lane-numbers.ts';
import type { RoutePolicy } from './route-policy.ts';
import { slower, type StartRate } from './start-rate.ts';

/**
 * The limits of every route that may send tasks to a fleet. A route with several fleets has its `inFlight`, `rate` and queue
 * depth divided among them by weight, because each fleet's shard counts for itself: all together have what the route says, and
 * each at least one. A fallback fleet, which takes over, has all of it. `perKey` is not divided: tasks with one key go to one
 * fleet where affinity or the submitter's key keeps them.
 */
export function shardPolicies(table: RoutingTable, fleet: string): readonly RoutePolicy[] {
  return table.routes.flatMap((route) => {
    const share = shareOf(route, fleet);
    return share === undefined ? [] : [policyOf(route, share)];
  });
}

/** One fleet's part of a limit. */
interface Share {
  count(limit: number): number;
  rate(limit: StartRate): StartRate;
}

const WHOLE: Share = { count: (limit) => limit, rate: (limit) => limit };

function shareOf({ to, fallback }: TableRoute, fleet: string): Share | undefined {
  if (fallback.some((step) => step.fleet === fleet)) return WHOLE;
  const at = to.findIndex((target) => target.fleet === fleet);
  if (at === -1) return undefined;
  const weights = to.map(({ weight }) => weight);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return WHOLE;
  const part = (weights[at] ?? 0) / total;
  return {
    count: (limit) => Math.max(1, divide(limit, weights, total)[at] ?? 0),
    rate: (limit) => (part === 0 ? limit : slower(limit, part)),
  };
}

function policyOf({ id, limits, queue, priority, affinity }: TableRoute, share: Share): RoutePolicy {
  const { inFlight, rate, perKey } = limits;
  return {
    route: routeNumber(id),
    ...(inFlight !== undefined && { inFlight: share.count(inFlight) }),
    ...(rate !== undefined && { rate: share.rate(rate) }),
    ...(perKey !== undefined && { perKey: { max: perKey.max, onFull: perKey.onFull } }),
    depth: { max: share.count(queue.maxDepth), onFull: queue.onFull },
    ...(priority.aging !== undefined && { aging: priority.aging }),
    ...(affinity !== undefined && {
      affinity: { mode: affinity.mode, holdMs: affinity.holdMs, spillAfterMs: affinity.spillAfterMs },
    }),
  };
}

/** Whole parts of a limit by weight, which add up to it: what rounding leaves goes to those who lack most by it. */
function divide(limit: number, weights: readonly number[], total: number): readonly number[] {
  const exact = weights.map((weight) => (limit * weight) / total);
  const parts = exact.map(Math.floor);
  const left = limit - parts.reduce((sum, part) => sum + part, 0);
  const lack = (at: number): number => (exact[at] ?? 0) - (parts[at] ?? 0);
  const most = new Set([...parts.keys()].sort((a, b) => lack(b) - lack(a) || a - b).slice(0, left));
  return parts.map((part, at) => part + (most.has(at) ? 1 : 0));
}

import type { Decision } from '../../spec/contract/match.ts';
import type { RoutingTable, TableAccept, TableRoute } from '../../spec/contract/routing-table.ts';
import { costOf } from './fairness.ts';
import { laneOf } from './lane.ts';
import { noticeMs } from './notice.ts';
import { storeKey } from './store-key.ts';
import type { NewTask } from './task-record.ts';

/** Where a task goes, once that is decided. */
export interface Place {
  readonly route: TableRoute;
  readonly fleet: string;
  readonly build: string;
  /** Steps of the fallback chain that were tried already. */
  readonly fallbackStep: number;
}

/** What was submitted, besides what routing saw. */
export interface Submission {
  readonly id: string;
  readonly task: string;
  readonly tenant: string;
  readonly body: string;
  readonly digest: string;
  readonly delayMs: number;
  readonly acceptedMs?: number;
}

/**
 * What the store is given for a task at a place. Its flow is the team and the value of the fairness key (the tenant where the
 * route has none); its cost follows from the shares of both. Throws for a place whose fleet does not accept the task.
 */
export function newTask(
  table: RoutingTable,
  place: Place,
  { keys, priority = 'normal' }: Pick<Decision, 'keys' | 'priority'>,
  submission: Submission,
): NewTask {
  const { route } = place;
  const accept = acceptOf(table, place.fleet, submission.task);
  const share = keys.fairness ?? submission.tenant;
  const queueMs = Math.min(accept.queueMs, route.queue.maxAgeMs);
  return {
    id: submission.id,
    lane: laneOf(route.id, place.build),
    priority,
    flow: storeKey(`${route.team}/${share}`),
    cost: costOf((table.teams[route.team]?.weight ?? 1) * weightOf(route.fairness?.weights ?? {}, share)),
    ...(keys.perKey !== undefined && { key: storeKey(keys.perKey) }),
    ...(keys.affinity !== undefined && { affinity: storeKey(`${route.id}/${keys.affinity}`) }),
    ...(keys.dedupe !== undefined &&
      route.dedupe !== undefined && {
        dedupe: { key: storeKey(`${route.id}/${keys.dedupe}`), windowMs: route.dedupe.windowMs },
      }),
    delayMs: submission.delayMs,
    queueMs,
    noticeMs: noticeMs(route.fallback.slice(place.fallbackStep), queueMs),
    ...leaseOf(accept),
    runMs: accept.runMs,
    retryMs: accept.backoff.firstMs,
    digest: submission.digest,
    body: submission.body,
    ...(submission.acceptedMs !== undefined && { acceptedMs: submission.acceptedMs }),
  };
}

/** The share may be a text of the submitter's: `constructor` is none of the names that stand there. */
function weightOf(weights: Readonly<Record<string, number>>, share: string): number {
  return Object.hasOwn(weights, share) ? (weights[share] ?? 1) : 1;
}

/**
 * After an agent has gone silent in the middle nobody knows what it has done. A task with external effects is never begun again
 * then: it is left to its agent for the whole time of a run, and becomes a dead letter, for a person, when nothing was heard by
 * the end. What its agent says has failed is tried again as usual, see `after-failure.ts`.
 */
function leaseOf({ effects, heartbeatMs, runMs, attempts }: TableAccept): Pick<NewTask, 'leaseMs' | 'attemptMax'> {
  return effects === 'external' ? { leaseMs: runMs, attemptMax: 1 } : { leaseMs: heartbeatMs, attemptMax: attempts };
}

function acceptOf(table: RoutingTable, fleet: string, task: string): TableAccept {
  const accepts = table.fleets[fleet]?.accepts ?? {};
  const accept = Object.hasOwn(accepts, task) ? accepts[task] : undefined;
  if (accept === undefined) throw new Error(`${fleet} does not accept ${task}`);
  return accept;
}

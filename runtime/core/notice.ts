import type { TableRoute } from '../../spec/contract/routing-table.ts';

type Step = Pick<TableRoute['fallback'][number], 'when' | 'afterMs'>;

/**
 * How often a waiting task is looked at for the steps of its fallback chain that are left; 0 for never. The shard knows one
 * period for each task, and a look costs: it is the longest that comes to every step at most a tenth of its `after` too late, and
 * before the queue gives the task up. Looks that are only made when the first step is due would pass a later one by, which may
 * be the one whose reason holds.
 */
export function noticeMs(steps: readonly Step[], queueMs: number): number {
  const afters = steps.filter(isWaitedFor).map(({ afterMs }) => afterMs);
  if (afters.length === 0) return 0;
  const first = Math.min(...afters);
  let period = first + CLOCKS_MS;
  for (let looks = 2; looks <= LOOKS_MAX && !afters.every((after) => isSeen(after, period, queueMs)); looks += 1) {
    period = Math.ceil(first / looks) + CLOCKS_MS;
  }
  return period;
}

/** The shard's clock says when to look, and a scheduler's, which may be behind it, how long the task has waited. */
const CLOCKS_MS = 100;
/** In the time of the first step. */
const LOOKS_MAX = 60;

/** A queue that refuses a task is not waited in. */
function isWaitedFor({ when }: Step): boolean {
  return when.some((reason) => reason !== 'rejected');
}

function isSeen(after: number, period: number, queueMs: number): boolean {
  const seen = Math.ceil((after + CLOCKS_MS) / period) * period;
  return seen <= after * 1.1 && (after >= queueMs || seen < queueMs);
}

import { OPERATIONS_MAX, type Applied, type Operation, type Store } from '../../../runtime/store/store.ts';
import { DEFAULT_SETTINGS } from '../../../runtime/core/route-policy.ts';
import { LANE, SHARD, routePolicy, task } from '../../../runtime/store/testing/bench.ts';
import { AGENTS, BENCH_TEXT } from './bench-table.ts';

/** As a scheduler's line to a shard under load, see `runtime/loops/shard-link.ts`. */
const CALLS = 2;
const LANES = [LANE];

type Lease = { readonly id: string; readonly token: number };

/**
 * The store alone: so many tasks are submitted, claimed and completed by 100 agents that finish at once, in batches of what
 * comes together, claims last, two of them under way. `prefix` tells runs on the same server apart.
 */
export async function drive(store: Store, tasks: number, prefix: string): Promise<void> {
  const leases: (Lease | undefined)[] = Array.from({ length: AGENTS }, () => undefined);
  const free: number[] = leases.map((_, agent) => agent);
  let position = 0;
  let number = 0;
  let submitted = 0;
  let completed = 0;

  const nextOperations = (asking: readonly number[]): readonly Operation[] => {
    const operations: Operation[] = number === 0 ? [policy()] : [];
    for (const agent of asking) {
      const lease = leases[agent];
      if (lease !== undefined) operations.push({ op: 'complete', ...lease, result: 'null' });
    }
    for (let left = Math.min(asking.length, tasks - submitted); left > 0; left -= 1) {
      const body = JSON.stringify({ n: submitted, text: BENCH_TEXT });
      const more = { flow: `tenant-${submitted % 10}`, queueMs: 600_000, body };
      operations.push({ op: 'submit', task: task(`${prefix}-${submitted}`, more) });
      submitted += 1;
    }
    for (const agent of asking)
      operations.push({ op: 'claim', agent: `agent-${agent}`, lanes: LANES, count: 1, looks: 32 });
    return operations;
  };

  const take = (asking: readonly number[], { replies }: Applied): void => {
    let at = 0;
    for (const reply of replies) {
      if (reply.kind === 'done') completed += 1;
      if (reply.kind !== 'claims') continue;
      const record = reply.claims[0]?.record;
      leases[asking[at] ?? 0] = record && { id: record.id, token: record.token };
      at += 1;
    }
    free.push(...asking);
  };

  const lane = async (): Promise<void> => {
    while (completed < tasks) {
      const asking = free.splice(0, Math.min(AGENTS / CALLS, Math.floor(OPERATIONS_MAX / 3)));
      const operations = nextOperations(asking);
      const batch = {
        scheduler: prefix,
        prevLsn: position,
        lsn: position + 1,
        number,
        after: Math.max(0, number - 1),
        tokenFloor: 0,
        beat: 0,
        operations,
      };
      position += 1;
      number += 1;
      const answer = await store.apply(SHARD, batch);
      if (answer.kind === 'gap') throw new Error('a gap');
      take(asking, answer);
    }
  };
  await Promise.all(Array.from({ length: CALLS }, lane));
}

function policy(): Operation {
  const depth = { max: 1_000_000, onFull: 'reject' } as const;
  return { op: 'policy', revision: 'sha256-1', settings: DEFAULT_SETTINGS, routes: [routePolicy({ depth })] };
}

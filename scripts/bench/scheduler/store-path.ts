import { OPERATIONS_MAX, type Operation, type Store } from '../../../runtime/store/store.ts';
import { DEFAULT_SETTINGS } from '../../../runtime/core/route-policy.ts';
import { LANE, SHARD, routePolicy, task } from '../../../runtime/store/testing/bench.ts';

const AGENTS = 100;

type Lease = { readonly id: string; readonly token: number };

/**
 * The store alone: so many tasks are submitted, claimed and completed by 100 agents that finish at once, in micro-batches with
 * one call in flight. `prefix` tells runs on the same server apart.
 */
export async function drive(store: Store, tasks: number, prefix: string): Promise<void> {
  const leases: (Lease | undefined)[] = Array.from({ length: AGENTS }, () => undefined);
  const queue: number[] = leases.map((_, agent) => agent);
  let position = 0;
  let submitted = 0;
  let completed = 0;
  for (let number = 0; completed < tasks; number += 1) {
    const operations: Operation[] = number === 0 ? [policy()] : [];
    const asking: number[] = [];
    while (operations.length + 3 <= OPERATIONS_MAX && asking.length < AGENTS) {
      const agent = queue.shift() ?? 0;
      const lease = leases[agent];
      if (lease !== undefined) operations.push({ op: 'complete', ...lease, result: '' });
      if (submitted < tasks) {
        operations.push({
          op: 'submit',
          task: task(`${prefix}-${submitted}`, { flow: `tenant-${submitted % 10}`, queueMs: 600_000 }),
        });
        submitted += 1;
      }
      operations.push({ op: 'claim', agent: `agent-${agent}`, lanes: [LANE], count: 1, looks: 32 });
      asking.push(agent);
      queue.push(agent);
    }
    const lsn = position + operations.length;
    const batch = { scheduler: prefix, prevLsn: position, lsn, number, tokenFloor: 0, beat: 0, operations };
    const answer = await store.apply(SHARD, batch);
    if (answer.kind === 'gap') throw new Error('a gap');
    position = lsn;
    let at = 0;
    for (const reply of answer.replies) {
      if (reply.kind === 'done') completed += 1;
      if (reply.kind !== 'claims') continue;
      const record = reply.claims[0]?.record;
      leases[asking[at] ?? 0] = record && { id: record.id, token: record.token };
      at += 1;
    }
  }
}

function policy(): Operation {
  const depth = { max: 1_000_000, onFull: 'reject' } as const;
  return { op: 'policy', revision: 'sha256-1', settings: DEFAULT_SETTINGS, routes: [routePolicy({ depth })] };
}

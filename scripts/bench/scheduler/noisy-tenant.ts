import { dragonflyStore } from '../../../runtime/store/dragonfly/dragonfly-store.ts';
import { DEFAULT_SETTINGS } from '../../../runtime/core/route-policy.ts';
import { LANE, SHARD, routePolicy, task } from '../../../runtime/store/testing/bench.ts';
import type { Operation } from '../../../runtime/store/store.ts';
import { jainIndex } from './jain.ts';

/** Nine tenants wait with so many tasks each, and one that came before all of them with a hundred times as many. */
const QUIET = 9;
const EACH = 60;
const NOISY = 100 * EACH;
const BATCH = 200;

/** Jain's index over what the tenants got while every one of them still waited. */
export async function noisyTenant(url: string): Promise<number> {
  const store = dragonflyStore({ url });
  await store.ready();
  let lsn = 0;
  let number = 0;
  const apply = async (operations: readonly Operation[]) => {
    const prevLsn = lsn;
    lsn += operations.length;
    const batch = {
      scheduler: 'bench',
      prevLsn,
      lsn,
      number,
      after: Math.max(0, number - 1),
      tokenFloor: 0,
      beat: 0,
      operations,
    };
    number += 1;
    const answer = await store.apply(SHARD, batch);
    if (answer.kind === 'gap') throw new Error('the store has lost something');
    return answer.replies;
  };
  try {
    const depth = { max: 1_000_000, onFull: 'reject' } as const;
    await apply([{ op: 'policy', revision: 'sha256-1', settings: DEFAULT_SETTINGS, routes: [routePolicy({ depth })] }]);
    const flows = [
      ...Array.from({ length: NOISY }, () => 'noisy'),
      ...Array.from({ length: QUIET * EACH }, (_, n) => `quiet-${n % QUIET}`),
    ];
    for (let from = 0; from < flows.length; from += BATCH) {
      await apply(
        flows
          .slice(from, from + BATCH)
          .map((flow, n) => ({ op: 'submit', task: task(`t-${from + n}`, { flow, queueMs: 600_000 }) })),
      );
    }
    const got = new Map<string, number>();
    const contested = (QUIET + 1) * EACH;
    for (let claimed = 0; claimed < contested; claimed += 1) {
      const [reply] = await apply([{ op: 'claim', agent: 'agent-0', lanes: [LANE], count: 1, looks: 32 }]);
      const flow = reply?.kind === 'claims' ? flows[Number(reply.claims[0]?.record.id.slice(2))] : undefined;
      if (flow === undefined) throw new Error('nothing was handed out');
      got.set(flow, (got.get(flow) ?? 0) + 1);
    }
    return jainIndex([...new Set(flows)].map((flow) => got.get(flow) ?? 0));
  } finally {
    await store.close();
  }
}

import { LANES_MAX, type Operation, type Reply, type ShardFacts } from '../store/store.ts';

/**
 * Facts of a shard and of any number of its lanes. One after the other: a shard that tells of very many at once lets all others
 * wait.
 */
export async function inspectLanes(
  ask: (operation: Operation) => Promise<Reply>,
  lanes: readonly number[],
): Promise<ShardFacts> {
  const told: ShardFacts['lanes'][number][] = [];
  for (let from = 0; ; from += LANES_MAX) {
    const reply = await ask({ op: 'inspect', lanes: lanes.slice(from, from + LANES_MAX) });
    if (reply.kind !== 'facts') throw new Error(`the store answered an inspection with ${reply.kind}`);
    told.push(...reply.facts.lanes);
    if (from + LANES_MAX >= lanes.length) return { ...reply.facts, lanes: told };
  }
}

import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isLegal } from '../core/moves.ts';
import type { TaskState } from '../core/task-record.ts';
import { dragonflyStore } from './dragonfly/dragonfly-store.ts';
import { memoryStore } from './memory/memory-store.ts';
import { STATES } from './row.ts';
import { shardName, type Applied, type Batch, type Gap, type Operation, type Reply, type Store } from './store.ts';
import { audit } from './memory/audit.ts';
import { SHARD, START_MS, routePolicy } from './testing/bench.ts';
import { dumpMemory, dumpRedis } from './testing/dump.ts';
import { turns, type Draw, type Turn } from './testing/random-batches.ts';
import { startStoreServer, type StoreServer } from './testing/store-server.ts';
import { DEFAULT_SETTINGS } from '../core/route-policy.ts';

/** Random talks with both stores: the same answers, the same keys, only legal moves, and no record without its sets. */

const RUNS = process.env['NOVA_TORCH_FULL'] === undefined ? 500 : 5000;

let server: StoreServer;
let admin: Redis;
let store: Store & { ready(): Promise<void> };
let nowMs = START_MS;

beforeAll(async () => {
  server = await startStoreServer();
  admin = server.url.startsWith('unix:') ? new Redis({ path: server.url.slice(5) }) : new Redis(server.url);
  store = dragonflyStore({ url: server.url, nowUs: () => nowMs * 1000 });
  await store.ready();
});

afterAll(async () => {
  await store.close();
  admin.disconnect();
  await server.stop();
});

const POLICY: Operation = { op: 'policy', revision: 'sha256-1', settings: DEFAULT_SETTINGS, routes: [routePolicy()] };
const LETTERS = new Map(Object.entries(STATES).map(([name, letter]) => [letter, name as TaskState]));

interface Lease {
  readonly id: string;
  readonly token: number;
}

/** What a reply tells about leases, for later operations to use. */
function leasesIn(answer: Applied | Gap): readonly Lease[] {
  if (answer.kind === 'gap') return [];
  return answer.replies.flatMap((reply: Reply) =>
    reply.kind === 'claims' ? reply.claims.map(({ record: { id, token } }) => ({ id, token })) : [],
  );
}

function operationOf({ operation, lease }: Draw, leases: readonly Lease[]): Operation {
  const chosen = lease === undefined ? undefined : leases.at(-1 - lease);
  if (chosen === undefined) return operation;
  if (operation.op !== 'restore') return { ...operation, ...chosen };
  const { standing } = operation;
  return { ...operation, id: chosen.id, standing: { ...standing, token: chosen.token + standing.token } };
}

test('both stores answer alike and hold alike, whatever they are sent', { timeout: 300_000 }, async () => {
  let moves = 0;
  const states = new Set<string>();
  await fc.assert(
    fc.asyncProperty(turns, async (talk) => {
      await admin.flushall();
      nowMs = START_MS;
      const memory = memoryStore({ nowUs: () => nowMs * 1000 });
      const leases: Lease[] = [];
      const positions = new Map<string, number>();
      const numbers = new Map<string, number>();
      const first: Turn = { scheduler: 's-1', waitMs: 0, draws: [{ operation: POLICY }] };
      for (const [number, { scheduler, waitMs, draws }] of [first, ...talk].entries()) {
        nowMs += waitMs;
        const prevLsn = positions.get(scheduler) ?? 0;
        const operations = draws.map((draw) => operationOf(draw, leases));
        const batch: Batch = {
          scheduler,
          prevLsn,
          lsn: prevLsn + 1,
          number,
          after: numbers.get(scheduler) ?? 0,
          tokenFloor: 0,
          beat: 0,
          operations,
        };
        positions.set(scheduler, prevLsn + 1);
        numbers.set(scheduler, number);
        const before = statesOf(memory.shard(shardName(SHARD)));
        const answer = await memory.apply(SHARD, batch);
        expect(await store.apply(SHARD, batch)).toEqual(answer);
        leases.push(...leasesIn(answer));
        const data = memory.shard(shardName(SHARD));
        const after = statesOf(data);
        for (const [id, state] of after) {
          states.add(state);
          const was = before.get(id);
          if (operations.length > 1 || was === undefined || was === state) continue;
          moves += 1;
          expect([id, was, state, isLegal(was, state)]).toEqual([id, was, state, true]);
        }
        expect(data === undefined ? ['no data'] : audit(data)).toEqual([]);
      }
      const data = memory.shard(shardName(SHARD));
      expect(await dumpRedis(admin, SHARD)).toEqual(data && dumpMemory(data));
    }),
    { numRuns: RUNS },
  );
  expect(moves).toBeGreaterThan(3 * RUNS);
  expect([...states].sort()).toEqual(Object.keys(STATES).sort());
});

function statesOf(data: ReturnType<ReturnType<typeof memoryStore>['shard']>): ReadonlyMap<string, TaskState> {
  return new Map([...(data?.o ?? [])].map(([id, { state }]) => [id, LETTERS.get(state) ?? 'ready']));
}

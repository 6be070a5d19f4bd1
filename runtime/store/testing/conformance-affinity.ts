import { expect } from 'vitest';
import { LANE, START_MS, routePolicy, standing, type Talker } from './bench.ts';
import type { Case } from './conformance.ts';

const KEPT = { affinity: 'session' };

/** Affinity `session` at agents: of the tasks named, those that it takes. */
async function sticky(talker: Talker, mode: 'soft' | 'hard', ids: readonly string[]): Promise<void> {
  await talker.policy([routePolicy({ affinity: { mode, holdMs: 60_000, spillAfterMs: 15_000 } })]);
  for (const id of ids) await talker.submit(id, KEPT);
}

/** Whether a new task of the affinity may be taken by another agent than the one it is bound to. */
async function isFree(talker: Talker, id: string): Promise<boolean> {
  await talker.submit(id, KEPT);
  return (await talker.claim('a-9')).length > 0;
}

/** Which agent gets the tasks of an affinity, and for how long. */
export const AFFINITY_CASES: readonly Case[] = [
  [
    'tasks with the same affinity go to one agent, and wait for it',
    async (talker, bench) => {
      await talker.policy([routePolicy({ affinity: { mode: 'soft', holdMs: 60_000, spillAfterMs: 15_000 } })]);
      for (const id of ['s1', 's2', 's3']) await talker.submit(id, { affinity: 'session' });
      expect(await talker.claim('a-1')).toEqual(['s1']);
      expect(await talker.claim('a-2', 5)).toEqual([]);
      expect(await talker.state('s2')).toBe('held');
      expect(await talker.claim('a-1')).toEqual(['s2']);
      expect(await talker.one({ op: 'inspect', lanes: [], id: 's3' })).toMatchObject({
        facts: { held: 1, task: { bound: { agent: 'a-1', untilMs: START_MS + 660_000 } } },
      });
      bench.now += 15_000;
      expect(await talker.tick()).toEqual(['returned s3 ready']);
      expect(await talker.claim('a-2')).toEqual(['s3']);
      await talker.submit('s4', { affinity: 'session' });
      expect(await talker.claim('a-2')).toEqual([]);
    },
  ],
  [
    'a hard affinity moves to the agent that takes a task its own did not take in time',
    async (talker, bench) => {
      await talker.policy([routePolicy({ affinity: { mode: 'hard', holdMs: 60_000, spillAfterMs: 15_000 } })]);
      await talker.submit('s1', { affinity: 'session' });
      await talker.submit('s2', { affinity: 'session' });
      expect(await talker.claim('a-1')).toEqual(['s1']);
      expect(await talker.claim('a-2')).toEqual([]);
      bench.now += 15_000;
      await talker.tick();
      expect(await talker.claim('a-2')).toEqual(['s2']);
      await talker.submit('s3', { affinity: 'session' });
      expect(await talker.claim('a-1')).toEqual([]);
      expect(await talker.claim('a-2')).toEqual(['s3']);
    },
  ],
  [
    'an agent keeps its key for a while after its last task, then it is free',
    async (talker, bench) => {
      await talker.policy([routePolicy({ affinity: { mode: 'soft', holdMs: 60_000, spillAfterMs: 15_000 } })]);
      await talker.submit('s1', { affinity: 'session' });
      await talker.complete(await talker.lease('a-1'));
      bench.now += 59_999;
      await talker.submit('s2', { affinity: 'session' });
      expect(await talker.claim('a-2')).toEqual([]);
      bench.now += 2;
      expect(await talker.tick()).toEqual([]);
      await talker.submit('s3', { affinity: 'session' });
      expect(await talker.claim('a-2')).toEqual(['s3']);
    },
  ],
  [
    'what is held for an agent waits while its lane is closed',
    async (talker) => {
      const affinity = { mode: 'soft', holdMs: 60_000, spillAfterMs: 15_000 } as const;
      await talker.policy([routePolicy({ inFlight: 1, affinity })]);
      await talker.submit('s1', { affinity: 'session' });
      await talker.submit('s2', { affinity: 'session' });
      await talker.complete(await talker.lease('a-1'));
      expect(await talker.claim('a-2')).toEqual([]);
      await talker.submit('x');
      expect(await talker.claim('a-2')).toEqual(['x']);
      expect(await talker.claim('a-1')).toEqual([]);
    },
  ],
  [
    'an agent keeps its key while any of its tasks runs there, and for a while after the last',
    async (talker, bench) => {
      await sticky(talker, 'soft', ['s1', 's2']);
      const [first, second] = [await talker.lease('a-1'), await talker.lease('a-1')];
      await talker.complete(first);
      bench.now += 70_000;
      expect(await isFree(talker, 's3')).toBe(false);
      await talker.complete(second);
      bench.now += 59_999;
      expect(await isFree(talker, 's4')).toBe(false);
      bench.now += 2;
      expect(await isFree(talker, 's5')).toBe(true);
    },
  ],
  [
    'a key is kept as long as the longest of its runs may last',
    async (talker, bench) => {
      await sticky(talker, 'soft', []);
      await talker.submit('long', { ...KEPT, leaseMs: 600_000, runMs: 600_000 });
      await talker.submit('short', { ...KEPT, leaseMs: 600_000, runMs: 1000 });
      expect(await talker.claim('a-1', 2)).toEqual(['long', 'short']);
      bench.now += 100_000;
      expect(await isFree(talker, 's3')).toBe(false);
    },
  ],
  [
    'however a run ends, it keeps its agent no longer',
    async (talker, bench) => {
      const ends: readonly ((lease: { readonly id: string; readonly token: number }) => Promise<unknown>)[] = [
        (lease) => talker.complete(lease),
        (lease) => talker.one({ op: 'fail', ...lease, then: 'retry', delayMs: 500_000, reason: 'error', result: '' }),
        (lease) => talker.one({ op: 'fail', ...lease, then: 'failed', delayMs: 0, reason: 'error', result: '' }),
        (lease) => talker.one({ op: 'fail', ...lease, then: 'dead', delayMs: 0, reason: 'error', result: '' }),
        async () => {
          bench.now += 30_000;
          await talker.tick();
        },
        async ({ id, token }) =>
          talker.one({
            op: 'restore',
            id,
            standing: standing({ state: 'dead', token: token + 1, attempts: 3, reason: 'error' }),
          }),
      ];
      await sticky(talker, 'soft', []);
      for (const [index, end] of ends.entries()) {
        await talker.submit(`s${index}`, { ...KEPT, retryMs: 500_000 });
        await end(await talker.lease('a-1'));
        bench.now += 60_001;
        expect(await isFree(talker, `then${index}`)).toBe(true);
        bench.now += 30_000;
        await talker.tick();
        await talker.one({ op: 'cancel', id: `then${index}`, reason: 'cancelled' });
        bench.now += 60_001;
      }
    },
  ],
  [
    'what ends in one batch is counted',
    async (talker, bench) => {
      await sticky(talker, 'soft', ['s1', 's2']);
      const [one, two] = [await talker.lease('a-1'), await talker.lease('a-1')];
      await talker.run({ op: 'complete', ...one, result: '' }, { op: 'complete', ...two, result: '' });
      bench.now += 60_001;
      expect(await isFree(talker, 's3')).toBe(true);
    },
  ],
  [
    'a run that begins in the batch that ends another keeps their key',
    async (talker, bench) => {
      await sticky(talker, 'soft', ['s1', 's2']);
      const one = await talker.lease('a-1');
      const lanes = [LANE];
      await talker.run(
        { op: 'claim', agent: 'a-1', lanes, count: 1, looks: 8 },
        { op: 'complete', ...one, result: '' },
      );
      bench.now += 60_001;
      expect(await isFree(talker, 's3')).toBe(false);
    },
  ],
  [
    'a run elsewhere does not keep a key where it is bound, nor does its end shorten that',
    async (talker, bench) => {
      await sticky(talker, 'soft', ['s1', 's2']);
      const bound = await talker.lease('a-1');
      expect(await talker.claim('a-2')).toEqual([]);
      bench.now += 15_000;
      await talker.tick();
      const elsewhere = await talker.lease('a-2');
      await talker.one({ op: 'heartbeat', ...bound });
      await talker.complete(bound);
      bench.now += 20_000;
      await talker.complete(elsewhere);
      bench.now += 39_999;
      expect(await isFree(talker, 's3')).toBe(false);
      bench.now += 2;
      expect(await isFree(talker, 's4')).toBe(true);
    },
  ],
  [
    'the end of a task that waits does not keep its key longer',
    async (talker, bench) => {
      await sticky(talker, 'soft', ['s1']);
      const lease = await talker.lease('a-1');
      await talker.one({ op: 'fail', ...lease, then: 'retry', delayMs: 500_000, reason: 'error', result: '' });
      bench.now += 50_000;
      await talker.one({ op: 'cancel', id: 's1', reason: 'cancelled' });
      bench.now += 10_001;
      expect(await isFree(talker, 's2')).toBe(true);
    },
  ],
  [
    'a run that is restored keeps its key where it runs, also when the limits of its route come later',
    async (talker) => {
      await talker.submit('s1', KEPT);
      const dueMs = START_MS + 600_000;
      await talker.one({ op: 'restore', id: 's1', standing: standing({ state: 'leased', agent: 'a-1', dueMs }) });
      await sticky(talker, 'soft', []);
      expect(await isFree(talker, 's2')).toBe(false);
      expect(await talker.claim('a-1')).toEqual(['s2']);
    },
  ],
  [
    'a run that is restored elsewhere leaves a soft key where others of it run, and frees it when there are none',
    async (talker, bench) => {
      const at = (agent: string, token: number) =>
        standing({ state: 'leased', agent, token, attempts: 0, dueMs: START_MS + 600_000 });
      await sticky(talker, 'soft', ['s1']);
      const other = await talker.lease('a-1');
      await talker.submit('s2', KEPT);
      await talker.one({ op: 'restore', id: 's2', standing: at('a-1', 5) });
      await talker.one({ op: 'restore', id: 's2', standing: at('a-2', 6) });
      bench.now += 60_001;
      expect(await isFree(talker, 's3')).toBe(false);
      await talker.one({ op: 'restore', id: 's1', standing: at('a-2', other.token + 1) });
      bench.now += 59_999;
      expect(await isFree(talker, 's4')).toBe(false);
      bench.now += 2;
      expect(await isFree(talker, 's5')).toBe(true);
    },
  ],
];

import { afterEach, expect, test } from 'vitest';
import type { RoutingTable } from '../../spec/contract/routing-table.ts';
import type { JsonObject } from '../../spec/contract/source.ts';
import { JournalFull } from '../journal/journal-full.ts';
import type { SchedulerOptions } from './scheduler.ts';
import { accept, AGENT, Bench, fleet, route, submission, table } from './testing/bench.ts';
import { counting } from './testing/counting.ts';
import { memoryJournal } from './testing/memory-journal.ts';

const benches: Bench[] = [];
afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.close();
});

type Outcome = 'accepted' | 'invalid' | 'shed' | 'error';

/** A scheduler, and what it has counted of submissions: of the fleet and its route, and of none. */
async function counted(changes: Partial<RoutingTable>, options: Partial<SchedulerOptions> = {}) {
  const bench = new Bench();
  benches.push(bench);
  const { observer, count } = counting(table(changes));
  const scheduler = await bench.start('s-0', { table: table(changes), observer, ...options });
  await expect.poll(() => scheduler.status().store).toBe('up');
  const name = 'nova_tasks_submitted_total';
  const at = (outcome: Outcome) =>
    count(`${name}{fleet="${AGENT.fleet}",route="research/summaries",outcome="${outcome}"}`);
  const nowhere = (outcome: Outcome) => count(`${name}{fleet="",route="",outcome="${outcome}"}`);
  const submit = (key: string, input: JsonObject = {}, task = 'summarize') =>
    scheduler.submit({ ...submission(key), request: { task, input } });
  return { bench, scheduler, at, nowhere, submit };
}

const queue = { maxDepth: 1, maxAgeMs: 60_000, onFull: 'reject' } as const;
const perKey = { key: 'input.repo', max: 1, onFull: 'reject' } as const;
const dedupe = { key: 'input.repo', windowMs: 60_000, onHit: 'reject' } as const;

test.for([
  ['a full queue', { routes: [route({ queue })] }, 'refused', 'shed'],
  ['a full key', { routes: [route({ limits: { perKey } })] }, 'refused', 'shed'],
  ['a duplicate', { routes: [route({ dedupe })] }, 'duplicate', 'accepted'],
] as const)('what is refused for %s counts for its fleet and route', async ([, changes, kind, outcome]) => {
  const { at, nowhere, submit } = await counted(changes);
  expect(await submit('k-1', { repo: 'a' })).toMatchObject({ kind: 'accepted' });
  const before = await at(outcome);
  expect(await submit('k-2', { repo: 'a' })).toMatchObject({ kind });
  expect([await at(outcome), await nowhere(outcome)]).toEqual([before + 1, 0]);
});

test('so does an input that does not fit, a key that names another task, and whoever sends too much', async () => {
  const typed = fleet({ accepts: { summarize: accept({ input: 'schema' }) } });
  const schemas = { schema: { type: 'object', properties: { repo: { type: 'string' } } } };
  const { at, nowhere, submit } = await counted(
    { fleets: { [AGENT.fleet]: typed }, schemas },
    {
      bounds: {
        admission: {
          bodyBytesMax: 65_536,
          journalBytesMax: 1_000_000,
          backlogAgeMsMax: 5000,
          sender: { perSecond: 0.001, burst: 2 },
        },
      },
    },
  );
  expect(await submit('k-1', { repo: 1 })).toMatchObject({ kind: 'invalid' });
  expect(await submit('k-1', { repo: 'a' })).toMatchObject({ kind: 'accepted' });
  expect(await submit('k-1', { repo: 'b' })).toMatchObject({ kind: 'conflict' });
  expect(await submit('k-2', { repo: 'b' })).toMatchObject({ kind: 'refused', because: 'rate' });
  expect([await at('invalid'), await at('shed'), await nowhere('invalid'), await nowhere('shed')]).toEqual([
    2, 1, 0, 0,
  ]);
});

test('so does one that the journal has no room for, one that breaks something, and one that comes too late', async () => {
  const journal = memoryJournal();
  const { append } = journal;
  const { bench, scheduler, at, nowhere, submit } = await counted({}, { journal });
  for (const fault of [new JournalFull('full'), new Error('a fault of ours')]) {
    const broken = (): never => {
      throw fault;
    };
    Object.assign(journal, { append: broken });
    const outcome = await submit('k-1').catch(() => undefined);
    if (fault instanceof JournalFull)
      expect(outcome).toMatchObject({ kind: 'unavailable', because: 'the journal of this scheduler is full' });
    Object.assign(journal, { append });
  }
  expect([await at('error'), await nowhere('error')]).toEqual([2, 0]);
  await scheduler.close();
  bench.running.splice(0);
  expect(await submit('k-2')).toMatchObject({ kind: 'unavailable', because: 'this scheduler is ending' });
  expect([await at('error'), await nowhere('error')]).toEqual([3, 0]);
});

test('what no route takes counts for none', async () => {
  const { at, nowhere, submit } = await counted({});
  expect(await submit('k-1', {}, 'unheard-of')).toMatchObject({ kind: 'unroutable' });
  expect([await at('invalid'), await nowhere('invalid')]).toEqual([0, 1]);
});

test.for([
  ['a text', 't'.repeat(65_300)],
  ['numbers that are written out', Array.from({ length: 8000 }, () => 1e20)],
] as const)('what would be too large as it is kept is refused before it is promised: %s', async ([, value]) => {
  const { scheduler, at, submit } = await counted({});
  expect(await submit('k-1', { value })).toEqual({ kind: 'too-large', bytesMax: 65_024 });
  expect(await at('invalid')).toBe(1);
  expect(await submit('k-1', { value: 't'.repeat(64_000) })).toMatchObject({ kind: 'accepted' });
  expect(scheduler.status().store).toBe('up');
});

import { afterEach, expect, test } from 'vitest';
import type { TaskQuery } from '../core/scheduler.ts';
import { accept, fleet, route, table } from './testing/bench.ts';
import { VirtualBench } from './testing/virtual-bench.ts';

let bench: VirtualBench;
afterEach(() => bench.close());

const QUERY: TaskQuery = { fleet: 'research/summarizer', of: 'open', limit: 100 };
/** Of another tenant, before anything of its own: more than is looked at for one page. */
const OTHERS = 2500;

/** All pages of a list, and how many questions each was worth. */
async function pagesOf(query: TaskQuery, between: () => void = () => undefined) {
  const pages: { readonly ids: readonly string[]; readonly asked: number }[] = [];
  let after: string | undefined;
  do {
    const before = bench.asked('list');
    const page = await bench.clock.until(bench.scheduler.tasks({ ...query, ...(after !== undefined && { after }) }));
    pages.push({ ids: page.tasks.map(({ id }) => id), asked: bench.asked('list') - before });
    after = page.next;
    between();
  } while (after !== undefined && pages.length < 100);
  return pages;
}

test('who has few tasks among many gets short pages, each after a bounded look, and all of them', async () => {
  bench = new VirtualBench();
  await bench.start({ routes: [route({ queue: { maxDepth: 10_000, maxAgeMs: 3_600_000, onFull: 'reject' } })] });
  for (let key = 0; key < OTHERS; key += 1) await bench.accepted(`k-${key}`, { tenant: 'others' });
  const own = [await bench.accepted('k-1'), await bench.accepted('k-2'), await bench.accepted('k-3')];
  const pages = await pagesOf({ ...QUERY, tenant: 'research' });
  expect(pages.flatMap(({ ids }) => ids).sort()).toEqual(own.sort());
  expect(Math.max(...pages.map(({ asked }) => asked))).toBeLessThanOrEqual(20);
  expect(pages.length).toBeGreaterThan(1);
});

test('of a fleet with many empty lanes a page is a bounded look too', async () => {
  bench = new VirtualBench();
  const tasks = Array.from({ length: 50 }, (_, index) => `other-${index}`);
  await bench.start({ routes: [route(), ...tasks.map((task) => route({ id: `research/${task}`, tasks: [task] }))] });
  const id = await bench.accepted('k-1');
  const pages = await pagesOf(QUERY);
  expect(pages.flatMap(({ ids }) => ids)).toEqual([id]);
  expect(pages.map(({ asked }) => asked)).toEqual([20, 20, 11]);
});

test('a list goes on where it was though another table has come into force', async () => {
  bench = new VirtualBench();
  const accepts = { summarize: accept(), other: accept() };
  const fleets = { 'research/summarizer': fleet({ accepts }) };
  const two = ['summarize', 'other'].map((task) => route({ id: `research/${task}`, tasks: [task] }));
  await bench.start({ fleets, routes: two });
  const ids = [];
  for (const task of ['summarize', 'other', 'summarize', 'other'])
    ids.push(await bench.accepted(`k-${ids.length}`, { task }));
  let number = 0;
  const another = (): void => {
    number += 1;
    const more = route({ id: `research/more-${number}`, tasks: [`more-${number}`] });
    bench.scheduler.use(table({ digest: `sha256-${number + 1}`, fleets, routes: [more, ...[...two].reverse()] }));
  };
  const pages = await pagesOf({ ...QUERY, limit: 1 }, another);
  expect(pages.flatMap((page) => page.ids).sort()).toEqual(ids.sort());
});

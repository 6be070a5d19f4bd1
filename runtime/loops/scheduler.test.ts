import { afterEach, expect, test } from 'vitest';
import { AGENT, Bench, fleet, pollOnce, submission, table } from './testing/bench.ts';

let bench = new Bench();
afterEach(async () => {
  await bench.close();
});

test('a task goes from its submitter to an agent and back', async () => {
  bench = new Bench();
  const scheduler = await bench.start();
  const waiting = pollOnce(scheduler);
  const outcome = await scheduler.submit(submission('k-1', { text: 'hello' }));
  expect(outcome).toMatchObject({
    kind: 'accepted',
    response: { status: 'accepted', fleet: 'research/summarizer', route: 'research/summaries' },
  });
  const [assignment] = (await waiting).tasks;
  expect(assignment).toMatchObject({ task: 'summarize', tenant: 'research', input: { text: 'hello' }, attempt: 1 });
  const { id = '', token = 0 } = assignment ?? {};
  expect(await scheduler.task(id)).toMatchObject({ state: 'running', agent: 'a-1', tenant: 'research' });
  expect(await scheduler.complete({ id, token, agent: AGENT }, { summary: 'hi' })).toMatchObject({
    kind: 'settled',
    repeated: false,
    state: 'succeeded',
  });
  expect(await scheduler.complete({ id, token, agent: AGENT }, { summary: 'hi' })).toMatchObject({ repeated: true });
  expect(await scheduler.task(id)).toMatchObject({ state: 'succeeded', result: { summary: 'hi' } });
});

test('a repeated submission is the same task, and the same key for something else is a conflict', async () => {
  bench = new Bench(['s-0', 's-1']);
  const scheduler = await bench.start('s-0');
  const other = await bench.start('s-1');
  const first = await scheduler.submit(submission('k-1', { text: 'a' }));
  const id = first.kind === 'accepted' ? first.response.id : '';
  expect(await other.submit(submission('k-1', { text: 'a' }))).toMatchObject({
    kind: 'accepted',
    response: { id, duplicate: 'repeated' },
  });
  expect(await scheduler.submit(submission('k-1', { text: 'b' }))).toEqual({ kind: 'conflict', id });
  expect(await other.submit(submission('k-1', { text: 'b' }))).toEqual({ kind: 'conflict', id });
  expect((await pollOnce(other, { free: 4 })).tasks.map((task) => task.id)).toEqual([id]);
  expect((await pollOnce(other, { free: 4, waitMs: 50 })).tasks).toEqual([]);
});

test('agents of the old version go on while a rolling update replaces them, and otherwise take nothing of another build', async () => {
  bench = new Bench();
  const after = (changes: { anyBuild?: true }) =>
    table({ fleets: { 'research/summarizer': fleet({ builds: { v2: 10_000 }, ...changes }) }, digest: 'sha256-2' });
  const scheduler = await bench.start();
  const waiting = pollOnce(scheduler, { build: 'v1' });
  scheduler.use(after({ anyBuild: true }));
  await scheduler.submit(submission('k-1'));
  const [assignment] = (await waiting).tasks;
  expect(assignment).toMatchObject({ task: 'summarize' });
  expect(await scheduler.task(assignment?.id ?? '')).toMatchObject({ state: 'running', build: 'v2', agent: 'a-1' });
  expect(scheduler.register('research/summarizer', { name: 'a-2', build: 'v1', slots: 1 })).toMatchObject({
    kind: 'registered',
  });
  scheduler.use(after({}));
  await scheduler.submit(submission('k-2'));
  expect((await pollOnce(scheduler, { build: 'v1', waitMs: 100 })).tasks).toEqual([]);
  expect(scheduler.register('research/summarizer', { name: 'a-2', build: 'v1', slots: 1 })).toEqual({
    kind: 'unknown-build',
    builds: ['v2'],
  });
});

test('what the store forgets comes back from the journals, and nothing is done twice', async () => {
  bench = new Bench(['s-0', 's-1']);
  const first = await bench.start('s-0');
  const second = await bench.start('s-1');
  const done = await first.submit(submission('done'));
  const open = await second.submit(submission('open'));
  const [one, two] = (await pollOnce(first, { free: 2 })).tasks;
  const finished = [one, two].find((task) => done.kind === 'accepted' && task?.id === done.response.id);
  const running = [one, two].find((task) => open.kind === 'accepted' && task?.id === open.response.id);
  if (finished === undefined || running === undefined) throw new Error('both tasks were to be claimed');
  await second.complete({ ...finished, agent: AGENT }, 'r');
  bench.store.wipe?.();
  const again = await pollOnce(first, { free: 4, waitMs: 5000, agent: { ...AGENT, name: 'a-2' } });
  expect(again.tasks.map(({ id }) => id)).toEqual([running.id]);
  expect(again.tasks[0]?.token).toBeGreaterThan(running.token);
  expect(await first.task(finished.id)).toMatchObject({ state: 'succeeded', result: 'r' });
  expect(await first.complete({ ...running, agent: AGENT }, 'late')).toMatchObject({ kind: 'stale' });
});

test('a build with as long a name as a caller may say drains, and is let go of again', async () => {
  bench = new Bench();
  const build = 'v'.repeat(128);
  const named = table({ fleets: { 'research/summarizer': fleet({ builds: { [build]: 10_000 } }) } });
  const scheduler = await bench.start('s-0', { table: named });
  const isDraining = async (): Promise<unknown> => (await scheduler.fleet('research/summarizer'))?.builds[0]?.draining;
  expect(await isDraining()).toBe(false);
  expect(await scheduler.drain('research/summarizer', build)).toBe(true);
  expect(await isDraining()).toBe(true);
  expect(await scheduler.resume('research/summarizer')).toBe(true);
  expect(await isDraining()).toBe(false);
});

test('a scheduler that is closed a second time has ended, also while the first time is not over', async () => {
  bench = new Bench();
  const scheduler = await bench.start();
  await scheduler.submit(submission('k-1'));
  await Promise.all([scheduler.close(), scheduler.close()]);
  await scheduler.close();
});

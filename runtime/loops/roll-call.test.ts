import { expect, test } from 'vitest';
import { taskId } from '../core/task-id.ts';
import { pause, systemClock } from './clock.ts';
import { memoryStore } from '../store/memory/memory-store.ts';
import { StoreFailure } from '../store/store-failure.ts';
import type { Store } from '../store/store.ts';
import { Talker } from '../store/testing/bench.ts';
import { digestOf } from './submission-digest.ts';
import { movedReason } from './view.ts';
import { AGENT, Bench, fleet, pollOnce, route, submission, table } from './testing/bench.ts';
import { accepted, bothUp, twoSchedulers } from './testing/two-schedulers.ts';

const FLEET = 'research/summarizer';
const NOT_SEEN = { name: 'Uncertain', message: 'the store does not know it; s-0 may, and was not seen there' };

test('what one scheduler has accepted without the store, the other does not deny, and finds once it is there', async () => {
  const { way, first, second } = await twoSchedulers();
  way.state = 'cut';
  await expect.poll(async () => (await accepted(first, `k-${Date.now()}`)).status).toBe('journaled');
  const { id } = await accepted(first, 'k');
  await expect(second.task(id)).rejects.toMatchObject(NOT_SEEN);
  await expect(second.why(id)).rejects.toMatchObject(NOT_SEEN);
  await expect(second.cancel(id, 'asked')).rejects.toMatchObject(NOT_SEEN);
  await expect(second.redrive(id)).rejects.toMatchObject(NOT_SEEN);
  way.state = 'open';
  await bothUp([first, second]);
  expect(await second.task(id)).toMatchObject({ id, state: 'ready' });
  expect(await second.cancel(id, 'asked')).toMatchObject({ kind: 'done' });
});

test('who asks while it is on its way waits for it', async () => {
  const { way, first, second } = await twoSchedulers({ patienceMs: 10_000 });
  way.state = 'cut';
  await expect.poll(async () => (await accepted(first, `k-${Date.now()}`)).status).toBe('journaled');
  const { id } = await accepted(first, 'k');
  const asked = second.task(id);
  way.state = 'open';
  expect(await asked).toMatchObject({ id, state: 'ready' });
});

test('what nobody has accepted is not there, and that is said before anybody’s patience ends', async () => {
  // No look of theirs comes in time: they hear that they are asked.
  const { second } = await twoSchedulers({ patienceMs: 5000, tickMs: 60_000, idleTickMs: 60_000 });
  const ids = Array.from({ length: 50 }, (_, n) => taskId('research', `never-${n}`, FLEET));
  const begun = performance.now();
  expect(new Set(await Promise.all(ids.map((id) => second.task(id))))).toEqual(new Set([undefined]));
  expect(performance.now() - begun).toBeLessThan(2500);
});

test('what the store has forgotten and its scheduler has not brought back is not denied', async () => {
  const { admin, way, first, second } = await twoSchedulers();
  const { id, status } = await accepted(first, 'k');
  expect(status).toBe('accepted');
  way.state = 'cut';
  await admin.flushall();
  await expect.poll(() => second.task(id).catch((error: unknown) => error)).toMatchObject(NOT_SEEN);
  expect(second.status().store).toBe('up');
  way.state = 'open';
  await bothUp([first, second]);
  await expect.poll(() => second.task(id)).toMatchObject({ id, state: 'ready' });
});

test('who has done what the store has forgotten is not told that nobody knows it', async () => {
  const { admin, way, first, second } = await twoSchedulers();
  const { id } = await accepted(first, 'k');
  const [task] = (await pollOnce(second)).tasks;
  const run = { id, token: task?.token ?? 0, agent: AGENT };
  way.state = 'cut';
  await admin.flushall();
  const failure = { error: 'Timeout' };
  const words = [() => second.complete(run, 'done'), () => second.fail(run, failure), () => second.release(run)];
  for (const say of words) await expect.poll(() => say().catch((error: unknown) => error)).toMatchObject(NOT_SEEN);
  way.state = 'open';
  await bothUp([first, second]);
  await expect.poll(() => second.complete(run, 'done')).toMatchObject({ kind: 'settled', repeated: false });
  expect(await first.task(id)).toMatchObject({ state: 'succeeded', result: 'done' });
});

test('a word that was long on its way does not speak for what was accepted since', async () => {
  const { way, first, second } = await twoSchedulers();
  way.state = 'stuck';
  await expect.poll(() => way.stuck.length).toBeGreaterThan(0);
  await expect.poll(async () => (await accepted(first, `k-${Date.now()}`)).status).toBe('journaled');
  const { id } = await accepted(first, 'k');
  const asked = second.task(id).catch((error: unknown) => error);
  const late = way.stuck.splice(0);
  await pause(systemClock, 100);
  for (const deliver of late) expect(await deliver()).toMatchObject({ kind: 'applied' });
  expect(await asked).toMatchObject(NOT_SEEN);
});

test('a task of a fleet that only the other one’s table has yet is not denied', async () => {
  const { first, second } = await twoSchedulers();
  const fleets = { 'research/summarizer': fleet(), 'research/new': fleet() };
  const routes = [route({ to: [{ fleet: 'research/new', weight: 100 }] })];
  const newer = table({ fleets, routes, digest: 'sha256-2' });
  first.use(newer);
  await bothUp([first, second]);
  const { id } = await accepted(first, 'k');
  await expect
    .poll(() => second.task(id).catch((error: unknown) => error))
    .toMatchObject({
      name: 'Uncertain',
      message: 'it may be of a fleet that the table here does not have yet',
    });
  second.use(newer);
  await expect.poll(() => second.task(id).catch((error: unknown) => error)).toMatchObject({ id, state: 'ready' });
});

test('what one has accepted, and another has sent on before it died, is denied by nobody, and brought to where it went', async () => {
  const fallback = [{ when: ['rejected' as const], afterMs: 0, fleet: 'research/backup' }];
  const { way, otherWay, first, second } = await twoSchedulers({ patienceMs: 3000 }, { routes: [route({ fallback })] });
  way.state = 'cut';
  await expect.poll(async () => (await accepted(first, `k-${Date.now()}`)).status).toBe('journaled');
  const { id } = await accepted(first, 'k');
  const digest = digestOf(submission('k').request);
  const gone = new Talker({ store: otherWay.store, now: 0 }, 's-9');
  const word = { state: 'moved', token: 0, reason: movedReason('research/backup'), result: '' } as const;
  await gone.applied({ op: 'finish', id, digest, ...word });
  await expect(second.task(id)).rejects.toMatchObject(NOT_SEEN);
  way.state = 'open';
  const answers: unknown[] = [];
  const ask = async (): Promise<unknown> => {
    answers.push(await second.task(id).catch((error: unknown) => error));
    return answers.at(-1);
  };
  await expect.poll(ask, { timeout: 8000 }).toMatchObject({ fleet: 'research/backup', state: 'ready' });
  expect(answers).not.toContain(undefined);
});

test('what one that is alone has still to bring where it went is not denied', async () => {
  const memory = memoryStore({ nowUs: () => Date.now() * 1000 });
  let isCut = false;
  let goesOn: (() => void) | undefined;
  // Its chores, of which bringing is one, stand still in what comes before that.
  const store: Store = {
    ...memory,
    apply: async (shard, batch) => {
      if (isCut) throw new StoreFailure('unavailable', 'cut off');
      const isLease = shard.fleet === 'research/archive' && batch.operations.some(({ op }) => op === 'switch');
      if (isLease && goesOn === undefined) await new Promise<void>((resolve) => (goesOn = resolve));
      return memory.apply(shard, batch);
    },
  };
  const fleets = { 'research/archive': fleet(), 'research/backup': fleet(), 'research/summarizer': fleet() };
  const routes = [route({ fallback: [{ when: ['rejected'], afterMs: 0, fleet: 'research/backup' }] })];
  const bench = new Bench(['s-0'], store);
  const scheduler = await bench.start('s-0', { table: table({ fleets, routes }), bounds: { patienceMs: 1500 } });
  await expect.poll(() => goesOn).toBeDefined();
  isCut = true;
  await expect.poll(async () => (await accepted(scheduler, `k-${Date.now()}`)).status).toBe('journaled');
  const { id } = await accepted(scheduler, 'k');
  const word = { state: 'moved', token: 0, reason: movedReason('research/backup'), result: '' } as const;
  const digest = digestOf(submission('k').request);
  await new Talker({ store: memory, now: 0 }, 's-9').applied({ op: 'finish', id, digest, ...word });
  isCut = false;
  await expect(scheduler.task(id)).rejects.toMatchObject({ message: 'it may be on its way from one fleet to another' });
  goesOn?.();
  await expect.poll(() => scheduler.task(id)).toMatchObject({ fleet: 'research/backup', state: 'ready' });
  await bench.close();
});

test('a scheduler that is alone waits for nobody', async () => {
  const bench = new Bench(['s-0']);
  const scheduler = await bench.start('s-0', { bounds: { patienceMs: 60_000 } });
  expect(await scheduler.task(taskId('research', 'never', FLEET))).toBeUndefined();
  await bench.close();
});

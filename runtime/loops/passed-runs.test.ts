import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { afterEach, expect, test } from 'vitest';
import { tellAll } from '../ops/tell-all.ts';
import { otlpTracing } from '../ops/trace/otlp-tracing.ts';
import { traceObserver } from '../ops/trace/trace-observer.ts';
import { accept, AGENT, fleet, pollOnce, table } from './testing/bench.ts';
import { counting } from './testing/counting.ts';
import { twoInVirtualTime } from './testing/two-in-virtual-time.ts';
import { VirtualClock } from './testing/virtual-clock.ts';

const LONG = table({
  fleets: { [AGENT.fleet]: fleet({ accepts: { summarize: accept({ runMs: 28_800_000, heartbeatMs: 120_000 }) } }) },
});
const OF = `{fleet="${AGENT.fleet}",route="research/summaries"`;

let close = (): Promise<unknown> => Promise.resolve();
afterEach(() => close());

/** What one scheduler says of itself: its metrics and its spans. */
async function watched(name: string, clock: VirtualClock) {
  const exporter = new InMemorySpanExporter();
  const naming = { service: 'nova-torch-scheduler', version: '1', environment: 'test', instance: name, share: 1 };
  const processor = new SimpleSpanProcessor(exporter);
  const { tracer } = await otlpTracing({ ...naming, endpoint: undefined, processor });
  const traces = traceObserver(tracer, { nowMs: () => clock.nowMs() });
  const { observer, count } = counting(LONG);
  const told = tellAll([observer, traces.observer], (_, error) => {
    throw error;
  });
  return {
    traces,
    count,
    spans: () => exporter.getFinishedSpans(),
    options: { observer: told, beginTrace: traces.begin },
  };
}

/** Two schedulers, one of which begins runs, with what each says of itself. */
async function two() {
  const clock = new VirtualClock();
  const of = { 's-0': await watched('s-0', clock), 's-1': await watched('s-1', clock) };
  const optionsOf = (name: string) => ({ table: LONG, ...of[name === 's-0' ? 's-0' : 's-1'].options });
  const { here, there, accepted, take, close: end, asked } = await twoInVirtualTime({ clock, options: optionsOf });
  close = end;
  const begun = async (key: string) => {
    await accepted(key);
    return take();
  };
  /** Of both together. */
  const both = async (name: string, more = '}'): Promise<number> =>
    (await of['s-0'].count(`${name}${OF}${more}`)) + (await of['s-1'].count(`${name}${OF}${more}`));
  return {
    ...{ clock, asked, begun, both },
    here: { scheduler: here, ...of['s-0'] },
    there: { scheduler: there, ...of['s-1'] },
  };
}

const FINISHED = 'nova_tasks_finished_total';
const RUN = 'nova_task_run_duration_seconds';

test('a run that begins at one scheduler and is completed at another is one end and one duration', async () => {
  const { clock, there, begun, both } = await two();
  const run = await begun('k-1');
  await clock.pass(90_000);
  expect(await clock.until(there.scheduler.complete(run, 'r'))).toMatchObject({ kind: 'settled', repeated: false });
  await clock.pass(60_000);
  expect(await both(FINISHED, ',outcome="succeeded"}')).toBe(1);
  expect(await both(`${RUN}_count`)).toBe(1);
  expect(await both(`${RUN}_sum`)).toBeGreaterThanOrEqual(90);
  expect(await both(`${RUN}_sum`)).toBeLessThan(91);
});

test.for([
  ['failed', { error: 'BadInput' }, ',outcome="failed"}'],
  ['dead', { error: 'Broken' }, ',outcome="dead_lettered"}'],
] as const)('one that is %s elsewhere is as well, in each of its runs', async ([, failure, more]) => {
  const { clock, here, there, begun, both } = await two();
  const run = await begun('k-1');
  let runs = 0;
  for (let next: typeof run | undefined = run; next !== undefined; runs += 1) {
    await clock.pass(10_000);
    await clock.until(there.scheduler.fail(next, failure));
    await clock.pass(2000);
    const [task] = (await clock.until(pollOnce(here.scheduler, { waitMs: 100 }))).tasks;
    next = task && { id: task.id, token: task.token, agent: AGENT };
  }
  expect(runs).toBe(failure.error === 'BadInput' ? 1 : 3);
  expect([await both(FINISHED, more), await both(`${RUN}_count`)]).toEqual([1, runs]);
  expect(await both(`${RUN}_sum`)).toBeGreaterThanOrEqual(10 * runs);
  expect(await both(`${RUN}_sum`)).toBeLessThan(10 * runs + 1);
});

test('a run that is given back elsewhere, and one that is given up by whoever looks, have a duration', async () => {
  const { clock, here, there, begun, both } = await two();
  const run = await begun('k-1');
  await clock.pass(10_000);
  await clock.until(there.scheduler.release(run));
  expect(await both(`${RUN}_count`)).toBe(1);
  await clock.until(pollOnce(here.scheduler, { waitMs: 100 }));
  await clock.pass(121_000);
  expect([await both(`${RUN}_count`), await both('nova_task_retries_total', ',reason="agent_lost"}')]).toEqual([2, 1]);
  expect(await both(`${RUN}_sum`)).toBeGreaterThanOrEqual(130);
  expect(await both(`${RUN}_sum`)).toBeLessThan(132);
});

test('where a run began its span ends soon after it ended elsewhere, and nobody looks at it any more', async () => {
  const { clock, here, there, asked, begun } = await two();
  const run = await begun('k-1');
  await clock.pass(60_000);
  const endedMs = clock.nowMs();
  await clock.until(there.scheduler.complete(run, 'r'));
  await clock.pass(15_000);
  const spans = here.spans();
  const [send, process] = ['send', 'process'].map((name) => spans.find((span) => span.name.startsWith(name)));
  expect(process?.links.map(({ context }) => context.spanId)).toEqual([send?.spanContext().spanId]);
  expect(process?.attributes['nova.outcome']).toBe('succeeded');
  expect((process?.endTime[0] ?? 0) * 1000 - endedMs).toBeLessThan(1000);
  expect(here.traces.open()).toBe(0);
  asked.length = 0;
  await clock.pass(20_000);
  expect(asked.filter((one) => one.op === 'inspect' && one.id === run.id)).toEqual([]);
});

test('a run that was lost is not told as succeeded because the next one, at another scheduler, has', async () => {
  const { clock, here, there, begun } = await two();
  await begun('k-1');
  await clock.pass(119_000);
  const agent = { ...AGENT, name: 'a-2' };
  const [task] = (await clock.until(pollOnce(there.scheduler, { waitMs: 4000, agent }))).tasks;
  const again = { id: task?.id ?? '', token: task?.token ?? 0, agent };
  expect(await clock.until(there.scheduler.complete(again, 'r'))).toMatchObject({ kind: 'settled' });
  await clock.pass(15_000);
  const runs = [here, there].map(({ spans }) => spans().find(({ name }) => name.startsWith('process')));
  expect(runs.map((run) => run?.attributes['nova.outcome'])).toEqual(['repeated', 'succeeded']);
});

test('runs that go on are looked at now and then, a bounded number at once', async () => {
  const { clock, here, asked, begun } = await two();
  for (let n = 0; n < 3; n += 1) await begun(`k-${n}`);
  await clock.pass(10_000);
  asked.length = 0;
  await clock.pass(20_000);
  const looks = asked.filter((one) => one.op === 'inspect' && one.id !== undefined);
  expect(looks.length).toBeGreaterThanOrEqual(3 * 3);
  expect(looks.length).toBeLessThanOrEqual(3 * 4);
  expect(here.traces.open()).toBe(3);
});

import { InMemorySpanExporter, SimpleSpanProcessor, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { afterEach, expect, test } from 'vitest';
import type { Assignment } from '../../spec/contract/protocol.ts';
import type { PushCall } from '../loops/push-call.ts';
import { Bench, fleet, table } from '../loops/testing/bench.ts';
import { otlpTracing } from '../ops/trace/otlp-tracing.ts';
import { formatTraceparent } from '../ops/trace/traceparent.ts';
import { traceObserver } from '../ops/trace/trace-observer.ts';
import { served, type Served, type ServedOptions } from './testing/served.ts';

const CALLER = `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`;
const running: Served[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.close();
});

/** The real API with spans kept in memory. */
async function traced(scheduling: ServedOptions['scheduling'] = {}, share = 1, where: ServedOptions = {}) {
  const exporter = new InMemorySpanExporter();
  const { tracer } = await otlpTracing({
    endpoint: undefined,
    service: 'nova-torch-scheduler',
    version: '1.2.3',
    environment: 'test',
    instance: 's-0',
    share,
    processor: new SimpleSpanProcessor(exporter),
  });
  const { observer, begin, open } = traceObserver(tracer);
  const api = await served({ ...where, scheduling: { ...scheduling, observer, beginTrace: begin } });
  running.push(api);
  await expect.poll(() => api.scheduler.status().store).toBe('up');
  const submit = (headers: Readonly<Record<string, string>>, input = {}) =>
    api.request('POST', '/v1/tasks', { as: 'dev', headers, body: { task: 'summarize', input } });
  return { api, submit, open, spans: () => exporter.getFinishedSpans() };
}

/** Also at another scheduler than the one that hands it out, and in a trace that the agent goes on with. */
async function runNext(api: Served, completedAt = api, traceHeader = false): Promise<Assignment> {
  const agent = 'a-1';
  const at = '/v1/agents/research/summarizer';
  const polled = await api.request('POST', `${at}/${agent}/poll`, {
    as: 'dev',
    body: { slots: 1, free: 1, waitMs: 5000, build: 'v1' },
  });
  const { tasks } = (await polled.json()) as { readonly tasks: readonly Assignment[] };
  const [task] = tasks;
  if (task === undefined) throw new Error('there was no task');
  const { id, token, traceparent = '' } = task;
  await completedAt.request('POST', `/v1/tasks/${id}/complete?fleet=research/summarizer`, {
    headers: traceHeader ? { traceparent } : {},
    as: 'dev',
    body: { agent, token },
  });
  return task;
}

function named(spans: readonly ReadableSpan[], operation: string): ReadableSpan {
  const found = spans.find(({ name }) => name.startsWith(operation));
  if (found === undefined) throw new Error(`no span ${operation} among ${spans.map(({ name }) => name).join(', ')}`);
  return found;
}

test('a task that comes without a trace is one trace from its submission to its end, and its agent is told of it', async () => {
  const { api, submit, open, spans } = await traced();
  expect((await submit({})).status).toBe(201);
  const task = await runNext(api);
  const [send, process, settle] = ['send', 'process', 'settle'].map((name) => named(spans(), name));
  expect(task.traceparent).toBe(send && formatTraceparent(send.spanContext()));
  expect(process?.links.map(({ context }) => context.spanId)).toEqual([send?.spanContext().spanId]);
  expect(settle?.links.map(({ context }) => context.spanId)).toEqual([process?.spanContext().spanId]);
  expect(new Set(spans().map((span) => span.spanContext().traceId)).size).toBe(1);
  expect(send?.parentSpanContext).toBeUndefined();
  expect([spans().length, open()]).toEqual([3, 0]);
});

test('a trace that a task comes with is gone on with, as the child of who submits', async () => {
  const { api, submit, spans } = await traced();
  await submit({ traceparent: CALLER });
  const task = await runNext(api);
  expect(new Set(spans().map((span) => span.spanContext().traceId))).toEqual(new Set(['c'.repeat(32)]));
  const send = named(spans(), 'send');
  expect(send.parentSpanContext?.spanId).toBe('d'.repeat(16));
  expect(task.traceparent).toBe(formatTraceparent(send.spanContext()));
});

test('the same submission again, in another trace, is the same task; its run belongs to the first', async () => {
  const { api, submit, open, spans } = await traced();
  const key = { 'idempotency-key': 'k-1' };
  const answers = [await submit(key), await submit({ ...key, traceparent: CALLER }), await submit(key)];
  expect(answers.map(({ status }) => status)).toEqual([201, 200, 200]);
  const task = await runNext(api);
  const [first, ...others] = spans().filter(({ name }) => name.startsWith('send'));
  expect(others).toHaveLength(2);
  expect(task.traceparent).toBe(first && formatTraceparent(first.spanContext()));
  // Another input is another task under that key, whatever its trace.
  expect((await submit({ ...key, traceparent: CALLER }, { n: 1 })).status).toBe(409);
  expect(open()).toBe(0);
});

test('what is not sampled is not sampled anywhere on its way, and a scheduler’s task through itself leaves no span open', async () => {
  const { api, submit, open, spans } = await traced({ canaryEveryMs: 20 }, 0);
  await submit({});
  expect((await runNext(api)).traceparent).toMatch(/-00$/);
  expect(spans()).toEqual([]);
  const all = await traced({ canaryEveryMs: 20 });
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect([open(), all.open(), all.spans()]).toEqual([0, 0, []]);
});

test('a run that is completed elsewhere is settled in its trace, when its agent goes on with that', async () => {
  const bench = new Bench(['s-0', 's-1']);
  const here = await traced({}, 1, { bench });
  const there = await traced({}, 1, { bench, name: 's-1' });
  // The first one closes what both have.
  running.pop();
  await here.submit({});
  await runNext(here.api, there.api, true);
  await there.api.api.close();
  const [send, settle] = [named(here.spans(), 'send'), named(there.spans(), 'settle')];
  expect(settle.spanContext().traceId).toBe(send.spanContext().traceId);
  expect(settle.links.map(({ context }) => context.spanId)).toEqual([send.spanContext().spanId]);
});

test('a fleet that is called gets the trace with the call', async () => {
  const calls: (string | undefined)[] = [];
  const push: PushCall = (_, { traceparent }) => {
    calls.push(traceparent);
    return Promise.resolve({ status: 200, isUnbegun: false, body: Buffer.from('{}') });
  };
  const pushed = fleet({ delivery: 'push', url: 'http://agents' });
  const { submit, spans } = await traced({ push, table: table({ fleets: { 'research/summarizer': pushed } }) });
  await submit({});
  await expect.poll(() => calls.length).toBe(1);
  expect(calls).toEqual([formatTraceparent(named(spans(), 'send').spanContext())]);
});

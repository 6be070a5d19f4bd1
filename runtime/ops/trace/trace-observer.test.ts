import { createServer, type Http2Server } from 'node:http2';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { expect, test } from 'vitest';
import type { Assigned, Observer, Settled } from '../../core/observer.ts';
import { exemplarOf } from './exemplar.ts';
import { otlpTracing } from './otlp-tracing.ts';
import { formatTraceparent, parseTraceparent } from './traceparent.ts';
import { traceObserver, type TraceObserver, type TraceOptions } from './trace-observer.ts';

const OF = { fleet: 'engineering/triage', route: 'engineering/triage-issues' };
const CALLER = `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`;

const ASSIGNED: Assigned = {
  ...OF,
  id: 't-1',
  task: 'triage',
  agent: 'a-1',
  attempt: 1,
  priority: 'normal',
  assignmentSeconds: 0.0042,
  waitSeconds: 1.5,
};
const SETTLED: Settled = { ...OF, id: 't-1', agent: 'a-1', outcome: 'succeeded', runSeconds: 3 };

interface Traced {
  readonly traces: TraceObserver;
  readonly told: Observer;
  readonly spans: () => readonly ReadableSpan[];
}

async function traced(share = 1, options: TraceOptions = {}): Promise<Traced> {
  const exporter = new InMemorySpanExporter();
  const { tracer } = await otlpTracing({
    endpoint: undefined,
    service: 'nova-torch-scheduler',
    version: '1.2.3',
    environment: 'prod',
    instance: 'scheduler-0',
    share,
    processor: new SimpleSpanProcessor(exporter),
  });
  const traces = traceObserver(tracer, options);
  return { traces, told: traces.observer, spans: () => exporter.getFinishedSpans() };
}

function submit({ traces, told }: Traced, traceparent?: string): string | undefined {
  const carried = traces.begin(traceparent);
  told.submitted?.({
    ...OF,
    outcome: 'accepted',
    id: 't-1',
    task: 'triage',
    tenant: 'engineering',
    seconds: 0.002,
    ...(carried !== undefined && { traceparent: carried }),
  });
  return carried;
}

function assigned(traceparent: string | undefined, more: Partial<Assigned> = {}): Assigned {
  return { ...ASSIGNED, ...(traceparent !== undefined && { traceparent }), ...more };
}

test('a task is one trace: submission, run and settling, each linked to what it comes from', async () => {
  const all = await traced();
  const carried = submit(all, CALLER);
  all.told.assigned?.(assigned(carried));
  all.told.settled?.(SETTLED);
  const [send, settle, run] = all.spans();
  expect([send?.name, settle?.name, run?.name]).toEqual([
    'send engineering/triage-issues',
    'settle engineering/triage-issues',
    'process engineering/triage-issues',
  ]);
  expect([send?.kind, settle?.kind, run?.kind]).toEqual([SpanKind.PRODUCER, SpanKind.CLIENT, SpanKind.CONSUMER]);
  expect(new Set(all.spans().map((span) => span.spanContext().traceId))).toEqual(new Set(['c'.repeat(32)]));
  expect(send?.parentSpanContext?.spanId).toBe('d'.repeat(16));
  expect(run?.parentSpanContext?.spanId).toBe(send?.spanContext().spanId);
  expect(run?.links.map(({ context }) => context.spanId)).toEqual([send?.spanContext().spanId]);
  expect(settle?.links.map(({ context }) => context.spanId)).toEqual([run?.spanContext().spanId]);
  expect(carried).toBe(formatTraceparent(send?.spanContext() ?? { traceId: '', spanId: '', traceFlags: 0 }));
  expect(all.traces.open()).toBe(0);
});

test('spans say what the collectors choose by and what people search for', async () => {
  const all = await traced();
  all.told.assigned?.(assigned(submit(all), { attempt: 2 }));
  all.told.settled?.(SETTLED);
  const [send, , run] = all.spans();
  expect(send?.attributes).toMatchObject({
    'messaging.system': 'nova-torch',
    'messaging.operation.type': 'send',
    'messaging.destination.name': OF.route,
    'messaging.message.id': 't-1',
    'nova.fleet': OF.fleet,
    'nova.outcome': 'accepted',
  });
  expect(run?.attributes).toEqual({
    'messaging.system': 'nova-torch',
    'messaging.operation.type': 'process',
    'messaging.operation.name': 'process',
    'messaging.destination.name': OF.route,
    'messaging.consumer.group.name': OF.fleet,
    'messaging.message.id': 't-1',
    'messaging.client.id': 'a-1',
    'nova.fleet': OF.fleet,
    'nova.route': OF.route,
    'nova.task': 'triage',
    'nova.priority': 'normal',
    'nova.attempt': 2,
    'nova.assign_ms': 5,
    'nova.wait_ms': 1500,
    'nova.outcome': 'succeeded',
  });
  expect(run?.resource.attributes).toMatchObject({
    'service.name': 'nova-torch-scheduler',
    'service.version': '1.2.3',
    'service.instance.id': 'scheduler-0',
    'deployment.environment.name': 'prod',
  });
});

test('a run may begin at another scheduler than the one that took the task', async () => {
  const [first, second] = [await traced(), await traced()];
  const carried = submit(first);
  second.told.assigned?.(assigned(carried));
  second.told.settled?.({ ...SETTLED, outcome: 'failed' });
  const run = second.spans().find(({ kind }) => kind === SpanKind.CONSUMER);
  expect(run?.spanContext().traceId).toBe(first.spans()[0]?.spanContext().traceId);
  expect(run?.links[0]?.context.spanId).toBe(first.spans()[0]?.spanContext().spanId);
  expect(run?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'failed' });
  // And a third one may hear how it ended, from an agent that says what it does it in.
  const third = await traced();
  third.told.settled?.({ ...SETTLED, ...(carried !== undefined && { traceparent: carried }) });
  const [settle] = third.spans();
  expect(settle?.parentSpanContext?.spanId).toBe(first.spans()[0]?.spanContext().spanId);
  expect(settle?.links.map(({ context }) => context.traceId)).toEqual([settle?.spanContext().traceId]);
});

test('a run whose agent was lost ends when the next one begins, or with its task', async () => {
  const all = await traced();
  const carried = submit(all);
  all.told.assigned?.(assigned(carried));
  all.told.assigned?.(assigned(carried, { attempt: 2, agent: 'a-2' }));
  all.told.finished?.({ ...OF, id: 't-1', outcome: 'dead_lettered', reason: 'attempts' });
  all.told.finished?.({ ...OF, id: 't-1', outcome: 'dead_lettered' });
  const runs = all.spans().filter(({ kind }) => kind === SpanKind.CONSUMER);
  expect(runs.map(({ status }) => status.message)).toEqual(['nobody said how it ended', 'attempts']);
  expect(runs[1]?.attributes['nova.outcome']).toBe('dead_lettered');
  all.told.assigned?.(assigned(undefined, { id: 't-2' }));
  all.told.finished?.({ ...OF, id: 't-2', outcome: 'succeeded' });
  expect(all.spans().at(-1)?.status.code).toBe(SpanStatusCode.UNSET);
});

test('a run that ended at another scheduler ends where it began, by the store’s clock but not in the future', async () => {
  const nowMs = 1_700_000_000_000;
  const all = await traced(1, { nowMs: () => nowMs });
  for (const id of ['t-1', 't-2', 't-3']) all.told.assigned?.(assigned(undefined, { id }));
  all.told.passed?.({ ...OF, id: 't-1', outcome: 'succeeded', endedMs: nowMs + 5000 });
  all.told.passed?.({ ...OF, id: 't-2', outcome: 'repeated' });
  all.told.passed?.({ ...OF, id: 'unheard of', outcome: 'failed' });
  expect(all.spans().map(({ attributes, status }) => [attributes['nova.outcome'], status.code])).toEqual([
    ['succeeded', SpanStatusCode.UNSET],
    ['repeated', SpanStatusCode.ERROR],
  ]);
  expect(all.spans().map(({ endTime }) => endTime[0] * 1000)).toEqual([nowMs, nowMs]);
  expect(all.traces.open()).toBe(1);
});

test('a scheduler that ends tells of what goes on at agents up to then', async () => {
  const all = await traced();
  all.told.assigned?.(assigned(submit(all)));
  all.traces.begin(undefined);
  all.traces.close();
  expect(all.spans().map(({ name, attributes, status }) => [name, attributes['nova.outcome'], status.code])).toEqual([
    [`send ${OF.route}`, 'accepted', SpanStatusCode.UNSET],
    ['send', 'unknown', SpanStatusCode.UNSET],
    [`process ${OF.route}`, 'unknown', SpanStatusCode.UNSET],
  ]);
  expect(all.traces.open()).toBe(0);
});

test('what a stale agent says ends no run', async () => {
  const all = await traced();
  all.told.assigned?.(assigned(submit(all)));
  all.told.settled?.({ ...SETTLED, outcome: 'stale', agent: 'a-0' });
  const settle = all.spans().at(-1);
  expect([settle?.kind, settle?.links, settle?.status.message]).toEqual([SpanKind.CLIENT, [], 'stale']);
  expect(all.traces.open()).toBe(1);
});

test('a submission that was not begun is told afterwards; one that failed or was shed is an error', async () => {
  const nowMs = 1_700_000_000_000;
  const all = await traced(1, { nowMs: () => nowMs });
  const nobody = { fleet: '', route: '', task: 'x', tenant: 'y', traceparent: CALLER };
  all.told.submitted?.({ ...nobody, outcome: 'shed', seconds: 0.5 });
  all.told.submitted?.({ ...nobody, outcome: 'invalid', seconds: 0 });
  const [shed, invalid] = all.spans();
  expect(shed?.name).toBe('send');
  expect(shed?.startTime).toEqual([nowMs / 1000 - 1, 500_000_000]);
  expect(shed?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'shed' });
  expect(shed?.parentSpanContext?.traceId).toBe('c'.repeat(32));
  expect(invalid?.status.code).toBe(SpanStatusCode.UNSET);
});

test('a trace that is not sampled makes no spans and is carried on as it came', async () => {
  const none = await traced(0);
  const carried = submit(none);
  expect(carried).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  // Also where another share would have had it: all of a task is traced, or nothing.
  const other = await traced();
  for (const { told } of [none, other]) {
    told.assigned?.(assigned(carried));
    told.settled?.(SETTLED);
  }
  const off = CALLER.replace(/01$/, '00');
  const all = await traced();
  expect(submit(all, off)).toBe(off);
  expect([none.spans(), all.spans(), none.traces.open()]).toEqual([[], [], 0]);
  expect(other.spans().map(({ kind }) => kind)).toEqual([SpanKind.CLIENT]);
  expect(submit(none, CALLER)).toMatch(new RegExp(`^00-${'c'.repeat(32)}-[0-9a-f]{16}-01$`));
});

test('the number of open spans is bounded: the oldest is given up', async () => {
  const all = await traced(1, { openMax: 2 });
  for (const id of ['t-1', 't-2', 't-3']) all.told.assigned?.(assigned(undefined, { id }));
  expect(all.traces.open()).toBe(2);
  expect(all.spans().map(({ attributes }) => attributes['messaging.message.id'])).toEqual(['t-1']);
});

test.for([
  ['', undefined],
  [CALLER, 'c'.repeat(32)],
  [`${CALLER}-future`, 'c'.repeat(32)],
  [CALLER.toUpperCase(), undefined],
  [`ff-${'c'.repeat(32)}-${'d'.repeat(16)}-01`, undefined],
  [`00-${'0'.repeat(32)}-${'d'.repeat(16)}-01`, undefined],
  [`00-${'c'.repeat(32)}-${'0'.repeat(16)}-01`, undefined],
  [`${CALLER}\r\nx: y`, undefined],
] as const)('the traceparent %j names the trace %s', ([text, trace]) => {
  expect(parseTraceparent(text)?.traceId).toBe(trace);
  expect(exemplarOf(text)?.trace_id).toBe(trace);
});

test('spans arrive at a collector over gRPC; one that is away keeps nobody from ending', async () => {
  const bodies: Buffer[] = [];
  const server: Http2Server = createServer();
  server.on('stream', (stream) => {
    stream.on('data', (part: Buffer) => bodies.push(part));
    stream.on('end', () => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.end(Buffer.from([0, 0, 0, 0, 0]));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const options = { service: 'sched', version: '1', environment: 'prod', instance: 's-0', share: 1 };
  const tracing = await otlpTracing({ ...options, endpoint: `http://127.0.0.1:${port}` });
  const traces = traceObserver(tracing.tracer);
  traces.observer.assigned?.(ASSIGNED);
  traces.observer.settled?.(SETTLED);
  await tracing.close();
  server.close();
  const sent = Buffer.concat(bodies).toString('latin1');
  for (const part of ['process engineering/triage-issues', 'nova.attempt', 'sched']) expect(sent).toContain(part);
  const away = await otlpTracing({ ...options, endpoint: 'http://127.0.0.1:1' });
  traceObserver(away.tracer).observer.settled?.(SETTLED);
  await expect(away.close()).resolves.toBeUndefined();
});

test('a collector that refuses spans is told once, and once when it takes them again', async () => {
  let answer = '3';
  const server: Http2Server = createServer();
  server.on('stream', (stream) => {
    stream.resume().on('end', () => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': answer }));
      stream.end(Buffer.from([0, 0, 0, 0, 0]));
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const told: (string | undefined)[] = [];
  const tracing = await otlpTracing({
    ...{ service: 'sched', version: '1', environment: 'prod', instance: 's-0', share: 1 },
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    onCollector: (error) => told.push(error?.message),
  });
  const { observer } = traceObserver(tracing.tracer);
  const sent = async (): Promise<void> => {
    observer.settled?.(SETTLED);
    await new Promise((resolve) => setTimeout(resolve, 700));
  };
  await sent();
  await sent();
  expect(told).toEqual([expect.stringContaining('INVALID_ARGUMENT')]);
  answer = '0';
  await sent();
  await sent();
  expect(told.slice(1)).toEqual([undefined]);
  await tracing.close();
  server.close();
});

test('without a collector nothing is traced, and nothing is in the way', async () => {
  const options = { service: 's', version: '1', environment: 'dev', instance: 's-0', share: 1 };
  const tracing = await otlpTracing({ ...options, endpoint: undefined });
  const traces = traceObserver(tracing.tracer);
  expect([traces.begin(undefined), traces.begin(CALLER)]).toEqual([undefined, CALLER]);
  traces.observer.assigned?.(ASSIGNED);
  expect(traces.open()).toBe(0);
  await tracing.close();
});

import {
  isSpanContextValid,
  SpanKind,
  SpanStatusCode,
  type Attributes,
  type Link,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import type { Assigned, Finished, Observer, Passed, Settled, Submitted } from '../../core/observer.ts';
import { openSpans, type OpenSpans } from './open-spans.ts';
import { contextOf, formatTraceparent, parseTraceparent } from './traceparent.ts';

/**
 * The spans of a task, by the conventions for messaging:
 *
 * - `send <route>` (producer): from the request to the answer; child of the submitter's span
 * - `process <route>` (consumer): one run, from assigned to its end; in the same trace, with a link to `send`
 * - `settle <route>` (client): the moment an agent's answer is durable; child of the run, with a link to it; at another scheduler
 *   than that at which the run began, of what the agent says it does it in
 *
 * The trace is what `traceparent` carries: in the journal, in the store, to the agent. So the run may begin at another
 * scheduler than the one that took the task. One that ends at another than it began at is ended where it began, as soon as that is
 * known there; one that goes on when its scheduler ends is told up to then, with the outcome `unknown`.
 */
export interface TraceObserver {
  readonly observer: Observer;
  /**
   * Begins `send`. What it returns is the task's `traceparent`, also of a trace that is not sampled; `submitted` ends the span.
   * Nothing where there is no collector and nobody sent one.
   */
  begin(traceparent: string | undefined): string | undefined;
  /** Spans that have not ended. */
  open(): number;
  /** This scheduler ends: runs go on at their agents, and what is told of them here ends now. */
  close(): void;
}

export interface TraceOptions {
  readonly nowMs?: () => number;
  readonly openMax?: number;
  /** Takes secrets out of what callers said. */
  readonly mask?: (text: string) => string;
}

const OPEN_MAX = 20_000;

export function traceObserver(
  tracer: Tracer,
  { nowMs = Date.now, openMax = OPEN_MAX, mask }: TraceOptions = {},
): TraceObserver {
  const giveUp = (span: Span): void => {
    span.setStatus({ code: SpanStatusCode.ERROR, message: 'nobody said how it ended' });
    span.end(nowMs());
  };
  const masked = maskedBy(mask);
  const sends = openSpans(openMax, giveUp);
  const runs = openSpans(openMax, giveUp);
  return {
    observer: {
      submitted: (event) => endSend(tracer, sends, masked(event), nowMs()),
      assigned: (event) => beginRun(tracer, runs, masked(event), nowMs()),
      // No agent said how a lost run ended; the next one of the task gives it up, or the task's end.
      settled: (event) => {
        if (event.outcome !== 'lost') endRun(tracer, runs, masked(event), nowMs());
      },
      passed: (event) => endPassedRun(runs, masked(event), nowMs()),
      finished: (event) => endOpenRun(runs, masked(event), nowMs()),
    },
    begin: (traceparent) => {
      const parent = parseTraceparent(traceparent);
      const span = tracer.startSpan('send', { kind: SpanKind.PRODUCER, startTime: nowMs() }, contextOf(parent));
      if (!span.isRecording()) return parent === undefined ? unsampled(span) : traceparent;
      const carried = formatTraceparent(span.spanContext());
      sends.begin(carried, span);
      return carried;
    },
    open: () => sends.size + runs.size,
    close: () => {
      for (const span of [...sends.takeAll(), ...runs.takeAll()])
        span.setAttribute('nova.outcome', 'unknown').end(nowMs());
    },
  };
}

/** What says to all who come after that nothing of this task is traced: else each of them would decide anew. */
function unsampled(span: Span): string | undefined {
  const context = span.spanContext();
  return isSpanContextValid(context) ? formatTraceparent(context) : undefined;
}

/** An event with every text masked. */
function maskedBy(mask: TraceOptions['mask']): <Event extends object>(event: Event) => Event {
  if (mask === undefined) return (event) => event;
  const shown = (value: unknown): unknown => (typeof value === 'string' ? mask(value) : value);
  return <Event extends object>(event: Event) =>
    Object.fromEntries(Object.entries(event).map(([name, value]) => [name, shown(value)])) as Event;
}

function endSend(tracer: Tracer, sends: OpenSpans, event: Submitted, nowMs: number): void {
  const begun = event.traceparent === undefined ? undefined : sends.take(event.traceparent);
  const span =
    begun ??
    // Nobody began it: it is told afterwards, and what the task carries is the submitter's own.
    tracer.startSpan(
      'send',
      { kind: SpanKind.PRODUCER, startTime: nowMs - event.seconds * 1000 },
      contextOf(parseTraceparent(event.traceparent)),
    );
  span.updateName(nameOf('send', event.route));
  span.setAttributes({
    ...messaging('send', 'send', event),
    'nova.task': event.task,
    'nova.tenant': event.tenant,
    'nova.outcome': event.outcome,
    ...(event.id !== undefined && { 'messaging.message.id': event.id }),
  });
  if (event.outcome === 'error' || event.outcome === 'shed') {
    span.setStatus({ code: SpanStatusCode.ERROR, message: event.outcome });
  }
  span.end(nowMs);
}

function beginRun(tracer: Tracer, runs: OpenSpans, event: Assigned, nowMs: number): void {
  const send = parseTraceparent(event.traceparent);
  const links: readonly Link[] = send === undefined ? [] : [{ context: send }];
  const span = tracer.startSpan(
    nameOf('process', event.route),
    {
      kind: SpanKind.CONSUMER,
      startTime: nowMs,
      links: [...links],
      attributes: {
        ...messaging('process', 'process', event),
        'messaging.message.id': event.id,
        'messaging.client.id': event.agent,
        'nova.task': event.task,
        'nova.priority': event.priority,
        'nova.attempt': event.attempt,
        // Whole numbers: the collectors compare no others.
        'nova.assign_ms': Math.ceil(event.assignmentSeconds * 1000),
        'nova.wait_ms': Math.ceil(event.waitSeconds * 1000),
      },
    },
    contextOf(send),
  );
  // A run of this task that is still open was lost with its agent: `begin` gives it up.
  if (span.isRecording()) runs.begin(event.id, span);
}

function endRun(tracer: Tracer, runs: OpenSpans, event: Settled, nowMs: number): void {
  // What a stale agent says is about a run that ended before.
  const run = event.outcome === 'stale' ? undefined : runs.take(event.id);
  // Another scheduler has the run's span: the trace is known by the agent's call alone.
  const context = run?.spanContext() ?? parseTraceparent(event.traceparent);
  const settle = tracer.startSpan(
    nameOf('settle', event.route),
    {
      kind: SpanKind.CLIENT,
      startTime: nowMs,
      links: context === undefined ? [] : [{ context }],
      attributes: {
        ...messaging('settle', event.outcome, event),
        'messaging.message.id': event.id,
        'messaging.client.id': event.agent,
        'nova.outcome': event.outcome,
      },
    },
    contextOf(context),
  );
  const failed = event.outcome === 'failed' || event.outcome === 'stale';
  for (const span of [settle, ...(run === undefined ? [] : [run])]) {
    span.setAttribute('nova.outcome', event.outcome);
    if (failed) span.setStatus({ code: SpanStatusCode.ERROR, message: event.outcome });
    span.end(nowMs);
  }
}

/** A task that ended while its run was open: cancelled, expired, or dead after its agent was lost. */
function endOpenRun(runs: OpenSpans, { id, outcome, reason }: Finished, nowMs: number): void {
  const run = runs.take(id);
  if (run !== undefined) endRunAs(run, outcome, reason ?? outcome, nowMs);
}

/** By the store's clock, which may be ahead. */
function endPassedRun(runs: OpenSpans, { id, outcome, endedMs = Infinity }: Passed, nowMs: number): void {
  const run = runs.take(id);
  if (run !== undefined) endRunAs(run, outcome, outcome, Math.min(endedMs, nowMs));
}

function endRunAs(run: Span, outcome: string, message: string, endMs: number): void {
  run.setAttribute('nova.outcome', outcome);
  if (outcome !== 'succeeded') run.setStatus({ code: SpanStatusCode.ERROR, message });
  run.end(endMs);
}

function nameOf(operation: string, route: string): string {
  return route === '' ? operation : `${operation} ${route}`;
}

function messaging(type: string, name: string, { fleet, route }: { fleet: string; route: string }): Attributes {
  return {
    'messaging.system': 'nova-torch',
    'messaging.operation.type': type,
    'messaging.operation.name': name,
    'messaging.destination.name': route,
    'messaging.consumer.group.name': fleet,
    'nova.fleet': fleet,
    'nova.route': route,
  };
}

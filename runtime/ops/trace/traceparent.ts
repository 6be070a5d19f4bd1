import { ROOT_CONTEXT, trace, type Context, type SpanContext } from '@opentelemetry/api';

const FORM = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-[^\s]*)?$/;
const NO_TRACE = '0'.repeat(32);
const NO_SPAN = '0'.repeat(16);

/** What a `traceparent` of W3C names; nothing for one that names nothing, or is none. */
export function parseTraceparent(text: string | undefined): SpanContext | undefined {
  const [, version = 'ff', traceId = NO_TRACE, spanId = NO_SPAN, flags = '00'] = FORM.exec(text ?? '') ?? [];
  if (version === 'ff' || traceId === NO_TRACE || spanId === NO_SPAN) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
}

export function formatTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${(traceFlags & 1).toString(16).padStart(2, '0')}`;
}

/** The context in which a span of this parent begins; a new trace where there is none. */
export function contextOf(parent: SpanContext | undefined): Context {
  return parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
}

import { parseTraceparent } from './traceparent.ts';

/** The trace to look at, when it is sampled: a link to a trace that nobody keeps leads nowhere. */
export function exemplarOf(traceparent: string | undefined): { readonly trace_id: string } | undefined {
  const parent = parseTraceparent(traceparent);
  return parent !== undefined && parent.traceFlags === 1 ? { trace_id: parent.traceId } : undefined;
}

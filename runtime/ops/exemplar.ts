const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})(?:-|$)/;

/** The trace to look at, when it is sampled: a link to a trace that nobody keeps leads nowhere. */
export function exemplarOf(traceparent: string | undefined): { readonly trace_id: string } | undefined {
  const [, trace = '', flags = '00'] = TRACEPARENT.exec(traceparent ?? '') ?? [];
  return trace !== '' && (Number.parseInt(flags, 16) & 1) === 1 ? { trace_id: trace } : undefined;
}

import type { Call } from './call.ts';

/** The trace that a call comes with; nothing for a text that names none. */
export function traceOf({ headers }: Call): { readonly traceparent?: string } {
  const { traceparent } = headers;
  return typeof traceparent === 'string' && TRACEPARENT.test(traceparent) ? { traceparent } : {};
}

const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

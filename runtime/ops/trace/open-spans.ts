import type { Span } from '@opentelemetry/api';

/** Spans that have begun and not ended, by a name, at most so many: the oldest is given up for a new one. */
export interface OpenSpans {
  begin(name: string, span: Span): void;
  /** The span, which is then no longer open. */
  take(name: string): Span | undefined;
  /** All of them, the oldest first; none is open then. */
  takeAll(): readonly Span[];
  readonly size: number;
}

export function openSpans(most: number, givenUp: (span: Span) => void): OpenSpans {
  const open = new Map<string, Span>();
  const take = (name: string): Span | undefined => {
    const span = open.get(name);
    open.delete(name);
    return span;
  };
  return {
    begin: (name, span) => {
      const before = take(name);
      if (before !== undefined) givenUp(before);
      open.set(name, span);
      if (open.size <= most) return;
      const [oldest = ''] = open.keys();
      const given = take(oldest);
      if (given !== undefined) givenUp(given);
    },
    take,
    takeAll: () => {
      const spans = [...open.values()];
      open.clear();
      return spans;
    },
    get size() {
      return open.size;
    },
  };
}

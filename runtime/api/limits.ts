import { ProblemError } from './problems.ts';

/** What a request may cost, before anybody looks at what it says. */
export interface ApiLimits {
  readonly bodyBytes: number;
  /** Nesting, and keys of all objects together. */
  readonly depth: number;
  readonly keys: number;
  readonly connections: number;
  /** Until the headers must be there; slow senders hold nothing. */
  readonly headersMs: number;
  readonly requestMs: number;
  /** Requests at work, polls and streams apart. */
  readonly inFlight: number;
  /** Open polls and streams. */
  readonly waiting: number;
}

export const DEFAULT_LIMITS: ApiLimits = {
  bodyBytes: 65_536,
  depth: 32,
  keys: 1000,
  connections: 20_000,
  headersMs: 2000,
  requestMs: 90_000,
  inFlight: 2000,
  waiting: 20_000,
};

/** Refuses a value that is too deep or has too many keys; without recursion. */
export function checkShape(value: unknown, { depth, keys }: Pick<ApiLimits, 'depth' | 'keys'>): void {
  let level: unknown[] = [value];
  let count = 0;
  for (let deep = 0; level.length > 0; deep += 1) {
    if (deep > depth) throw new ProblemError('bad-request', { detail: `at most ${depth} levels` });
    const next: unknown[] = [];
    for (const one of level) {
      if (typeof one !== 'object' || one === null) continue;
      const values: unknown[] = Object.values(one);
      if (!Array.isArray(one)) count += values.length;
      if (count > keys) throw new ProblemError('bad-request', { detail: `at most ${keys} keys` });
      for (const inner of values) if (typeof inner === 'object' && inner !== null) next.push(inner);
    }
    level = next;
  }
}

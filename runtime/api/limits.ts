import { ProblemError } from './problems.ts';

/** What a request may cost, before anybody looks at what it says. */
export interface ApiLimits {
  readonly bodyBytes: number;
  /** Nesting, and keys of all objects together. */
  readonly depth: number;
  readonly keys: number;
  /** Of one request. */
  readonly headers: number;
  readonly connections: number;
  /** Requests of one connection whose answers are not out. */
  readonly pipelined: number;
  /** Until the headers must be there; slow senders hold nothing. */
  readonly headersMs: number;
  /** Until all of the request must be there. */
  readonly requestMs: number;
  /** Requests at work, polls and streams apart. */
  readonly inFlight: number;
  /** Open polls and streams. Who has many of them is refused before all are taken, see `shares.ts`. */
  readonly waiting: number;
  /** Open polls of one fleet: it has at most 5,000 agents, and each of them may have left one behind that nobody hears. */
  readonly pollsOfFleet: number;
  /** Open event streams of one caller. */
  readonly streamsOfSubject: number;
  /** Until connections that do not end by themselves are cut, when the server closes. */
  readonly closeMs: number;
}

export const DEFAULT_LIMITS: ApiLimits = {
  bodyBytes: 65_536,
  depth: 32,
  keys: 1000,
  headers: 64,
  connections: 20_000,
  pipelined: 32,
  headersMs: 2000,
  requestMs: 10_000,
  inFlight: 2000,
  waiting: 20_000,
  pollsOfFleet: 6000,
  streamsOfSubject: 200,
  closeMs: 15_000,
};

/** Refuses a value that is too deep, has too many keys, or holds what not every reader reads alike; without recursion. */
export function checkShape(value: unknown, { depth, keys }: Pick<ApiLimits, 'depth' | 'keys'>): void {
  let level: unknown[] = [value];
  let count = 0;
  for (let deep = 0; level.length > 0; deep += 1) {
    if (deep >= depth) throw new ProblemError('bad-request', { detail: `at most ${depth} levels` });
    const next: unknown[] = [];
    for (const one of level) {
      checkScalar(one);
      if (typeof one !== 'object' || one === null) continue;
      const values: unknown[] = Object.values(one);
      if (!Array.isArray(one)) count += checkNames(one);
      if (count > keys) throw new ProblemError('bad-request', { detail: `at most ${keys} keys` });
      for (const inner of values) {
        if (typeof inner === 'object' && inner !== null) next.push(inner);
        else checkScalar(inner);
      }
    }
    level = next;
  }
}

const HALF = /\p{Surrogate}/u;

function checkScalar(value: unknown): void {
  if (typeof value === 'string' && HALF.test(value)) {
    throw new ProblemError('bad-request', { detail: 'a text has half a character' });
  }
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new ProblemError('bad-request', { detail: 'a number is beyond all bounds' });
  }
}

/** Gives how many names there are. */
function checkNames(value: object): number {
  const names = Object.keys(value);
  for (const name of names) {
    if (HALF.test(name)) throw new ProblemError('bad-request', { detail: 'a name has half a character' });
  }
  const constructorOf: unknown = Object.hasOwn(value, 'constructor') ? value.constructor : undefined;
  const isTrap =
    typeof constructorOf === 'object' && constructorOf !== null && Object.hasOwn(constructorOf, 'prototype');
  if (Object.hasOwn(value, '__proto__') || isTrap) {
    throw new ProblemError('bad-request', { detail: 'names like `__proto__` are not taken' });
  }
  return names.length;
}

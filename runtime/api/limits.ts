import { JSON_LIMITS, type JsonLimits } from '../core/i-json.ts';

/** What a request may cost, before anybody looks at what it says. */
export interface ApiLimits extends JsonLimits {
  readonly bodyBytes: number;
  /** Of one request. */
  readonly headers: number;
  readonly connections: number;
  /** Of probes and scrapes, on their own port. */
  readonly opsConnections: number;
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
  ...JSON_LIMITS,
  headers: 64,
  connections: 20_000,
  opsConnections: 256,
  pipelined: 32,
  headersMs: 2000,
  requestMs: 10_000,
  inFlight: 2000,
  waiting: 20_000,
  pollsOfFleet: 6000,
  streamsOfSubject: 200,
  closeMs: 15_000,
};

/** An answer to a call of an agent of a push fleet. */
export interface PushAnswer {
  readonly status: number;
  /** Of `Retry-After`, when there is one. */
  readonly retryAfterMs?: number;
  /** Of one that is larger than a result may be, only enough to see that. */
  readonly body: Uint8Array;
  /** It is sure that the agent has not begun the task. */
  readonly isUnbegun: boolean;
}

/**
 * Whether the agent may be at work although its answer is none: what a proxy says of itself looks like what an agent says, and most
 * of it comes after the call has reached the agent (it fell silent, it died, its connection broke). 500 and all others are the word
 * of the agent: its run has failed.
 */
export function mayHaveBegun({ status, isUnbegun }: Pick<PushAnswer, 'status' | 'isUnbegun'>): boolean {
  return OF_PROXIES.has(status) && !isUnbegun;
}

/** What a proxy answers when a call was too slow, broke, found nobody, or had no end. */
const OF_PROXIES: ReadonlySet<number> = new Set([408, 502, 503, 504]);

/** Why the agent has not begun: it, or a proxy for it, has enough to do; or nobody was there. */
export type Unbegun = 'no-room' | 'nobody-there';

/**
 * When an answer comes from before the agent began, for certain: 429; a 503 that says when to come back or is a problem, as an agent
 * says it that has no room; and a 503 of a proxy of the mesh that names a reason from before there was a connection.
 */
export function whyUnbegun(status: number, headers: Headers, body: Uint8Array): Unbegun | undefined {
  if (status === 429) return 'no-room';
  if (status !== 503) return undefined;
  if (isOwnWord(headers)) return 'no-room';
  if (!isOfNearProxy(headers)) return undefined;
  const text = beginning(body);
  if (NOBODY_THERE.test(text)) return 'nobody-there';
  return TOO_MANY.test(text) ? 'no-room' : undefined;
}

function isOwnWord(headers: Headers): boolean {
  return headers.has('retry-after') || (headers.get('content-type') ?? '').startsWith('application/problem+json');
}

/**
 * Envoy says how long whoever answered it took. Then somebody did: a proxy beside the agent, or the agent itself, which may hand on
 * what it was told by somebody that it had called in the middle of its work.
 */
function isOfNearProxy(headers: Headers): boolean {
  return /^(?:istio-)?envoy$/.test(headers.get('server') ?? '') && !headers.has('x-envoy-upstream-service-time');
}

/**
 * The texts of Envoy's router for a call that found nobody or had no connection, and for one too many; the older ones as well. A
 * call that was `retried` is none of them: of the tries before the last one nothing is said.
 */
const NOBODY_THERE =
  /^(?:no healthy upstream|upstream connect error or disconnect\/reset before headers\. reset reason: (?:(?:(?:local|remote) )?connection failure|connection timeout)(?:, transport failure reason: .*)?)$/s;
const TOO_MANY =
  /^upstream connect error or disconnect\/reset before headers\. reset reason: (?:overflow|remote refused stream reset)(?:, transport failure reason: .*)?$/s;

export function beginning(body: Uint8Array): string {
  return Buffer.from(body.subarray(0, TEXT_BYTES)).toString();
}

const TEXT_BYTES = 4096;

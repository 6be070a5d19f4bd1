import type { Priority } from '../../spec/contract/task.ts';
import { REFUSED_FROM } from '../../spec/contract/overload.ts';

/**
 * Whether one more submission is taken at all, before anything is written: by its size, by the sender's rate, and by the load.
 * As the load rises the least urgent are refused first: a share of the bound belongs to each priority and those above it
 * (criticality, as in the SRE book). What is refused is told when to come back.
 */
export interface AdmissionBounds {
  readonly bodyBytesMax: number;
  /** Bytes of the journal that are not yet settled. */
  readonly journalBytesMax: number;
  /** Age of the oldest record that waits for the disk or the store. */
  readonly backlogAgeMsMax: number;
  /** Of one sender: `perSecond` on average, `burst` at once. */
  readonly sender: { readonly perSecond: number; readonly burst: number };
}

export interface Load {
  readonly journalBytes: number;
  readonly backlogAgeMs: number;
}

/** A sender's bucket; a new sender's is full. */
export interface Bucket {
  readonly tokens: number;
  readonly atMs: number;
}

export type Admission =
  | { readonly kind: 'admitted'; readonly bucket: Bucket }
  | { readonly kind: 'too-large'; readonly bytesMax: number }
  | { readonly kind: 'too-many'; readonly retryAfterMs: number; readonly bucket: Bucket }
  | { readonly kind: 'overloaded'; readonly retryAfterMs: number; readonly because: 'journal-bytes' | 'backlog-age' };

const RETRY_FIRST_MS = 1000;
const RETRY_MAX_MS = 30_000;

export function fullBucket({ sender }: AdmissionBounds, nowMs: number): Bucket {
  return { tokens: sender.burst, atMs: nowMs };
}

/** The bucket to keep is in the answer; when there is none it has not changed. */
export function admit(
  submission: { readonly bodyBytes: number; readonly priority: Priority },
  load: Load,
  bucket: Bucket,
  bounds: AdmissionBounds,
  nowMs: number,
): Admission {
  if (submission.bodyBytes > bounds.bodyBytesMax) return { kind: 'too-large', bytesMax: bounds.bodyBytesMax };
  const overload = overloadOf(submission.priority, load, bounds);
  if (overload !== undefined) return overload;
  const { perSecond, burst } = bounds.sender;
  const tokens = Math.min(burst, bucket.tokens + (Math.max(0, nowMs - bucket.atMs) * perSecond) / 1000);
  const filled = { tokens, atMs: nowMs };
  if (tokens >= 1) return { kind: 'admitted', bucket: { ...filled, tokens: tokens - 1 } };
  return { kind: 'too-many', retryAfterMs: Math.ceil(((1 - tokens) * 1000) / perSecond), bucket: filled };
}

function overloadOf(priority: Priority, load: Load, bounds: AdmissionBounds): Admission | undefined {
  const share = REFUSED_FROM[priority];
  const bytes = load.journalBytes / bounds.journalBytesMax;
  const age = load.backlogAgeMs / bounds.backlogAgeMsMax;
  if (Math.max(bytes, age) < share) return undefined;
  const over = Math.max(bytes, age) / share;
  const retryAfterMs = Math.min(RETRY_MAX_MS, Math.round(RETRY_FIRST_MS * over ** 4));
  return { kind: 'overloaded', retryAfterMs, because: bytes >= age ? 'journal-bytes' : 'backlog-age' };
}

/** Whole seconds for `Retry-After`, never 0. */
export function retryAfterSeconds(retryAfterMs: number): number {
  return Math.max(1, Math.ceil(retryAfterMs / 1000));
}

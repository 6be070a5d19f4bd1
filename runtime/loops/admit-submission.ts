import type { Decision } from '../../spec/contract/match.ts';
import { admit, fullBucket } from '../core/admission.ts';
import type { Submission, SubmitOutcome } from '../core/scheduler.ts';
import type { Engine } from './engine.ts';

/** Why a submission is not even looked at; nothing where there is room for it. */
export function admission(engine: Engine, submission: Submission, decision: Decision): SubmitOutcome | undefined {
  const { bounds, buckets, clock, ledger } = engine;
  const now = clock.monotonicMs();
  const bucket = buckets.get(submission.subject) ?? fullBucket(bounds.admission, now);
  const { pendingMs, bytes } = ledger.journal.stats;
  const answer = admit(
    { bodyBytes: submission.bytes, priority: decision.priority ?? 'normal' },
    { journalBytes: bytes, backlogAgeMs: pendingMs },
    bucket,
    bounds.admission,
    now,
  );
  if ('bucket' in answer) buckets.set(submission.subject, answer.bucket);
  if (answer.kind === 'admitted') return undefined;
  if (answer.kind === 'too-large') return answer;
  const because = answer.kind === 'too-many' ? 'rate' : 'overloaded';
  return { kind: 'refused', because, retryAfterMs: answer.retryAfterMs };
}

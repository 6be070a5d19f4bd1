import type { ChangeOutcome, SettleOutcome, SubmitOutcome } from '../core/scheduler.ts';
import type { Answer } from './call.ts';
import { ProblemError } from './problems.ts';

/** What each outcome of the scheduler is in HTTP; `task` is the type that was submitted. */
export function submitAnswer(outcome: SubmitOutcome, task: string): Answer {
  switch (outcome.kind) {
    case 'accepted': {
      const { response } = outcome;
      if (response.duplicate !== undefined) return { status: 200, body: response };
      return { status: response.status === 'journaled' ? 202 : 201, body: response };
    }
    case 'conflict':
      throw new ProblemError('key-conflict', { detail: `it names ${outcome.id}` });
    case 'duplicate':
      throw new ProblemError('duplicate', { detail: `it is ${outcome.of}` });
    case 'unroutable':
      throw new ProblemError(outcome.because, {
        detail: outcome.route ?? `none takes ${task} with these labels and this input`,
      });
    case 'invalid':
      throw new ProblemError('invalid-input', { errors: prefixed('/input', outcome.errors) });
    case 'refused': {
      const full = outcome.because === 'queue-full' || outcome.because === 'key-full';
      throw new ProblemError(full ? 'queue-full' : 'too-many-requests', { retryAfterMs: outcome.retryAfterMs });
    }
    case 'too-large':
      throw new ProblemError('too-large', { detail: `at most ${outcome.bytesMax} bytes` });
    case 'unavailable':
      throw new ProblemError('unavailable', { detail: outcome.because, retryAfterMs: outcome.retryAfterMs });
  }
}

export function settled(outcome: SettleOutcome): Answer {
  switch (outcome.kind) {
    case 'settled': {
      const { id, state, repeated, next } = outcome;
      return { status: 200, body: next === undefined ? { id, state, repeated } : { id, state, repeated, next } };
    }
    case 'stale':
      throw new ProblemError('stale', { detail: `the task is ${outcome.state}` });
    case 'invalid':
      throw new ProblemError('invalid-result', { errors: prefixed('/result', outcome.errors) });
    case 'unknown':
      throw new ProblemError('not-found');
    case 'too-large':
      throw new ProblemError('too-large', { detail: `a result has at most ${outcome.bytesMax} bytes` });
  }
}

export function change(outcome: ChangeOutcome): Answer {
  switch (outcome.kind) {
    case 'done':
      return { status: 200, body: { task: outcome.task, asked: false } };
    case 'asked':
      return { status: 202, body: { task: outcome.task, asked: true } };
    case 'not-now':
      throw new ProblemError('not-now', { detail: `it is ${outcome.task.state}` });
    case 'unknown':
      throw new ProblemError('not-found');
  }
}

function prefixed(prefix: string, errors: readonly { readonly pointer: string; readonly detail: string }[]) {
  return errors.map(({ pointer, detail }) => ({ pointer: `${prefix}${pointer}`, detail }));
}

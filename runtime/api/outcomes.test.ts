import { expect, test } from 'vitest';
import type { TaskView } from '../../spec/contract/protocol.ts';
import type { ChangeOutcome, SettleOutcome, SubmitOutcome } from '../core/scheduler.ts';
import { change, settled, submitAnswer } from './outcomes.ts';
import { PROBLEMS, ProblemError } from './problems.ts';

const TASK = { id: 't-1', state: 'running' } as TaskView;
const RESPONSE = { id: 't-1', status: 'accepted', fleet: 'a/b', route: 'a/r' } as const;
const ERRORS = [{ pointer: '/text', detail: 'is missing' }];

/** Status of the answer, or status, name and details of the problem. */
function said<Outcome>(answer: (outcome: Outcome) => { readonly status: number }, outcome: Outcome): unknown {
  try {
    return answer(outcome).status;
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const { problem, detail, errors, retryAfterMs } = error;
    return [PROBLEMS[problem][0], problem, detail ?? errors ?? retryAfterMs];
  }
}

test.each<[SubmitOutcome, unknown]>([
  [{ kind: 'accepted', response: RESPONSE }, 201],
  [{ kind: 'accepted', response: { ...RESPONSE, status: 'journaled' } }, 202],
  [{ kind: 'accepted', response: { ...RESPONSE, duplicate: 'repeated' } }, 200],
  [{ kind: 'conflict', id: 't-1' }, [409, 'key-conflict', 'it names t-1']],
  [{ kind: 'duplicate', of: 't-2' }, [409, 'duplicate', 'it is t-2']],
  [{ kind: 'unroutable', because: 'no-route' }, [422, 'no-route', 'none takes greet with these labels and this input']],
  [{ kind: 'unroutable', because: 'no-fleet', route: 'a/r' }, [422, 'no-fleet', 'a/r']],
  [{ kind: 'invalid', errors: ERRORS }, [422, 'invalid-input', [{ pointer: '/input/text', detail: 'is missing' }]]],
  [{ kind: 'refused', because: 'queue-full', retryAfterMs: 5 }, [429, 'queue-full', 5]],
  [{ kind: 'refused', because: 'key-full', retryAfterMs: 5 }, [429, 'queue-full', 5]],
  [{ kind: 'refused', because: 'rate', retryAfterMs: 5 }, [429, 'too-many-requests', 5]],
  [{ kind: 'refused', because: 'overloaded', retryAfterMs: 5 }, [429, 'too-many-requests', 5]],
  [{ kind: 'too-large', bytesMax: 9 }, [413, 'too-large', 'at most 9 bytes']],
  [{ kind: 'unavailable', because: 'it is ending', retryAfterMs: 7 }, [503, 'unavailable', 'it is ending']],
])('a submission: %o', (outcome, expected) => {
  expect(said((one: SubmitOutcome) => submitAnswer(one, 'greet'), outcome)).toEqual(expected);
});

test.each<[SettleOutcome, unknown]>([
  [{ kind: 'settled', id: TASK.id, state: TASK.state, repeated: false }, 200],
  [{ kind: 'stale', state: TASK.state }, [409, 'stale', 'the task is running']],
  [{ kind: 'invalid', errors: ERRORS }, [422, 'invalid-result', [{ pointer: '/result/text', detail: 'is missing' }]]],
  [{ kind: 'unknown' }, [404, 'not-found', undefined]],
  [{ kind: 'too-large', bytesMax: 9 }, [413, 'too-large', 'a result has at most 9 bytes']],
])('an end: %o', (outcome, expected) => {
  expect(said(settled, outcome)).toEqual(expected);
});

test.each<[ChangeOutcome, unknown]>([
  [{ kind: 'done', task: TASK }, 200],
  [{ kind: 'asked', task: TASK }, 202],
  [{ kind: 'not-now', task: TASK }, [409, 'not-now', 'it is running']],
  [{ kind: 'unknown' }, [404, 'not-found', undefined]],
])('a change: %o', (outcome, expected) => {
  expect(said(change, outcome)).toEqual(expected);
});

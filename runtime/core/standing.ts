import type { Standing, TaskRecord } from './task-record.ts';

/** How a task that has not ended stands, for a journal. `result`: that of a dead letter. */
export function standingOf(record: TaskRecord, result = ''): Standing {
  const { state, token, attempts, crashes, agent = '', sinceMs, dueMs = 0, reason = '' } = record;
  const isDead = state === 'dead';
  return {
    state: isDead || state === 'leased' ? state : 'waiting',
    token,
    attempts,
    crashes,
    agent,
    sinceMs,
    dueMs,
    reason: isDead ? reason : '',
    result,
  };
}

type Told = Pick<Standing, 'state' | 'token'>;

/** Of one run: it was begun, its end made a dead letter of the task, and somebody redrove that; or it is to be tried again. */
const LATER = { leased: 0, dead: 1, waiting: 2 } as const;

/** Whether a word is later than another, of the same task: they may be heard, and written, in another order. */
export function isNews({ state, token }: Told, before: Told): boolean {
  return token === before.token ? LATER[state] > LATER[before.state] : token > before.token;
}

/** Whether a task must not be begun again when nothing was heard of its run: see `leaseOf` in `new-task.ts`. */
export function runsOnce({ leaseMs, runMs, attemptMax }: TaskRecord): boolean {
  return attemptMax === 1 && leaseMs === runMs;
}

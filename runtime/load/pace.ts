import type { LoadProfile } from './profiles.ts';

/**
 * The moments at which requests are meant to be sent, in milliseconds from the beginning: each user that is there adds its
 * share of the rate. They depend on the profile alone, never on how fast anything is answered.
 */
export function* intendedMoments({ users, usersPerSecond, seconds, perSecond }: LoadProfile): Generator<number> {
  const perUserMs = perSecond / users / 1000;
  let there = 1;
  /** Of the next request: less than 1 while those who are there have not got to it yet. */
  let done = 1;
  for (let at = 0; at < seconds * 1000;) {
    if (done >= 1) {
      yield at;
      done = 0;
    }
    const dueMs = at + (1 - done) / (there * perUserMs);
    const nextUserMs = there < users ? (there / usersPerSecond) * 1000 : Infinity;
    // At a low rate many users come between two requests, and each of them brings the next one nearer.
    if (nextUserMs < dueMs) {
      done += (nextUserMs - at) * there * perUserMs;
      at = nextUserMs;
      there += 1;
    } else {
      done = 1;
      at = dueMs;
    }
  }
}

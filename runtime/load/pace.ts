import type { LoadProfile } from './profiles.ts';

/**
 * The moments at which requests are meant to be sent, in milliseconds from the beginning: each user that is there adds its
 * share of the rate. They depend on the profile alone, never on how fast anything is answered.
 */
export function* intendedMoments({ users, usersPerSecond, seconds, perSecond }: LoadProfile): Generator<number> {
  const perUser = perSecond / users;
  for (let at = 0; at < seconds * 1000;) {
    yield at;
    const there = Math.min(users, 1 + Math.floor((at / 1000) * usersPerSecond));
    at += 1000 / (there * perUser);
  }
}

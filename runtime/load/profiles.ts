/** How much load for how long, and what must hold under it. */
export interface LoadProfile {
  readonly about: string;
  /** Users come one after the other, and each sends at its own pace: `perSecond` is what all of them send together. */
  readonly users: number;
  readonly usersPerSecond: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly bounds: LoadBounds;
}

/** Times are from the moment a request was meant to be sent until its answer. */
export interface LoadBounds {
  readonly meanMs: number;
  readonly p95Ms: number;
  /** Share 0 to 1 of the requests that failed; a refusal with 429 is none, and lowers what was served. */
  readonly errors: number;
  /** Share 0 to 1 of what was meant to be sent that was served, once all users were there. */
  readonly served: number;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const SERVED = 0.95;

/** From a first look to what is more than it must bear. */
export const PROFILES = {
  smoke: {
    about: 'does it work at all',
    ...{ users: 5, usersPerSecond: 1, seconds: 2 * MINUTE, perSecond: 50 },
    bounds: { meanMs: 100, p95Ms: 500, errors: 0.01, served: SERVED },
  },
  development: {
    about: 'a team at work',
    ...{ users: 20, usersPerSecond: 2, seconds: 5 * MINUTE, perSecond: 100 },
    bounds: { meanMs: 200, p95Ms: 1000, errors: 0.02, served: SERVED },
  },
  staging: {
    about: 'a company before the release',
    ...{ users: 100, usersPerSecond: 10, seconds: 15 * MINUTE, perSecond: 500 },
    bounds: { meanMs: 150, p95Ms: 800, errors: 0.01, served: SERVED },
  },
  production: {
    about: 'a company on a busy day',
    ...{ users: 500, usersPerSecond: 25, seconds: 30 * MINUTE, perSecond: 2000 },
    bounds: { meanMs: 100, p95Ms: 500, errors: 0.005, served: SERVED },
  },
  stress: {
    about: 'more than it is made for',
    ...{ users: 1000, usersPerSecond: 50, seconds: HOUR, perSecond: 5000 },
    bounds: { meanMs: 300, p95Ms: 2000, errors: 0.05, served: SERVED },
  },
  soak: {
    about: 'half of staging for hours: does anything grow',
    ...{ users: 200, usersPerSecond: 5, seconds: 4 * HOUR, perSecond: 250 },
    bounds: { meanMs: 150, p95Ms: 800, errors: 0.01, served: SERVED },
  },
  spike: {
    about: 'everybody at once',
    ...{ users: 2000, usersPerSecond: 200, seconds: 10 * MINUTE, perSecond: 5000 },
    bounds: { meanMs: 300, p95Ms: 2000, errors: 0.05, served: SERVED },
  },
} as const satisfies Record<string, LoadProfile>;

export type ProfileName = keyof typeof PROFILES;

/** In the order of the table. */
export const PROFILE_NAMES = Object.freeze(Object.keys(PROFILES)) as readonly [ProfileName, ...ProfileName[]];

/** When all users are there. */
export function fullAfterSeconds({ users, usersPerSecond }: LoadProfile): number {
  return users / usersPerSecond;
}

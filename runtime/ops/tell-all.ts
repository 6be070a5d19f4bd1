import type { Observer } from '../core/observer.ts';

/**
 * One observer that tells several. One that throws is named to `failed` and never to the loops, and does not keep the others
 * from hearing.
 */
export function tellAll(observers: readonly Observer[], failed: (event: string, error: unknown) => void): Observer {
  const tell = (event: keyof Observer) => {
    const heard = observers.flatMap((observer) => {
      const listener = observer[event] as ((...told: readonly unknown[]) => void) | undefined;
      return listener === undefined ? [] : [listener];
    });
    return (...told: readonly unknown[]): void => {
      for (const listener of heard) {
        try {
          listener(...told);
        } catch (error) {
          failed(event, error);
        }
      }
    };
  };
  return Object.fromEntries((EVENTS satisfies AllAreHeard).map((event) => [event, tell(event)]));
}

const EVENTS = [
  'submitted',
  'assigned',
  'settled',
  'passed',
  'retried',
  'finished',
  'breaker',
  'store',
  'synced',
  'mirrored',
  'table',
  'recovery',
  'keyConflict',
  'auditRetired',
  'canary',
  'warning',
] as const satisfies readonly (keyof Observer)[];

/** Does not compile when the observer has an event that is missing above. */
type AllAreHeard = Exclude<keyof Observer, (typeof EVENTS)[number]> extends never ? typeof EVENTS : never;

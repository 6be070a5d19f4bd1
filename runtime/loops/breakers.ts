import type { TableProvider } from '../../spec/contract/routing-table.ts';
import {
  asOf,
  closedBreaker,
  DEFAULT_BREAKER,
  ended,
  forget,
  mayStart,
  started,
  type Breaker,
  type BreakerSettings,
} from '../core/breaker.ts';

/**
 * The circuit breakers of this scheduler, by name: `fleet:<id>@<build>`, `provider:<name>`. Each scheduler judges by the runs it
 * sees; they agree soon, since every one of them sees a share of the same runs.
 */
export interface Breakers {
  mayStart(name: string): boolean;
  started(name: string): void;
  ended(name: string, succeeded: boolean): void;
  forget(name: string): void;
  /** As the clock has it: open for no longer than it is. */
  state(name: string): Breaker;
  /** Tells of those whose time has passed without a run: nothing else would. */
  look(): void;
}

/** `settingsOf`: what the routing table says of one, which it does of providers. */
export function breakers(
  nowMs: () => number,
  settingsOf: (name: string) => TableProvider['breaker'] | undefined,
  changed: (name: string, state: Breaker['state']) => void,
): Breakers {
  const known = new Map<string, Breaker>();
  const told = new Map<string, Breaker['state']>();
  const stateOf = (name: string): Breaker => known.get(name) ?? closedBreaker(nowMs());
  const settings = (name: string): BreakerSettings => {
    const own = settingsOf(name);
    if (own === undefined) return DEFAULT_BREAKER;
    return { ...DEFAULT_BREAKER, errorsInRow: own.errors, openForMs: own.openForMs };
  };
  const shown = (name: string): Breaker => asOf(stateOf(name), nowMs());
  const tell = (name: string): void => {
    const { state } = shown(name);
    if ((told.get(name) ?? 'closed') === state) return;
    told.set(name, state);
    changed(name, state);
  };
  const set = (name: string, next: Breaker): void => {
    known.set(name, next);
    tell(name);
  };
  return {
    mayStart: (name) => mayStart(stateOf(name), nowMs(), settings(name)),
    started: (name) => set(name, started(stateOf(name), nowMs())),
    ended: (name, succeeded) => set(name, ended(stateOf(name), succeeded, nowMs(), settings(name))),
    forget: (name) => set(name, forget(stateOf(name))),
    state: shown,
    look: () => {
      for (const name of known.keys()) tell(name);
    },
  };
}

export function fleetBreaker(fleet: string, build: string): string {
  return `fleet:${fleet}@${build}`;
}

export function providerBreaker(provider: string): string {
  return `provider:${provider}`;
}

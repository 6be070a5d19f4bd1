/** What the scheduler knows of itself at one moment: read at each scrape, so that nothing has to be kept up to date. */
export interface Gauges {
  readonly fleets: readonly FleetReading[];
  /** Whether this replica runs what only one may run. */
  readonly leader: boolean;
  readonly journalBytes: number;
}

export interface FleetReading {
  readonly fleet: string;
  /** By route id. */
  readonly routes: ReadonlyMap<string, RouteReading>;
  readonly agents: {
    readonly idle: number;
    readonly busy: number;
    readonly draining: number;
    readonly lost: number;
  };
  readonly slots: { readonly busy: number; readonly free: number };
  /** Accepted minus ended minus in flight. */
  readonly unaccounted: number;
}

export interface RouteReading {
  readonly waiting: number;
  /** Of the task that has waited longest; 0 when none waits. */
  readonly oldestSeconds: number;
}

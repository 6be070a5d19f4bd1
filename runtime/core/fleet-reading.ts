/** What one scheduler knows of a fleet at one moment. */
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
  /** Of the task that starts next, the oldest over all lanes; 0 when none waits. */
  readonly oldestSeconds: number;
}

import type { FleetReading } from '../core/fleet-reading.ts';

/** What the scheduler knows of itself at one moment: read at each scrape, so that nothing has to be kept up to date. */
export interface Gauges {
  readonly fleets: readonly FleetReading[];
  /** Whether this replica runs what only one may run. */
  readonly leader: boolean;
  readonly journalBytes: number;
  /** Of the journal's mirror at the peer; nothing is lacking where none is configured. */
  readonly mirror: { readonly unmirrored: boolean; readonly lagBytes: number };
}

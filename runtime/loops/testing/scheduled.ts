import type { RoutingTable, TableSchedule } from '../../../spec/contract/routing-table.ts';
import { accept, fleet, route } from './bench.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

/** A schedule of a table, for tests: every minute, one task after the other. */
export function schedule(changes: Partial<TableSchedule> = {}): TableSchedule {
  return {
    id: 'research/nightly',
    team: 'research',
    cron: '* * * * *',
    tz: 'UTC',
    task: 'summarize',
    input: {},
    labels: {},
    overlap: 'queue',
    catchUp: { windowMs: 0, max: 0 },
    ...changes,
  };
}

/** A task of a schedule may wait and run for a day. */
export const LONG = accept({ queueMs: 48 * HOUR_MS, runMs: 24 * HOUR_MS, heartbeatMs: 24 * HOUR_MS });

/** A table with one schedule and what its tasks need. */
export function scheduledTable(changes: Partial<TableSchedule>): Partial<RoutingTable> {
  return {
    schedules: [schedule(changes)],
    fleets: { 'research/summarizer': fleet({ accepts: { summarize: LONG } }) },
    routes: [route({ queue: { maxDepth: 1000, maxAgeMs: 48 * HOUR_MS, onFull: 'reject' } })],
  };
}

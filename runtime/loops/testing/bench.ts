import type { RoutingTable, TableFleet, TableRoute } from '../../../spec/contract/routing-table.ts';
import type { PollResponse } from '../../../spec/contract/protocol.ts';
import type { JournalRecord } from '../../journal/journal.ts';
import { memoryStore, type MemoryStore } from '../../store/memory/memory-store.ts';
import type { Store } from '../../store/store.ts';
import { systemClock } from '../clock.ts';
import { startScheduler, type RunningScheduler, type SchedulerOptions } from '../scheduler.ts';
import { memoryJournal } from './memory-journal.ts';

/** A table of two fleets and two routes, for tests. */
export function table(changes: Partial<RoutingTable> = {}): RoutingTable {
  return {
    schema: 1,
    environment: 'test',
    digest: 'sha256-1',
    teams: { research: { weight: 1 } },
    fleets: { 'research/summarizer': fleet(), 'research/backup': fleet() },
    routes: [route()],
    schedules: [],
    providers: {},
    schemas: {},
    ...changes,
  };
}

export function fleet(changes: Partial<TableFleet> = {}): TableFleet {
  return {
    team: 'research',
    namespace: 'research--summarizer',
    delivery: 'pull',
    slots: 4,
    skills: {},
    providers: [],
    drainMs: 1000,
    builds: { v1: 10_000 },
    accepts: { summarize: accept() },
    calls: {},
    ...changes,
  };
}

export function accept(changes: Partial<TableFleet['accepts'][string]> = {}): TableFleet['accepts'][string] {
  return {
    queueMs: 60_000,
    runMs: 30_000,
    heartbeatMs: 5000,
    attempts: 3,
    backoff: { firstMs: 20, factor: 2, maxMs: 1000, jitter: 'none' },
    never: ['BadInput'],
    effects: 'idempotent',
    ...changes,
  };
}

export function route(changes: Partial<TableRoute> = {}): TableRoute {
  return {
    id: 'research/summaries',
    team: 'research',
    tasks: ['summarize'],
    labels: {},
    require: [],
    to: [{ fleet: 'research/summarizer', weight: 100 }],
    priority: { default: 'normal', when: [] },
    limits: {},
    queue: { maxDepth: 1000, maxAgeMs: 60_000, onFull: 'reject' },
    fallback: [],
    ...changes,
  };
}

/** Schedulers over one store, each with a journal that outlives it. */
export class Bench {
  store: Store & Partial<Pick<MemoryStore, 'wipe' | 'snapshot' | 'restore'>>;
  readonly journals = new Map<string, JournalRecord[]>();
  readonly running: RunningScheduler[] = [];
  readonly schedulers: readonly string[];

  constructor(schedulers: readonly string[] = ['s-0'], store: Store = memoryStore({ nowUs: () => Date.now() * 1000 })) {
    this.schedulers = schedulers;
    this.store = store;
  }

  async start(name = 's-0', changes: Partial<SchedulerOptions> = {}): Promise<RunningScheduler> {
    const records = this.journals.get(name) ?? [];
    this.journals.set(name, records);
    const scheduler = await startScheduler({
      name,
      schedulers: this.schedulers,
      table: table(),
      store: this.store,
      journal: memoryJournal(records),
      clock: systemClock,
      ...changes,
      bounds: { tickMs: 10, idleTickMs: 20, holdMs: 300, patienceMs: 2000, ...changes.bounds },
    });
    this.running.push(scheduler);
    return scheduler;
  }

  async close(): Promise<void> {
    for (const scheduler of this.running) await scheduler.close();
    await this.store.close();
  }
}

const AGENT = { fleet: 'research/summarizer', name: 'a-1' } as const;
export { AGENT };

export function submission(key: string, input: Readonly<Record<string, string>> = {}, delayMs = 0) {
  const request = { task: 'summarize', input, ...(delayMs > 0 && { delayMs }) };
  return { tenant: 'research', key, subject: 'tester', bytes: 10, request };
}

export function pollOnce(
  scheduler: RunningScheduler,
  {
    agent = AGENT,
    waitMs = 2000,
    free = 1,
    build = 'v1',
  }: Readonly<{ agent?: { fleet: string; name: string }; waitMs?: number; free?: number; build?: string }> = {},
): Promise<PollResponse> {
  return scheduler.poll(agent, { build, slots: 4, free, waitMs }, new AbortController().signal);
}

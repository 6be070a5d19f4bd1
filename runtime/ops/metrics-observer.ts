import { setImmediate } from 'node:timers/promises';
import { Registry, collectDefaultMetrics, type OpenMetricsContentType } from 'prom-client';
import { breakerStates } from '../../spec/contract/metrics.ts';
import type { RoutingTable } from '../../spec/contract/routing-table.ts';
import type { Assigned, Observer, Of } from '../core/observer.ts';
import { exemplarOf } from './trace/exemplar.ts';
import type { FleetReading } from '../core/fleet-reading.ts';
import type { Gauges } from './gauges.ts';
import { instruments, type Instruments } from './instruments.ts';
import { NOBODY, labelWorld, pairName, type LabelWorld, type Pair } from './label-sets.ts';

export interface MetricsOptions {
  readonly table: RoutingTable;
  /** Of the build that runs. */
  readonly version: string;
  /** Called at each scrape. */
  readonly gauges: () => Gauges;
  /** Assignments longer than this lead to their trace: the collectors keep those. */
  readonly exemplarSeconds?: number;
  /** Node's own metrics as well; one registry of a process may. */
  readonly node?: boolean;
}

/** The scheduler's metrics: what the loops tell becomes numbers. */
export interface MetricsObserver {
  readonly observer: Observer;
  /** Of what `render` returns. OpenMetrics always: rendering it changes the names of counters for any other format. */
  readonly contentType: string;
  render(): Promise<string>;
  /** Another routing table is in force. What only the table before the last one named is no longer served. */
  use(table: RoutingTable): void;
}

/**
 * The metrics of `spec/contract/metrics.ts`, with every label set of the routing table at 0 from the beginning, so that
 * `rate()` sees the first event and `absent()` means something. A fleet or route that the table does not have counts as the
 * empty one: nothing a caller sends makes a series.
 */
export function metricsObserver(options: MetricsOptions): MetricsObserver {
  const ofNode: Registry<OpenMetricsContentType> = new Registry();
  ofNode.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  if (options.node === true) collectDefaultMetrics({ register: ofNode });
  const to = instruments();
  const names = worldOf(to, options);
  const states = new Map<string, (typeof breakerStates)[number]>();
  return {
    observer: observerOf(to, names, states, options.exemplarSeconds ?? EXEMPLAR_SECONDS),
    contentType: Registry.OPENMETRICS_CONTENT_TYPE,
    render: async () => {
      const { digest, tableVersion, environment, version } = names.world();
      to.set('nova_build_info', { version }, 1);
      to.set('nova_spec_info', { spec_hash: digest, spec_version: tableVersion, env: environment }, 1);
      writeGauges(to, names, options.gauges());
      writeBreakers(to, names.world().dependencies, states);
      const parts: string[] = [];
      for await (const part of to.slices()) {
        parts.push(part);
        await setImmediate();
      }
      return [...parts, await ofNode.metrics()].join('');
    },
    use: (table) => {
      names.use(table);
      for (const name of states.keys()) if (!isServed(name, table)) states.delete(name);
    },
  };
}

/** Whether a breaker still judges something: a build that is gone stays neither open nor closed. */
function isServed(name: string, { fleets, providers }: RoutingTable): boolean {
  if (name === 'store') return true;
  if (name.startsWith('provider:')) return Object.hasOwn(providers, name.slice('provider:'.length));
  const dependency = declaredDependency(name);
  const builds = fleets[dependency.slice('fleet:'.length)]?.builds ?? {};
  return name === dependency || Object.hasOwn(builds, name.slice(dependency.length + 1));
}

const EXEMPLAR_SECONDS = 0.1;

interface Names {
  world(): LabelWorld;
  use(table: RoutingTable): void;
  /** The pair itself when it is known. */
  pair(of: Of): Pair;
  hasFleet(fleet: string): boolean;
}

/**
 * What may be a label now. Tasks of a route that a new table no longer has still come to their end: pairs of the table before
 * stay one table longer.
 */
function worldOf(to: Instruments, { table, version }: MetricsOptions): Names {
  let own = labelWorld(table, version);
  let served = own;
  let pairs = byName(served.pairs);
  to.enter(served);
  return {
    world: () => served,
    use: (next) => {
      // The same table again, after one that was refused, is no other table: the one before it stays.
      if (next.digest === served.digest) return;
      const world = labelWorld(next, version);
      const merged = { ...world, pairs: [...new Map([...byName(own.pairs), ...byName(world.pairs)]).values()] };
      to.enter(merged);
      [own, served, pairs] = [world, merged, byName(merged.pairs)];
    },
    pair: (of) => pairs.get(pairName(of)) ?? NOBODY,
    hasFleet: (fleet) => served.fleets.includes(fleet),
  };
}

function byName(pairs: readonly Pair[]): ReadonlyMap<string, Pair> {
  return new Map(pairs.map((pair) => [pairName(pair), pair]));
}

function observerOf(
  to: Instruments,
  names: Names,
  states: Map<string, (typeof breakerStates)[number]>,
  exemplarSeconds: number,
): Observer {
  return {
    submitted: ({ outcome, ...of }) => to.add('nova_tasks_submitted_total', { ...names.pair(of), outcome }),
    assigned: (event) => {
      const pair = names.pair(event);
      const exemplar = isKept(event, exemplarSeconds) ? exemplarOf(event.traceparent) : undefined;
      to.observe('nova_scheduler_assignment_duration_seconds', pair, event.assignmentSeconds, exemplar);
      to.observe('nova_task_queue_wait_duration_seconds', pair, event.waitSeconds, exemplar);
    },
    // A stale run was already counted when it was given up.
    settled: ({ outcome, runSeconds, ...of }) => {
      if (outcome !== 'stale' && runSeconds !== undefined)
        to.observe('nova_task_run_duration_seconds', names.pair(of), runSeconds);
    },
    retried: ({ reason, ...of }) => to.add('nova_task_retries_total', { ...names.pair(of), reason }),
    finished: ({ outcome, ...of }) => to.add('nova_tasks_finished_total', { ...names.pair(of), outcome }),
    breaker: (dependency, state) => {
      if (names.world().dependencies.includes(declaredDependency(dependency))) states.set(dependency, state);
    },
    store: (operation, seconds) => to.observe('nova_store_operation_duration_seconds', { operation }, seconds),
    synced: (seconds) => to.observe('nova_journal_sync_duration_seconds', {}, seconds),
    mirrored: (seconds) => to.observe('nova_journal_mirror_duration_seconds', {}, seconds),
    auditRetired: (records) => to.add('nova_audit_retired_records_total', {}, records),
    canary: (outcome) => to.add('nova_canary_tasks_total', { outcome }),
  };
}

/** Of the kinds of traces that the collectors keep whole. */
function isKept({ attempt, assignmentSeconds }: Assigned, exemplarSeconds: number): boolean {
  return attempt > 1 || assignmentSeconds > exemplarSeconds;
}

function writeGauges(to: Instruments, names: Names, { fleets, leader, journalBytes, mirror }: Gauges): void {
  for (const pair of names.world().pairs) {
    to.set('nova_queue_depth_tasks', { ...pair }, 0);
    to.set('nova_queue_oldest_task_age_seconds', { ...pair }, 0);
  }
  for (const reading of fleets) if (names.hasFleet(reading.fleet)) writeFleet(to, names, reading);
  to.set('nova_scheduler_leader', {}, leader ? 1 : 0);
  to.set('nova_journal_size_bytes', {}, journalBytes);
  to.set('nova_journal_unmirrored', {}, mirror.unmirrored ? 1 : 0);
  to.set('nova_journal_mirror_lag_bytes', {}, mirror.lagBytes);
}

function writeFleet(to: Instruments, names: Names, { fleet, routes, agents, slots, unaccounted }: FleetReading): void {
  for (const [route, { waiting, oldestSeconds }] of routes) {
    const pair = names.pair({ fleet, route });
    if (pair === NOBODY) continue;
    to.set('nova_queue_depth_tasks', { ...pair }, waiting);
    to.set('nova_queue_oldest_task_age_seconds', { ...pair }, oldestSeconds);
  }
  for (const [state, count] of Object.entries(agents)) to.set('nova_agents', { fleet, state }, count);
  for (const [state, count] of Object.entries(slots)) to.set('nova_slots', { fleet, state }, count);
  to.set('nova_ledger_unaccounted_tasks', { fleet }, unaccounted);
}

/** A dependency is as bad as the worst of its builds; exactly one state is 1. */
function writeBreakers(
  to: Instruments,
  dependencies: readonly string[],
  states: ReadonlyMap<string, (typeof breakerStates)[number]>,
): void {
  const worst = new Map<string, number>();
  for (const [name, state] of states) {
    const dependency = declaredDependency(name);
    worst.set(dependency, Math.max(worst.get(dependency) ?? 0, SEVERITY.indexOf(state)));
  }
  for (const dependency of dependencies) {
    const now = SEVERITY[worst.get(dependency) ?? 0];
    for (const state of breakerStates) {
      to.set('nova_circuit_breaker_state', { dependency, state }, state === now ? 1 : 0);
    }
  }
}

const SEVERITY = ['closed', 'half_open', 'open'] as const satisfies readonly (typeof breakerStates)[number][];

/** `fleet:a/b@v2` is a breaker of the dependency `fleet:a/b`. */
function declaredDependency(name: string): string {
  const at = name.startsWith('fleet:') ? name.lastIndexOf('@') : -1;
  return at < 0 ? name : name.slice(0, at);
}

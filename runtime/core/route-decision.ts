import { chooseByWeight } from '../../spec/contract/hash.ts';
import { capable } from '../../spec/contract/match-rules.ts';
import { route, type CompiledTable, type Decision } from '../../spec/contract/match.ts';
import type { RoutingTable, TableFleet, TableRoute } from '../../spec/contract/routing-table.ts';
import type { Task } from '../../spec/contract/task.ts';
import type { Place } from './new-task.ts';

/**
 * Where a task is placed now, of the places the reviewed table allows: the matcher's choice; another build of that fleet when
 * the breaker of the chosen one is open; another fleet of the route when all its builds are; the first step of the fallback
 * chain whose reason holds; else it is parked where the matcher wanted it and waits.
 *
 * Glossary
 * - closed to: a build whose breaker is open, or a build that drains
 * - parked: placed where it cannot start now, because nowhere else may have it
 */
export interface FleetView {
  /** Whether a build of a fleet may start runs. */
  isClosed(fleet: string, build: string): boolean;
  /** Connected agents of a fleet that do not drain. */
  agents(fleet: string): number;
}

export type Placement =
  | { readonly kind: 'unrouted' }
  /** A route takes it, but none of its fleets can. */
  | { readonly kind: 'nowhere'; readonly decision: Decision }
  | {
      readonly kind: 'placed';
      readonly decision: Decision;
      readonly place: Place;
      readonly how: 'chosen' | 'other-build' | 'other-fleet' | 'fallback' | 'parked';
    };

/** The first place of a new task. `key` is its idempotency key, `decision` what the matcher says of both. */
export function firstPlace(
  compiled: CompiledTable,
  task: Task,
  key: string,
  decision: Decision,
  view: FleetView,
): Placement {
  const { table } = compiled;
  if (decision.route === undefined) return { kind: 'unrouted' };
  const sticky = decision.keys.affinity ?? key;
  const open = openPlace(table, decision.route, decision.fleet, decision.build, sticky, view);
  if (open !== undefined) {
    return { kind: 'placed', decision, place: open, how: open.build === decision.build ? 'chosen' : 'other-build' };
  }
  const closed = new Set(decision.candidates.map(({ fleet }) => fleet).filter((fleet) => isClosed(table, fleet, view)));
  const other = route(compiled, task, { key, unavailable: closed });
  const beside = openPlace(table, decision.route, other.fleet, other.build, sticky, view);
  if (beside !== undefined) return { kind: 'placed', decision, place: beside, how: 'other-fleet' };
  const next = nextPlace(table, decision.route, task, sticky, view, {
    tried: 0,
    waitedMs: 0,
    reasons: new Set(['breaker-open']),
  });
  if (next !== undefined) return { kind: 'placed', decision, place: next, how: 'fallback' };
  if (decision.fleet === undefined || decision.build === undefined) return { kind: 'nowhere', decision };
  const place = { route: decision.route, fleet: decision.fleet, build: decision.build, fallbackStep: 0 };
  return { kind: 'placed', decision, place, how: 'parked' };
}

export type FallbackReason = TableRoute['fallback'][number]['when'][number];

/** How it stands with a task that waits, or was refused by a queue. */
export interface Wait {
  /** Steps that were tried already. */
  readonly tried: number;
  readonly waitedMs: number;
  readonly reasons: ReadonlySet<FallbackReason>;
}

/** The next place in the fallback chain: the first further step whose reason holds, whose time has come and whose fleet can. */
export function nextPlace(
  table: RoutingTable,
  taken: TableRoute,
  task: Task,
  key: string,
  view: FleetView,
  { tried, waitedMs, reasons }: Wait,
): Place | undefined {
  for (const [index, step] of taken.fallback.entries()) {
    if (index < tried) continue;
    const fleet = Object.hasOwn(table.fleets, step.fleet) ? table.fleets[step.fleet] : undefined;
    if (fleet === undefined || !Object.hasOwn(fleet.accepts, task.task)) continue;
    if (!capable(fleet, step.require ?? taken.require, task)) continue;
    const holding = step.when.filter((reason) => reasons.has(reason) || reason === 'wait-above');
    // A queue that refuses cannot be waited in.
    const due = holding.includes('rejected') || (holding.length > 0 && waitedMs >= step.afterMs);
    const build = due ? openBuild(fleet, step.fleet, key, view) : undefined;
    if (build !== undefined) return { route: taken, fleet: step.fleet, build, fallbackStep: index + 1 };
  }
  return undefined;
}

/** The reasons that hold for a task waiting at a fleet's build. */
export function waitReasons(fleet: string, build: string, view: FleetView): ReadonlySet<FallbackReason> {
  const reasons = new Set<FallbackReason>();
  if (view.agents(fleet) === 0) reasons.add('no-agent');
  if (view.isClosed(fleet, build)) reasons.add('breaker-open');
  return reasons;
}

function openPlace(
  table: RoutingTable,
  taken: TableRoute,
  id: string | undefined,
  wanted: string | undefined,
  key: string,
  view: FleetView,
): Place | undefined {
  const fleet = id === undefined ? undefined : table.fleets[id];
  if (id === undefined || fleet === undefined) return undefined;
  const build = wanted !== undefined && !view.isClosed(id, wanted) ? wanted : openBuild(fleet, id, key, view);
  return build === undefined ? undefined : { route: taken, fleet: id, build, fallbackStep: 0 };
}

/** The build for a key among those that may start runs, by their shares. */
function openBuild(fleet: TableFleet, id: string, key: string, view: FleetView): string | undefined {
  const builds = Object.keys(fleet.builds)
    .filter((build) => !view.isClosed(id, build))
    .sort()
    .map((build) => ({ build, weight: fleet.builds[build] ?? 0 }));
  return chooseByWeight(builds, `${id}\n${key}`)?.build;
}

function isClosed(table: RoutingTable, id: string, view: FleetView): boolean {
  const fleet = table.fleets[id];
  return fleet === undefined || openBuild(fleet, id, '', view) === undefined;
}

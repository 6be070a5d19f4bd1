import { compileTable, type CompiledTable } from '../../spec/contract/match.ts';
import type { Json } from '../../spec/contract/source.ts';
import type { RoutingTable, TableRoute } from '../../spec/contract/routing-table.ts';
import { valueCheck, type ValueCheck, type ValueFault } from '../../spec/contract/task-schema/value-check.ts';
import { laneOf } from '../core/lane.ts';
import { shardPolicies } from '../core/shard-policy.ts';
import type { RoutePolicy } from '../core/route-policy.ts';
import { homeMark } from '../core/task-id.ts';
import { fleetBreaker, providerBreaker } from './breakers.ts';
import { pairOf, rememberGone, rememberLanes, type SeenLanes } from './older-lanes.ts';

/** The routing table that is in force, made ready; and what must still be understood of the ones before. */
export interface Tables {
  readonly compiled: CompiledTable;
  readonly loadedAtMs: number;
  /** The one in force, then those before it that tasks may still come from. */
  readonly known: readonly CompiledTable[];
  /** Puts another table in force. Throws for one that cannot be compiled; the old one stays. */
  use(table: RoutingTable, nowMs: number): void;
  lane(fleet: string, lane: number): LaneName | undefined;
  /** Lanes of a fleet's build, those of its routes that `leaveOut` does not hold. */
  lanesOf(fleet: string, build: string, leaveOut: ReadonlySet<string>): readonly number[];
  /** How many builds the table in force has of a fleet. */
  buildCount(fleet: string): number;
  /** The breakers that a build's runs go through. */
  breakers(fleet: string, build: string): BreakerNames;
  /** The build whose tasks an agent of this build takes: its own, or in a rolling update the one there is. */
  buildOf(fleet: string, build: string): string;
  /** All lanes of a fleet. */
  allLanes(fleet: string): readonly number[];
  /** The same, and then those of tables before: tasks may wait there. */
  seenLanes(fleet: string): readonly number[];
  policies(fleet: string): readonly RoutePolicy[];
  /** Since when no table has had this route for this fleet, where one before had it. */
  goneSinceMs(fleet: string, route: string): number | undefined;
  /** The fleet of a home mark in a task's id. */
  home(mark: string): string | undefined;
  /** Why a value does not fit the schema of that digest; empty when it does. */
  faults(schema: string | undefined, value: unknown): readonly ValueFault[];
}

export interface LaneName {
  readonly route: string;
  readonly build: string;
  readonly team: string;
}

/** A build's own, and those of its fleet's providers. */
export interface BreakerNames {
  readonly own: string;
  readonly providers: readonly string[];
}

/** What one table says of one fleet. */
interface FleetFacts {
  readonly lanes: ReadonlyMap<number, LaneName>;
  readonly policies: readonly RoutePolicy[];
  readonly builds: ReadonlyMap<string, BuildFacts>;
}

interface BuildFacts {
  readonly lanes: readonly number[];
  readonly breakers: BreakerNames;
}

/** Tables that are remembered, the present one among them; also on the disk, see `earlier-tables.ts`. */
export const TABLES_MAX = 16;

/** `earlier`: tables that were in force before, the oldest first. */
export function tables(first: RoutingTable, nowMs: number, earlier: readonly RoutingTable[] = []): Tables {
  let known: readonly CompiledTable[] = [];
  let loadedAtMs = nowMs;
  let facts = new Map<string, FleetFacts>();
  let older: SeenLanes = new Map();
  const homes = new Map<string, string>();
  let checks = new Map<string, ValueCheck>();
  let gone: ReadonlyMap<string, number> = new Map();

  const use = (table: RoutingTable, atMs: number): void => {
    const compiled = compileTable(table);
    const next = new Map(Object.keys(table.fleets).map((fleet) => [fleet, factsOf(table, fleet)]));
    older = rememberLanes(older, facts);
    gone = rememberGone(gone, older, { before: facts, now: next }, atMs);
    facts = next;
    checks = new Map();
    for (const fleet of next.keys()) homes.set(homeMark(fleet), fleet);
    known = [compiled, ...known.filter((one) => one.table.digest !== table.digest)].slice(0, TABLES_MAX);
    loadedAtMs = atMs;
  };
  for (const table of [...earlier, first]) use(table, nowMs);

  const current = (): CompiledTable => {
    const [compiled] = known;
    if (compiled === undefined) throw new Error('no routing table is in force');
    return compiled;
  };
  const checkOf = (digest: string): ValueCheck | undefined => {
    const ready = checks.get(digest);
    if (ready !== undefined) return ready;
    const schema = known.map(({ table }) => table.schemas[digest]).find((one) => one !== undefined);
    if (schema === undefined) return undefined;
    const check = valueCheck(schema);
    checks.set(digest, check);
    return check;
  };

  return {
    get compiled() {
      return current();
    },
    get loadedAtMs() {
      return loadedAtMs;
    },
    get known() {
      return known;
    },
    use,
    lane: (fleet, lane) => facts.get(fleet)?.lanes.get(lane) ?? older.get(fleet)?.get(lane),
    lanesOf: (fleet, build, leaveOut) => {
      const known = facts.get(fleet);
      const lanes = known?.builds.get(build)?.lanes ?? [];
      return leaveOut.size === 0 ? lanes : lanes.filter((lane) => !leaveOut.has(known?.lanes.get(lane)?.route ?? ''));
    },
    buildCount: (fleet) => facts.get(fleet)?.builds.size ?? 0,
    breakers: (fleet, build) =>
      facts.get(fleet)?.builds.get(build)?.breakers ?? breakerNames(current().table, fleet, build),
    buildOf: (fleet, build) => {
      const declared = current().table.fleets[fleet];
      if (declared?.anyBuild !== true || Object.hasOwn(declared.builds, build)) return build;
      return Object.keys(declared.builds)[0] ?? build;
    },
    allLanes: (fleet) => [...(facts.get(fleet)?.lanes.keys() ?? [])],
    seenLanes: (fleet) => [
      ...new Set([...(facts.get(fleet)?.lanes.keys() ?? []), ...(older.get(fleet)?.keys() ?? [])]),
    ],
    policies: (fleet) => facts.get(fleet)?.policies ?? [],
    goneSinceMs: (fleet, route) => gone.get(pairOf(fleet, route)),
    home: (mark) => homes.get(mark),
    faults: (schema, value) => (schema === undefined ? undefined : checkOf(schema))?.(value as Json) ?? [],
  };
}

function factsOf(table: RoutingTable, fleet: string): FleetFacts {
  const names = Object.keys(table.fleets[fleet]?.builds ?? {});
  const lanes = table.routes
    .filter((route) => mayReach(route, fleet))
    .flatMap(({ id, team }) => names.map((build) => [laneOf(id, build), { route: id, build, team }] as const));
  const builds = names.map((build) => {
    const own = lanes.filter(([, name]) => name.build === build).map(([lane]) => lane);
    return [build, { lanes: own, breakers: breakerNames(table, fleet, build) }] as const;
  });
  return { lanes: new Map(lanes), policies: shardPolicies(table, fleet), builds: new Map(builds) };
}

function breakerNames({ fleets }: RoutingTable, fleet: string, build: string): BreakerNames {
  return { own: fleetBreaker(fleet, build), providers: (fleets[fleet]?.providers ?? []).map(providerBreaker) };
}

function mayReach({ to, fallback }: TableRoute, id: string): boolean {
  return to.some(({ fleet }) => fleet === id) || fallback.some(({ fleet }) => fleet === id);
}

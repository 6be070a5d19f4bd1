import {
  ROUTES_OF_FLEET_MAX,
  type RoutingTable,
  type TableAccept,
  type TableProvider,
  type TableRoute,
} from '../../spec/contract/routing-table.ts';
import { buildNumber, sameNumber } from '../../spec/contract/lane-numbers.ts';
import { timesFault } from './due-times.ts';
import { formFault } from './table-form.ts';

/**
 * What a table of the right form may still hold that no scheduler could run: it would end of it at once, or with the first task,
 * and again after each restart, since the journal brings that task back. Nothing where there is no such fault. Our compiler
 * writes no such table, except for time zones: its list of them may be newer than the scheduler's Node.
 */
export function faultOf(table: RoutingTable): string | undefined {
  return (
    brokenMap(table) ??
    formFault(table) ??
    tooManyRoutes(table) ??
    brokenNumber(table) ??
    brokenSchedule(table) ??
    oneNumber(table) ??
    oneLane(table)
  );
}

function tooManyRoutes(table: RoutingTable): string | undefined {
  for (const [fleet, { length: count }] of routesOfFleets(table)) {
    if (count > ROUTES_OF_FLEET_MAX) {
      return `${count} routes lead to the fleet ${fleet}, and a scheduler takes at most ${ROUTES_OF_FLEET_MAX}: let one route take several task types, or split the fleet`;
    }
  }
  return undefined;
}

function oneNumber(table: RoutingTable): string | undefined {
  for (const [fleet, routes] of routesOfFleets(table)) {
    const same = sameNumber(routes);
    if (same === undefined) continue;
    const [first, second] = same;
    return `the routes ${first} and ${second} lead to the fleet ${fleet}, and both have the same number in a scheduler's store: call one of them otherwise`;
  }
  return undefined;
}

/** Agents of one build would be given the tasks of the other. */
function oneLane({ fleets }: RoutingTable): string | undefined {
  for (const [fleet, { builds }] of Object.entries(fleets)) {
    const known = new Map<number, string>();
    for (const build of Object.keys(builds)) {
      const first = known.get(buildNumber(build));
      if (first !== undefined) {
        return `the builds ${first} and ${build} of the fleet ${fleet} have the same number in a scheduler's store: call one of them otherwise`;
      }
      known.set(buildNumber(build), build);
    }
  }
  return undefined;
}

/** The routes that lead to each fleet of the table. A route counts once for each, as in `shardPolicies`. */
function routesOfFleets({ fleets, routes }: RoutingTable): ReadonlyMap<string, readonly string[]> {
  const ways = new Map<string, string[]>(Object.keys(fleets).map((fleet) => [fleet, []]));
  for (const { id, to, fallback } of routes) {
    for (const fleet of new Set([...to, ...fallback].map((target) => target.fleet))) ways.get(fleet)?.push(id);
  }
  return ways;
}

/** What a figure must be: whole unless it is said otherwise, and not below `least`. */
interface Bounds {
  readonly least?: number;
  readonly most?: number;
  /** Not counted in whole ones. */
  readonly isShare?: true;
}

/** A field, what it holds, and what it may hold. */
type Figure = readonly [field: string, value: number, bounds?: Bounds];

/** A hundred years: a time that is so far away can still be written as a date. */
const TIME: Bounds = { most: 100 * 365.25 * 24 * 3_600_000 };
/** Of this nothing would be nobody's turn. */
const SOME: Bounds = { least: 1 };

/** Figures that go to the store with each task or with the limits of its route, or that turns and times are reckoned with. */
function brokenNumber(table: RoutingTable): string | undefined {
  for (const [whose, figures] of figuresOf(table)) {
    const broken = figures.find(isBroken);
    if (broken !== undefined) return saidOf(whose, broken);
  }
  return undefined;
}

/** What must be a map and is not; JSON may say `null` wherever something is asked for. */
function brokenMap({ teams, fleets, providers, schemas }: RoutingTable): string | undefined {
  for (const [kind, map] of Object.entries({ team: teams, fleet: fleets, provider: providers, schema: schemas })) {
    if (!isMap(map)) return notMap(`${kind}s`, map);
    for (const [name, value] of Object.entries<unknown>(map)) {
      if (!isMap(value)) return notMap(`the ${kind} ${name}`, value);
    }
  }
  for (const [id, { builds, accepts, skills, calls, providers: used }] of Object.entries(fleets)) {
    for (const [field, value] of Object.entries({ builds, accepts, skills, calls })) {
      if (!isMap(value)) return notMap(`${field} of the fleet ${id}`, value);
    }
    if (!Array.isArray(used))
      return `providers of the fleet ${id} are ${shown(used)}, and no list: compile the spec again`;
  }
  return undefined;
}

function isMap(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function notMap(what: string, value: unknown): string {
  return `${what} is ${shown(value)}, and no map: compile the spec again`;
}

function shown(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value).slice(0, 100);
}

function* figuresOf({
  teams,
  fleets,
  routes,
  schedules,
  providers,
}: RoutingTable): Iterable<readonly [whose: string, figures: readonly Figure[]]> {
  for (const [name, { weight, inFlightMax = 0 }] of Object.entries(teams)) {
    yield [
      `the team ${name}`,
      [
        ['weight', weight, SOME],
        ['inFlightMax', inFlightMax],
      ],
    ];
  }
  for (const [name, provider] of Object.entries(providers)) yield [`the provider ${name}`, providerFigures(provider)];
  for (const [id, { drainMs, builds, accepts }] of Object.entries(fleets)) {
    const shares = Object.entries(builds).map(([build, share]): Figure => [`builds.${build}`, share]);
    yield [`the fleet ${id}`, [['drainMs', drainMs, TIME], ...shares]];
    for (const [task, accept] of Object.entries(accepts)) {
      yield [`the task ${task} of the fleet ${id}`, acceptFigures(accept)];
    }
  }
  for (const route of routes) yield [`the route ${route.id}`, routeFigures(route)];
  for (const { id, catchUp } of schedules) {
    yield [
      `the schedule ${id}`,
      [
        ['catchUp.windowMs', catchUp.windowMs, TIME],
        ['catchUp.max', catchUp.max],
      ],
    ];
  }
}

function providerFigures({ requestsPerSecond, concurrent = 1, breaker }: TableProvider): readonly Figure[] {
  return [
    ['requestsPerSecond', given(requestsPerSecond, 1), { least: Number.MIN_VALUE, isShare: true }],
    ['concurrent', concurrent, SOME],
    ['breaker.errors', breaker.errors, SOME],
    ['breaker.openForMs', breaker.openForMs, TIME],
  ];
}

function acceptFigures({ queueMs, runMs, heartbeatMs, attempts, backoff }: TableAccept): readonly Figure[] {
  return [
    ['queueMs', queueMs, TIME],
    ['runMs', runMs, TIME],
    ['heartbeatMs', heartbeatMs, TIME],
    ['attempts', attempts, SOME],
    ['backoff.firstMs', backoff.firstMs, TIME],
    ['backoff.factor', backoff.factor, { least: 1, isShare: true }],
    ['backoff.maxMs', backoff.maxMs, TIME],
  ];
}

function routeFigures(route: TableRoute): readonly Figure[] {
  const { queue, fallback, dedupe, limits, affinity, priority, fairness } = route;
  const weights = Object.entries(fairness?.weights ?? {});
  return [
    ...weights.map(([value, weight]): Figure => [`fairness.weights.${value}`, weight, SOME]),
    ['queue.maxDepth', queue.maxDepth],
    ['queue.maxAgeMs', queue.maxAgeMs, TIME],
    ...fallback.map(({ afterMs }, index): Figure => [`fallback.${index}.afterMs`, afterMs, TIME]),
    ['dedupe.windowMs', given(dedupe?.windowMs, 0), TIME],
    ['limits.inFlight', given(limits.inFlight, 0)],
    ['limits.rate.count', given(limits.rate?.count, 0)],
    ['limits.rate.perMs', given(limits.rate?.perMs, 0), TIME],
    ['limits.perKey.max', given(limits.perKey?.max, 0)],
    ['affinity.holdMs', given(affinity?.holdMs, 0), TIME],
    ['affinity.spillAfterMs', given(affinity?.spillAfterMs, 0), TIME],
    ['priority.aging.everyMs', given(priority.aging?.everyMs, 0), TIME],
  ];
}

/** What is left out is no fault; `null` is one. */
function given(figure: number | undefined, otherwise: number): number {
  return figure === undefined ? otherwise : figure;
}

function isBroken([, value, { least = 0, most = Number.MAX_SAFE_INTEGER, isShare } = {}]: Figure): boolean {
  const isFigure = isShare === true ? Number.isFinite(value) : Number.isSafeInteger(value);
  return !isFigure || value < least || value > most;
}

function saidOf(whose: string, [field, value, { least = 0, most, isShare } = {}]: Figure): string {
  const bound = least === Number.MIN_VALUE ? 'above 0' : `of at least ${least}`;
  const bounds = value > (most ?? Infinity) ? `of at most ${most}` : bound;
  const kind = isShare === true ? 'a number' : 'a whole number';
  return `${whose} has ${field} ${shown(value)}, and it must be ${kind} ${bounds}: compile the spec again`;
}

function brokenSchedule({ schedules }: RoutingTable): string | undefined {
  for (const schedule of schedules) {
    const fault = timesFault(schedule);
    if (fault !== undefined) return `the schedule ${schedule.id} ${fault}`;
  }
  return undefined;
}

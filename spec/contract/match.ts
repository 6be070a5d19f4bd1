import { evaluate } from './expression-evaluate.ts';
import { chooseByWeight } from './hash.ts';
import {
  matchesBesidesType,
  missingSkill,
  requiredSkills,
  tryRules,
  type MissingSkill,
  type RequiredSkill,
  type RuleTrial,
} from './match-rules.ts';
import type { RoutingTable, TableFleet, TableRoute } from './routing-table.ts';
import type { Priority, Task } from './task.ts';
import { isTemplate, keyOf, parseKeyPath, parseTemplate, render, type Template } from './template.ts';
import { compareText } from './text.ts';

/**
 * Where a task goes. The compiler proves routes with it, the scheduler runs it, the simulator replays with it: pure, and
 * the same everywhere. `golden/match.json` holds cases for implementations in other languages.
 *
 * Glossary
 * - trial: one route held against one task, rule by rule
 * - candidate: a target of the route that accepts the task and has all required skills
 * - key: the text that decides among candidates: the affinity value, else the submitter's key. The same key, candidates and
 *   weights always give the same fleet.
 */
export interface Decision {
  /** The first route that matches; it takes the task also when none of its fleets can. */
  readonly route?: TableRoute;
  readonly candidates: readonly Target[];
  readonly excluded: readonly Excluded[];
  readonly fleet?: string;
  /** The version of the fleet that runs it. */
  readonly build?: string;
  readonly priority?: Priority;
  readonly keys: TaskKeys;
}

interface Target {
  readonly fleet: string;
  readonly weight: number;
}

/** A target that cannot have the task, and the first reason why. */
interface Excluded {
  readonly fleet: string;
  readonly reason: 'unknown-fleet' | 'no-weight' | 'unavailable' | 'task-not-accepted' | 'skill-missing';
  readonly skill?: MissingSkill;
}

/** The keys under which a route counts a task; absent when the route has no such rule or the task no such value. */
interface TaskKeys {
  readonly affinity?: string;
  readonly fairness?: string;
  readonly perKey?: string;
  readonly dedupe?: string;
}

/** One route held against a task. */
export interface RouteTrial {
  readonly route: string;
  readonly matches: boolean;
  readonly rules: readonly RuleTrial[];
}

export interface RouteOptions {
  /** Idempotency key of the submission; decides where no affinity does. */
  readonly key?: string;
  /** Fleets that must not be chosen now. */
  readonly unavailable?: ReadonlySet<string>;
}

/** A routing table, made ready once for many decisions. */
export interface CompiledTable {
  readonly table: RoutingTable;
  readonly byTask: ReadonlyMap<string, readonly CompiledRoute[]>;
}

interface CompiledRoute {
  readonly route: TableRoute;
  readonly required: readonly RequiredSkill[];
  readonly affinity: readonly string[] | undefined;
  readonly fairness: readonly string[] | undefined;
  readonly perKey: readonly string[] | undefined;
  readonly dedupe: Template | undefined;
}

/** Throws for a table that no compiler of ours can have written. */
export function compileTable(table: RoutingTable): CompiledTable {
  const byTask = new Map<string, CompiledRoute[]>();
  for (const route of table.routes) {
    const compiled = compileRoute(route);
    for (const task of new Set(route.tasks)) {
      const known = byTask.get(task);
      if (known === undefined) byTask.set(task, [compiled]);
      else known.push(compiled);
    }
  }
  return { table, byTask };
}

/** Decides where a task goes. */
export function route({ table, byTask }: CompiledTable, task: Task, options: RouteOptions = {}): Decision {
  const taken = byTask.get(task.task)?.find((compiled) => matchesBesidesType(compiled.route, task));
  if (taken === undefined) return { candidates: [], excluded: [], keys: {} };
  const keys = keysOf(taken, task);
  const { candidates, excluded } = sort(table, taken, task, options);
  const key = keys.affinity ?? options.key ?? task.task;
  const chosen = chooseByWeight(candidates, key)?.fleet;
  const build = chosen === undefined ? undefined : buildFor(table.fleets[chosen], chosen, key);
  return {
    route: taken.route,
    candidates,
    excluded,
    ...(chosen !== undefined && { fleet: chosen }),
    ...(build !== undefined && { build }),
    priority: priorityOf(taken.route, task),
    keys,
  };
}

/** Every route in the order in which they are tried, down to and including the one that takes the task. */
export function tryRoutes({ table }: CompiledTable, task: Task): readonly RouteTrial[] {
  const trials: RouteTrial[] = [];
  for (const one of table.routes) {
    const rules = tryRules(one, task);
    const matches = rules.every((rule) => rule.holds);
    trials.push({ route: one.id, matches, rules });
    if (matches) break;
  }
  return trials;
}

/** How urgent a route says a task is: the first condition that holds, else its default. */
function priorityOf({ priority }: TableRoute, task: Task): Priority {
  return priority.when.find((rule) => evaluate(rule.if, task))?.then ?? priority.default;
}

/**
 * The build of a fleet that gets a key, among its builds in code-unit order. The fleet is part of the hash, so that the
 * keys of its canary are not those of its share of a route.
 */
export function buildFor(fleet: TableFleet | undefined, id: string, key: string): string | undefined {
  const builds = Object.entries(fleet?.builds ?? {}).map(([build, weight]) => ({ build, weight }));
  if (builds.length > 1) builds.sort((a, b) => compareText(a.build, b.build));
  return chooseByWeight(builds, `${id}\n${key}`)?.build;
}

function compileRoute(one: TableRoute): CompiledRoute {
  return {
    route: one,
    required: requiredSkills(one.require),
    affinity: compilePath(one.affinity?.key),
    fairness: compilePath(one.fairness?.key),
    perKey: compilePath(one.limits.perKey?.key),
    dedupe: compileTemplate(one.dedupe?.key),
  };
}

function compilePath(text: string | undefined): readonly string[] | undefined {
  const path = text === undefined ? undefined : parseKeyPath(text);
  if (text !== undefined && path === undefined) throw new Error(`the routing table has a broken key path: ${text}`);
  return path;
}

function compileTemplate(text: string | undefined): Template | undefined {
  const template = text === undefined ? undefined : parseTemplate(text);
  if (template !== undefined && !isTemplate(template)) throw new Error(`the routing table has a broken key: ${text}`);
  return template;
}

function keysOf(compiled: CompiledRoute, task: Task): TaskKeys {
  const affinity = compiled.affinity && keyOf(compiled.affinity, task);
  const fairness = compiled.fairness && keyOf(compiled.fairness, task);
  const perKey = compiled.perKey && keyOf(compiled.perKey, task);
  const dedupe = compiled.dedupe && render(compiled.dedupe, task);
  return {
    ...(affinity !== undefined && { affinity }),
    ...(fairness !== undefined && { fairness }),
    ...(perKey !== undefined && { perKey }),
    ...(dedupe !== undefined && { dedupe }),
  };
}

function sort(
  table: RoutingTable,
  { route: taken, required }: CompiledRoute,
  task: Task,
  { unavailable }: RouteOptions,
): Pick<Decision, 'candidates' | 'excluded'> {
  const candidates: Target[] = [];
  const excluded: Excluded[] = [];
  for (const target of taken.to) {
    const fleet = Object.hasOwn(table.fleets, target.fleet) ? table.fleets[target.fleet] : undefined;
    const reason = exclusion(target, fleet, task, unavailable);
    const skill = reason === undefined && fleet !== undefined ? missingSkill(fleet, required, task) : undefined;
    if (reason !== undefined) excluded.push({ fleet: target.fleet, reason });
    else if (skill !== undefined) excluded.push({ fleet: target.fleet, reason: 'skill-missing', skill });
    else candidates.push(target);
  }
  return { candidates, excluded };
}

function exclusion(
  target: Target,
  fleet: TableFleet | undefined,
  task: Task,
  unavailable: ReadonlySet<string> | undefined,
): Excluded['reason'] | undefined {
  if (fleet === undefined) return 'unknown-fleet';
  if (target.weight <= 0) return 'no-weight';
  if (unavailable?.has(target.fleet) === true) return 'unavailable';
  return Object.hasOwn(fleet.accepts, task.task) ? undefined : 'task-not-accepted';
}

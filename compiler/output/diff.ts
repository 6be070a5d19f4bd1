import type { JsonObject } from '../../spec/contract/source.ts';
import { capacityOf, networkPaths, refusedChanges, restarts, secretsOf } from './diff-meaning.ts';
import type { Capacity } from './diff-meaning.ts';
import { fieldChanges, objectsOf } from './diff-objects.ts';
import type { FieldChange } from './diff-objects.ts';
import { diffRouting } from './diff-routing.ts';
import type { RoutingDiff } from './diff-routing.ts';
import { compareText } from '../../spec/contract/text.ts';
import { guardedNamespace } from '../core/guards.ts';
import { fleetNamespace } from '../core/names.ts';

/** What a change of the generated tree means, for whom. */
export interface TreeDiff {
  /** Environments in which something changes, sorted. */
  readonly environments: readonly EnvironmentDiff[];
}

export interface EnvironmentDiff {
  readonly name: string;
  /** Sorted by name; fleets are `<team>/<fleet>`, everything else of the environment is `shared`. */
  readonly units: readonly UnitDiff[];
  readonly routing: RoutingDiff;
}

export interface UnitDiff {
  readonly unit: string;
  readonly state: 'added' | 'removed' | 'changed';
  /** Running pods are replaced. */
  readonly restart: boolean;
  readonly objects: readonly ObjectChange[];
  /** Files that hold no Kubernetes objects. */
  readonly files: readonly string[];
  /** Network paths that open and close. */
  readonly opened: readonly string[];
  readonly closed: readonly string[];
  readonly secretsAdded: readonly string[];
  readonly secretsRemoved: readonly string[];
  readonly capacity: { readonly before: Capacity; readonly after: Capacity };
}

export interface ObjectChange {
  /** `<kind>.<group> <namespace>/<name>` */
  readonly object: string;
  readonly state: 'added' | 'removed' | 'changed';
  readonly fields: readonly FieldChange[];
  /** Of `fields`: those that the API server would refuse. */
  readonly immutable: readonly FieldChange[];
}

/** Texts by path below `generated/`. A unit that is the same on both sides may be left out; one that changes must be whole. */
export type Texts = ReadonlyMap<string, string>;

interface UnitTexts {
  readonly paths: Set<string>;
}

/** Compares two trees by their objects. Pure; indexes and manifests do not count. */
export function diffTrees(before: Texts, after: Texts): TreeDiff {
  const environments = new Map<string, Map<string, UnitTexts>>();
  const everyPath = [...new Set([...before.keys(), ...after.keys()])].sort();
  const fleets = fleetsOf(everyPath);
  for (const path of everyPath) {
    const [environment = '', ...rest] = path.split('/');
    if (environment.startsWith('.') || rest.length === 0 || rest.join('/') === 'manifest.json') continue;
    const units = environments.get(environment) ?? new Map<string, UnitTexts>();
    environments.set(environment, units);
    const name = unitOf(rest, fleets);
    const unit = units.get(name) ?? { paths: new Set<string>() };
    units.set(name, unit);
    unit.paths.add(path);
  }
  const found = [...environments].map(([name, units]) => diffEnvironment(name, units, before, after));
  return { environments: found.filter(({ units, routing }) => units.length > 0 || hasRouting(routing)) };
}

/** The difference with its environments in the order of promotion; one that is gone comes last. */
export function inPromotionOrder({ environments }: TreeDiff, order: readonly string[]): TreeDiff {
  const rank = new Map(order.map((name, index) => [name, index]));
  const rankOf = ({ name }: EnvironmentDiff) => rank.get(name) ?? order.length;
  return { environments: [...environments].sort((a, b) => rankOf(a) - rankOf(b)) };
}

/** Fleets by their namespaces, from the folders they have. */
function fleetsOf(paths: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    paths.flatMap((path) => {
      const [, team, fleet] = /^[^/]+\/teams\/([^/]+)\/([^/]+)\/./.exec(path) ?? [];
      return team === undefined || fleet === undefined
        ? []
        : [[fleetNamespace(team, fleet), `${team}/${fleet}`] as const];
    }),
  );
}

/** What guards a fleet is the fleet's, wherever it lies. */
function unitOf(path: readonly string[], fleets: ReadonlyMap<string, string>): string {
  if (path[0] === 'teams' && path.length > 3) return `${path[1]}/${path[2]}`;
  return fleets.get(guardedNamespace(path.join('/')) ?? '') ?? 'shared';
}

/** Whether any route changes, or the share of a build. */
export function hasRouting({ added, removed, changed, reordered, builds }: RoutingDiff): boolean {
  return reordered || added.length + removed.length + changed.length + builds.length > 0;
}

function diffEnvironment(
  name: string,
  units: ReadonlyMap<string, UnitTexts>,
  before: Texts,
  after: Texts,
): EnvironmentDiff {
  const table = `${name}/routing-table.json`;
  const sorted = [...units].sort(([a], [b]) => compareText(a, b));
  return {
    name,
    units: sorted.flatMap(([unit, { paths }]) => diffUnit(unit, [...paths], before, after) ?? []),
    routing: diffRouting(before.get(table), after.get(table)),
  };
}

function diffUnit(unit: string, paths: readonly string[], before: Texts, after: Texts): UnitDiff | undefined {
  if (paths.every((path) => before.get(path) === after.get(path))) return undefined;
  const left = gather(paths, before);
  const right = gather(paths, after);
  const objects = objectChanges(left, right);
  const files = paths.filter((path) => !/\.ya?ml$/.test(path) && before.get(path) !== after.get(path));
  if (objects.length === 0 && files.length === 0) return undefined;
  const [pathsBefore, pathsAfter] = [networkPaths(left), networkPaths(right)];
  const [secretsBefore, secretsAfter] = [secretsOf(left), secretsOf(right)];
  return {
    unit,
    state: stateOf(
      paths.some((path) => before.has(path)),
      paths.some((path) => after.has(path)),
    ),
    restart: objects.some(
      ({ object, state, fields }) => state === 'changed' && restarts(right.get(object)?.['kind'], fields),
    ),
    objects,
    files,
    opened: missing(pathsAfter, pathsBefore),
    closed: missing(pathsBefore, pathsAfter),
    secretsAdded: missing(secretsAfter, secretsBefore),
    secretsRemoved: missing(secretsBefore, secretsAfter),
    capacity: { before: capacityOf(left), after: capacityOf(right) },
  };
}

function gather(paths: readonly string[], texts: Texts): ReadonlyMap<string, JsonObject> {
  return new Map(paths.flatMap((path) => [...objectsOf(path, texts.get(path))]));
}

function objectChanges(
  before: ReadonlyMap<string, JsonObject>,
  after: ReadonlyMap<string, JsonObject>,
): ObjectChange[] {
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((object) => {
    const [left, right] = [before.get(object), after.get(object)];
    const fields = left === undefined || right === undefined ? [] : fieldChanges(left, right);
    const state = stateOf(left !== undefined, right !== undefined);
    if (state === 'changed' && fields.length === 0) return [];
    return [{ object, state, fields, immutable: refusedChanges(right?.['kind'], fields) }];
  });
}

function stateOf(wasThere: boolean, isThere: boolean): 'added' | 'removed' | 'changed' {
  return wasThere ? (isThere ? 'changed' : 'removed') : 'added';
}

/** What is in the first set and not in the second, sorted. */
function missing(from: ReadonlySet<string>, other: ReadonlySet<string>): string[] {
  return [...from].filter((item) => !other.has(item)).sort();
}

import type { Json, JsonObject } from '../../spec/contract/source.ts';
import { at, items } from './diff-objects.ts';
import { isObject, sameJson } from './json.ts';
import { compareText } from '../../spec/contract/text.ts';

/** What changes in which fleet gets which task. */
export interface RoutingDiff {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly RouteChange[];
  /** Fleets on both sides whose tasks are shared out among their builds in another way. */
  readonly builds: readonly BuildChange[];
  /** The routes that exist on both sides are tried in another order. */
  readonly reordered: boolean;
}

export interface RouteChange {
  readonly route: string;
  /** Names of the parts that differ: `to`, `match`, `limits`. */
  readonly parts: readonly string[];
  /** Targets with their weights, when they differ: `support/triage 9 -> 5`, `support/writer new 5`. */
  readonly targets: readonly string[];
}

export interface BuildChange {
  readonly fleet: string;
  /** Builds with their shares: `2026-08-21.3 5% -> 25%`, `2026-08-14.1 gone`. */
  readonly shares: readonly string[];
}

/** Compares two routing tables, as texts; an absent or unreadable one has no routes and no fleets. */
export function diffRouting(before: string | undefined, after: string | undefined): RoutingDiff {
  const left = routesOf(before);
  const right = routesOf(after);
  const both = [...left.keys()].filter((id) => right.has(id));
  const changed = both.filter((id) => !sameJson(left.get(id) as JsonObject, right.get(id) as JsonObject));
  return {
    added: [...right.keys()].filter((id) => !left.has(id)).sort(),
    removed: [...left.keys()].filter((id) => !right.has(id)).sort(),
    changed: changed.sort().map((id) => change(id, left.get(id) as JsonObject, right.get(id) as JsonObject)),
    builds: buildChanges(fleetsOf(before), fleetsOf(after)),
    reordered: both.join('\n') !== [...right.keys()].filter((id) => left.has(id)).join('\n'),
  };
}

function routesOf(text: string | undefined): ReadonlyMap<string, JsonObject> {
  return new Map(
    items(at(tableOf(text), 'routes')).flatMap((route) => (isObject(route) ? [[String(route['id']), route]] : [])),
  );
}

/** The shares of each fleet's builds, by fleet. */
function fleetsOf(text: string | undefined): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const fleets = at(tableOf(text), 'fleets');
  const shares = (fleet: Json) => {
    const builds = at(fleet, 'builds');
    return new Map(Object.entries(isObject(builds) ? builds : {}).map(([build, share]) => [build, percent(share)]));
  };
  return new Map(Object.entries(isObject(fleets) ? fleets : {}).map(([id, fleet]) => [id, shares(fleet)]));
}

/** Hundredths of a percent, as people read them. */
function percent(share: Json): string {
  return `${Number(share) / 100}%`;
}

function buildChanges(
  before: ReadonlyMap<string, ReadonlyMap<string, string>>,
  after: ReadonlyMap<string, ReadonlyMap<string, string>>,
): BuildChange[] {
  return [...before]
    .toSorted(([a], [b]) => compareText(a, b))
    .flatMap(([fleet, old]) => {
      const now = after.get(fleet);
      const shares = now === undefined ? [] : shareChanges(old, now);
      return shares.length === 0 ? [] : [{ fleet, shares }];
    });
}

function tableOf(text: string | undefined): Json {
  try {
    return JSON.parse(text ?? 'null') as Json;
  } catch {
    return null;
  }
}

function change(route: string, before: JsonObject, after: JsonObject): RouteChange {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  const parts = [...keys].filter((key) => !same(at(before, key), at(after, key))).sort();
  return { route, parts, targets: shareChanges(weights(before), weights(after)) };
}

function same(a: Json | undefined, b: Json | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && sameJson(a, b));
}

function weights(route: JsonObject): ReadonlyMap<string, string> {
  return new Map(
    items(at(route, 'to')).map((target) => [String(at(target, 'fleet')), String(at(target, 'weight') ?? 'none')]),
  );
}

function shareChanges(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((name) => {
    const old = before.get(name);
    const now = after.get(name);
    if (old === now) return [];
    if (old === undefined) return [`${name} new ${now}`];
    return [now === undefined ? `${name} gone` : `${name} ${old} -> ${now}`];
  });
}

import type { Json, JsonObject } from '../../spec/contract/source.ts';
import { at, items } from './diff-objects.ts';
import { isObject, sameJson } from './json.ts';

/** What changes in which fleet gets which task. */
export interface RoutingDiff {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly RouteChange[];
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

/** Compares two routing tables, as texts; an absent or unreadable one has no routes. */
export function diffRouting(before: string | undefined, after: string | undefined): RoutingDiff {
  const left = routesOf(before);
  const right = routesOf(after);
  const both = [...left.keys()].filter((id) => right.has(id));
  const changed = both.filter((id) => !sameJson(left.get(id) as JsonObject, right.get(id) as JsonObject));
  return {
    added: [...right.keys()].filter((id) => !left.has(id)).sort(),
    removed: [...left.keys()].filter((id) => !right.has(id)).sort(),
    changed: changed.sort().map((id) => change(id, left.get(id) as JsonObject, right.get(id) as JsonObject)),
    reordered: both.join('\n') !== [...right.keys()].filter((id) => left.has(id)).join('\n'),
  };
}

function routesOf(text: string | undefined): ReadonlyMap<string, JsonObject> {
  let table: Json;
  try {
    table = JSON.parse(text ?? 'null') as Json;
  } catch {
    table = null;
  }
  return new Map(
    items(at(table, 'routes')).flatMap((route) => (isObject(route) ? [[String(route['id']), route]] : [])),
  );
}

function change(route: string, before: JsonObject, after: JsonObject): RouteChange {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  const parts = [...keys].filter((key) => !same(at(before, key), at(after, key))).sort();
  return { route, parts, targets: targetChanges(weights(before), weights(after)) };
}

function same(a: Json | undefined, b: Json | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && sameJson(a, b));
}

function weights(route: JsonObject): ReadonlyMap<string, string> {
  return new Map(
    items(at(route, 'to')).map((target) => [String(at(target, 'fleet')), String(at(target, 'weight') ?? 'none')]),
  );
}

function targetChanges(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((fleet) => {
    const old = before.get(fleet);
    const now = after.get(fleet);
    if (old === now) return [];
    if (old === undefined) return [`${fleet} new ${now}`];
    return [now === undefined ? `${fleet} gone` : `${fleet} ${old} -> ${now}`];
  });
}

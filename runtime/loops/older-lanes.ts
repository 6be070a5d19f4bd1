import type { LaneName } from './tables.ts';

/** What one table says of one fleet's lanes. */
interface Facts {
  readonly lanes: ReadonlyMap<number, LaneName>;
}

/** Lanes that were a fleet's under some table, those that were longest ago first. */
export type SeenLanes = ReadonlyMap<string, ReadonlyMap<number, LaneName>>;

/**
 * Lanes that are remembered of a fleet: tasks wait there until they are moved, and come back there from runs that began under an
 * older table. At least as many as so many tables would have if they had no lane in common, and some for a small fleet.
 */
const TABLES_FULL = 16;
const LANES_LEAST = 256;

/** With those of the table that was in force until now. */
export function rememberLanes(older: SeenLanes, facts: ReadonlyMap<string, Facts>): SeenLanes {
  const next = new Map(older);
  for (const [fleet, { lanes }] of facts) {
    const before = [...(older.get(fleet) ?? [])].filter(([lane]) => !lanes.has(lane));
    next.set(fleet, new Map([...before, ...lanes].slice(-Math.max(LANES_LEAST, TABLES_FULL * lanes.size))));
  }
  return next;
}

/** Since when routes lead to fleets no more. Where no lane of theirs is remembered there is nothing left to be told of. */
export function rememberGone(
  gone: ReadonlyMap<string, number>,
  older: SeenLanes,
  facts: { readonly before: ReadonlyMap<string, Facts>; readonly now: ReadonlyMap<string, Facts> },
  atMs: number,
): ReadonlyMap<string, number> {
  const [before, now] = [pairsOf(facts.before), pairsOf(facts.now)];
  const seen = pairsOf(new Map([...older].map(([fleet, lanes]) => [fleet, { lanes }])));
  const still = [...gone].filter(([pair]) => seen.has(pair) && !now.has(pair));
  const went = [...before].filter((pair) => !now.has(pair)).map((pair) => [pair, atMs] as const);
  return new Map([...still, ...went]);
}

/** Each route with each fleet that it may reach. */
function pairsOf(facts: ReadonlyMap<string, Facts>): ReadonlySet<string> {
  return new Set(
    [...facts].flatMap(([fleet, { lanes }]) => [...lanes.values()].map(({ route }) => pairOf(fleet, route))),
  );
}

export function pairOf(fleet: string, route: string): string {
  return `${fleet} ${route}`;
}

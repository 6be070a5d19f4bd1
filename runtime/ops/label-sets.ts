import type { Metric } from '../../spec/contract/metrics.ts';
import type { RoutingTable } from '../../spec/contract/routing-table.ts';

/** The values that labels may have: what the routing table names, and what was built. */
export interface LabelWorld {
  /** Fleets with the routes that lead to them; tasks that no route takes have an empty pair. */
  readonly pairs: readonly Pair[];
  readonly fleets: readonly string[];
  readonly dependencies: readonly string[];
  readonly version: string;
  readonly digest: string;
  /** Of the form of the table. */
  readonly tableVersion: string;
  readonly environment: string;
}

/** A type and not an interface: it is a label set as well. */
export type Pair = {
  readonly fleet: string;
  readonly route: string;
};

export type LabelSet = Readonly<Record<string, string>>;

/** What stands for a fleet and a route that are not in the table. */
export const NOBODY: Pair = Object.freeze({ fleet: '', route: '' });

export function labelWorld(table: RoutingTable, version: string): LabelWorld {
  const fleets = Object.keys(table.fleets).sort();
  const named = table.routes.flatMap(({ id, to, fallback }) =>
    [...to, ...fallback].map(({ fleet }): Pair => ({ fleet, route: id })),
  );
  const pairs = new Map([NOBODY, ...named].map((pair) => [pairName(pair), pair]));
  return {
    pairs: [...pairs.keys()].sort().map((name) => pairs.get(name) ?? NOBODY),
    fleets,
    dependencies: [
      'store',
      ...fleets.map((fleet) => `fleet:${fleet}`),
      ...Object.keys(table.providers)
        .sort()
        .map((provider) => `provider:${provider}`),
    ],
    version,
    digest: table.digest,
    tableVersion: String(table.schema),
    environment: table.environment,
  };
}

/** Ids hold no spaces. */
export function pairName({ fleet, route }: Pair): string {
  return `${fleet} ${route}`;
}

/** Every label set of a metric, in order: nothing is served that does not stand here. */
export function labelSets({ labels }: Pick<Metric, 'labels'>, world: LabelWorld): readonly LabelSet[] {
  let sets: readonly LabelSet[] = 'route' in labels ? world.pairs.map((pair) => ({ ...pair })) : [{}];
  for (const [label, values] of Object.entries(labels)) {
    if (label === 'route' || (label === 'fleet' && 'route' in labels)) continue;
    const choices = typeof values === 'string' ? valuesOf(label, world) : values;
    sets = sets.flatMap((set) => choices.map((value) => ({ ...set, [label]: value })));
  }
  return sets;
}

function valuesOf(label: string, world: LabelWorld): readonly string[] {
  switch (label) {
    case 'fleet':
      return world.fleets;
    case 'dependency':
      return world.dependencies;
    case 'version':
      return [world.version];
    case 'spec_hash':
      return [world.digest];
    case 'spec_version':
      return [world.tableVersion];
    case 'env':
      return [world.environment];
    default:
      throw new Error(`nothing says which values the label ${label} has`);
  }
}

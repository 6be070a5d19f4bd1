import type { FlagModel, FlagRule, Node } from '../core/model.ts';
import { present, sortedEntries } from './amounts.ts';
import { readCondition } from './condition.ts';
import type { EnvironmentContext } from './context.ts';
import { PART_DEFAULTS } from './defaults.ts';
import type { FilledFleet } from './filled.ts';

type WrittenFlag = FilledFleet['flags'][string];
type WrittenRule = NonNullable<WrittenFlag['rules']>[number];

/** The flags of a fleet. A rule whose condition cannot be read is left out; that was reported. */
export function resolveFlags(
  flags: FilledFleet['flags'],
  node: Node,
  { report }: EnvironmentContext,
): ReadonlyMap<string, FlagModel> {
  const rule = (name: string, { where, serve, split, by }: WrittenRule, index: number): FlagRule[] => {
    const path = ['flags', name, 'rules', index] as const;
    const condition = where === undefined ? undefined : readCondition(where, node.from([...path, 'where']), report);
    if (where !== undefined && condition === undefined) return [];
    return [
      present({
        where: condition,
        split: serve === undefined ? sortedEntries(split ?? {}) : [[serve, 1] as const],
        by: by ?? PART_DEFAULTS.flagRule.by,
        index,
      }),
    ];
  };
  return new Map(
    sortedEntries(flags).map(([name, { description, owner, expires, variants, default: usual, rules = [] }]) => {
      const flag: FlagModel = present({
        description,
        owner,
        expires,
        variants: new Map(sortedEntries(variants)),
        default: usual,
        rules: rules.flatMap((one, index) => rule(name, one, index)),
      });
      return [name, flag];
    }),
  );
}

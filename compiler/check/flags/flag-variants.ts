import type { FlagModel, FleetModel } from '../../core/model.ts';
import { nearest } from '../../diagnostics/nearest.ts';
import type { Report } from '../../diagnostics/report.ts';
import { flagsIn } from './flags-of.ts';
import type { PlacedFlag } from './flags-of.ts';

/** A flag serves variants that it has, and all have values of one kind. */
export function flagVariants(fleet: FleetModel, report: Report): void {
  for (const placed of flagsIn(fleet)) {
    for (const { variant, path, part } of served(placed.flag)) {
      if (placed.flag.variants.has(variant)) continue;
      const meant = nearest(variant, placed.flag.variants.keys());
      const details = meant === undefined ? {} : { label: `did you mean \`${meant}\`?` };
      report('NT2601', placed.from(path, part), { flag: placed.name, variant }, details);
    }
    checkKinds(placed, report);
  }
}

interface Served {
  readonly variant: string;
  readonly path: readonly (string | number)[];
  readonly part?: 'key';
}

function served({ default: usual, rules }: FlagModel): readonly Served[] {
  const named = rules.flatMap(({ split, index }): Served[] => {
    const [only] = split;
    if (split.length === 1 && only !== undefined) return [{ variant: only[0], path: ['rules', index, 'serve'] }];
    return split.map(([variant]) => ({ variant, path: ['rules', index, 'split', variant], part: 'key' }));
  });
  return [{ variant: usual, path: ['default'] }, ...named];
}

function checkKinds({ name, flag, from }: PlacedFlag, report: Report): void {
  const [first, ...others] = flag.variants;
  if (first === undefined) return;
  const odd = others.find(([, value]) => typeof value !== typeof first[1]);
  if (odd === undefined) return;
  const [variant, value] = odd;
  const params = { flag: name, variant, kind: wordOf(value), other: first[0], usual: wordOf(first[1]) };
  const related = [{ message: `\`${first[0]}\``, at: from(['variants', first[0]]) }];
  report('NT2602', from(['variants', variant]), params, { related });
}

function wordOf(value: boolean | number | string): string {
  if (typeof value === 'boolean') return 'true or false';
  return typeof value === 'number' ? 'a number' : 'a text';
}

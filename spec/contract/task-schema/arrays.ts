import type { Json, JsonObject } from '../source.ts';
import type { Check, CheckOf, Look } from './look.ts';
import { textOf } from './scalars.ts';

/** Keywords about the items of a list. */
export function arrayChecks(schema: JsonObject, checkOf: CheckOf): Check[] {
  return [
    ...sizeChecks(schema),
    ...itemChecks(schema, checkOf),
    ...containsChecks(schema, checkOf),
    ...(schema['uniqueItems'] === true ? [areDifferent] : []),
  ];
}

function sizeChecks({ minItems, maxItems }: JsonObject): Check[] {
  if (minItems === undefined && maxItems === undefined) return [];
  const [least, most] = [(minItems ?? 0) as number, (maxItems ?? Infinity) as number];
  return [
    (value, look) => {
      if (!Array.isArray(value)) return true;
      if (value.length < least) return look.wrong(`must NOT have fewer than ${least} items`);
      return value.length <= most || look.wrong(`must NOT have more than ${most} items`);
    },
  ];
}

function itemChecks({ prefixItems, items }: JsonObject, checkOf: CheckOf): Check[] {
  if (prefixItems === undefined && items === undefined) return [];
  const first = ((prefixItems ?? []) as readonly Json[]).map(checkOf);
  const rest = items === undefined ? undefined : checkOf(items);
  return [
    (value, look, seen) => {
      if (!Array.isArray(value)) return true;
      const list = value as readonly Json[];
      for (const index of first.keys()) if (index < list.length) seen?.items.add(index);
      if (rest !== undefined && seen !== undefined) seen.allItems = true;
      return eachFits(list, (index) => first[index] ?? rest, look);
    },
  ];
}

/** Asks of each item what is to be asked of it. */
export function eachFits(list: readonly Json[], checkAt: (index: number) => Check | undefined, look: Look): boolean {
  let fits = true;
  for (const [index, item] of list.entries()) {
    const check = checkAt(index);
    if (check === undefined) continue;
    fits = look.inside(index, () => check(item, look, undefined)) && fits;
    if (!fits && (!look.tells || look.isFull)) return false;
  }
  return fits;
}

function containsChecks({ contains, minContains = 1, maxContains }: JsonObject, checkOf: CheckOf): Check[] {
  if (contains === undefined) return [];
  const check = checkOf(contains);
  const [least, most] = [minContains as number, (maxContains ?? Infinity) as number];
  const bound = maxContains === undefined ? `at least ${least}` : `at least ${least} and no more than ${most}`;
  return [
    (value, look, seen) => {
      if (!Array.isArray(value)) return true;
      let count = 0;
      for (const [index, item] of (value as readonly Json[]).entries()) {
        if (!look.quietly(() => check(item, look, undefined))) continue;
        count += 1;
        seen?.items.add(index);
      }
      return (count >= least && count <= most) || look.wrong(`must contain ${bound} valid item(s)`);
    },
  ];
}

/** Items by their text: comparing each with each other takes the square of the time. */
const areDifferent: Check = (value, look) => {
  if (!Array.isArray(value)) return true;
  const before = new Map<string, number>();
  for (const [index, item] of (value as readonly Json[]).entries()) {
    look.spend(4);
    const text = textOf(item, look);
    const same = before.get(text);
    if (same !== undefined)
      return look.wrong(`must NOT have duplicate items (items ## ${same} and ${index} are identical)`);
    before.set(text, index);
  }
  return true;
};

import type { Json, JsonObject } from '../source.ts';
import { eachFits } from './arrays.ts';
import { fieldFits, isObject, othersCheck } from './objects.ts';
import type { Check, CheckOf } from './look.ts';

/** Keywords about what no other keyword has looked at. They are asked last. */
export function unevaluatedChecks(schema: JsonObject, checkOf: CheckOf): Check[] {
  const { unevaluatedProperties: fields, unevaluatedItems: items } = schema;
  return [
    ...(fields === undefined ? [] : [fieldsCheck(othersCheck(fields, checkOf))]),
    ...(items === undefined ? [] : [itemsCheck(checkOf(items))]),
  ];
}

function fieldsCheck(check: Check): Check {
  return (value, look, seen) => {
    if (!isObject(value) || seen === undefined || seen.allKeys) return true;
    const left = Object.keys(value).filter((key) => !seen.keys.has(key));
    look.spend(left.length + seen.keys.size);
    seen.allKeys = true;
    let fits = true;
    for (const key of left) {
      fits = fieldFits(value, key, check, look) && fits;
      if (!fits && !look.tells) return false;
    }
    return fits;
  };
}

function itemsCheck(check: Check): Check {
  return (value, look, seen) => {
    if (!Array.isArray(value) || seen === undefined || seen.allItems) return true;
    const { items } = seen;
    seen.allItems = true;
    return eachFits(value as readonly Json[], (index) => (items.has(index) ? undefined : check), look);
  };
}

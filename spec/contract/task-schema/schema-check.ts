import type { Json, JsonObject } from '../source.ts';
import { arrayChecks } from './arrays.ts';
import { choiceChecks } from './choices.ts';
import { objectChecks } from './objects.ts';
import { schemaAt } from './reference.ts';
import { scalarChecks } from './scalars.ts';
import { Seen, type Check } from './look.ts';
import { unevaluatedChecks } from './unevaluated.ts';

/**
 * The check of a whole schema. Each schema in it is made ready when it is first asked: making a large one ready takes as
 * long as reading it, and nothing takes longer because two of its schemas refer to a third.
 */
export function schemaCheck(root: JsonObject): Check {
  const made = new Map<Json, Check>();
  const gathers = /"unevaluated(?:Properties|Items)"/.test(JSON.stringify(root));

  function checkOf(schema: Json): Check {
    if (schema === true) return () => true;
    if (schema === false) return (_, look) => look.wrong('must not be there');
    return (value, look, seen) => readyOf(schema)(value, look, seen);
  }

  function readyOf(schema: Json): Check {
    const known = made.get(schema);
    if (known !== undefined) return known;
    const check = gathers ? gathering(keywordsOf(schema as JsonObject)) : all(keywordsOf(schema as JsonObject));
    made.set(schema, check);
    return check;
  }

  function keywordsOf(schema: JsonObject): readonly Check[] {
    return [
      ...scalarChecks(schema),
      ...objectChecks(schema, checkOf),
      ...arrayChecks(schema, checkOf),
      ...choiceChecks(schema, checkOf, (ref) => checkOf(schemaAt(root, ref))),
      ...unevaluatedChecks(schema, checkOf),
    ];
  }

  return checkOf(root);
}

function all(keywords: readonly Check[]): Check {
  const price = 1 + (keywords.length >> 2);
  return (value, look, seen) => {
    look.spend(price);
    let fits = true;
    for (const keyword of keywords) {
      fits = keyword(value, look, seen) && fits;
      if (!fits && (!look.tells || look.isFull)) return false;
    }
    return fits;
  };
}

/** Keeps what this schema has looked at apart, until it is known that the value fits. */
function gathering(keywords: readonly Check[]): Check {
  const check = all(keywords);
  return (value, look, seen) => {
    const own = new Seen();
    const fits = check(value, look, own);
    if (fits) seen?.add(own, look);
    return fits;
  };
}

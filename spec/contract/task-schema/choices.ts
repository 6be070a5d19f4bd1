import type { Json, JsonObject } from '../source.ts';
import { isObject } from './objects.ts';
import { Seen, type Check, type CheckOf, type Look } from './look.ts';

/** Keywords whose schemas judge the same value. */
export function choiceChecks(schema: JsonObject, checkOf: CheckOf, refer: (ref: string) => Check): Check[] {
  const { $ref, allOf = [], anyOf, oneOf, not, if: condition, then, else: otherwise, dependentSchemas = {} } = schema;
  const listed = (schemas: Json): Check[] => (schemas as readonly Json[]).map(checkOf);
  return [
    ...($ref === undefined ? [] : [refer($ref as string)]),
    ...listed(allOf),
    ...(anyOf === undefined ? [] : [anyFits(listed(anyOf))]),
    ...(oneOf === undefined ? [] : [oneFits(listed(oneOf))]),
    ...(not === undefined ? [] : [fitsNot(checkOf(not))]),
    ...(condition === undefined ? [] : [fitsIf(checkOf(condition), then, otherwise, checkOf)]),
    ...Object.entries(dependentSchemas as JsonObject).map(([field, one]) => fitsWhen(field, checkOf(one))),
  ];
}

/** Whether a schema takes the value; what it has looked at counts only then. */
function takes(check: Check, value: Json, look: Look, seen: Seen | undefined): boolean {
  if (seen === undefined) return look.quietly(() => check(value, look, undefined));
  const own = new Seen();
  const fits = look.quietly(() => check(value, look, own));
  if (fits) seen.add(own, look);
  return fits;
}

function anyFits(choices: readonly Check[]): Check {
  return (value, look, seen) => {
    let fits = false;
    for (const choice of choices) {
      fits = takes(choice, value, look, seen) || fits;
      // All of them are asked where it counts what they have looked at.
      if (fits && seen === undefined) return true;
    }
    return fits || tellAll(choices, value, look) || look.wrong('must match a schema in anyOf');
  };
}

function oneFits(choices: readonly Check[]): Check {
  return (value, look, seen) => {
    let fitting = 0;
    for (const choice of choices) {
      if (takes(choice, value, look, fitting === 0 ? seen : undefined)) fitting += 1;
      if (fitting > 1) return look.wrong('must match exactly one schema in oneOf');
    }
    return fitting === 1 || tellAll(choices, value, look) || look.wrong('must match exactly one schema in oneOf');
  };
}

/** What keeps a value from each of the choices. Always false. */
function tellAll(choices: readonly Check[], value: Json, look: Look): false {
  if (look.tells) for (const choice of choices) if (!look.isFull) choice(value, look, undefined);
  return false;
}

function fitsNot(check: Check): Check {
  return (value, look) => !takes(check, value, look, undefined) || look.wrong('must NOT be valid');
}

function fitsIf(condition: Check, then: Json | undefined, otherwise: Json | undefined, checkOf: CheckOf): Check {
  const [yes, no] = [then, otherwise].map((schema) => (schema === undefined ? undefined : checkOf(schema)));
  return (value, look, seen) => {
    const holds = takes(condition, value, look, seen);
    const check = holds ? yes : no;
    if (check === undefined || check(value, look, seen)) return true;
    return look.wrong(`must match "${holds ? 'then' : 'else'}" schema`);
  };
}

function fitsWhen(field: string, check: Check): Check {
  return (value, look, seen) => !isObject(value) || !Object.hasOwn(value, field) || check(value, look, seen);
}

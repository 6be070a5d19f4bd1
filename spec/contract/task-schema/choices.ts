import type { Json, JsonObject } from '../source.ts';
import { isObject } from './objects.ts';
import { Seen, type Check, type CheckOf, type Run } from './run.ts';

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
function takes(check: Check, value: Json, run: Run, seen: Seen | undefined): boolean {
  if (seen === undefined) return run.quietly(() => check(value, run, undefined));
  const own = new Seen();
  const fits = run.quietly(() => check(value, run, own));
  if (fits) seen.add(own, run);
  return fits;
}

function anyFits(choices: readonly Check[]): Check {
  return (value, run, seen) => {
    let fits = false;
    for (const choice of choices) {
      fits = takes(choice, value, run, seen) || fits;
      // All of them are asked where it counts what they have looked at.
      if (fits && seen === undefined) return true;
    }
    return fits || tellAll(choices, value, run) || run.wrong('must match a schema in anyOf');
  };
}

function oneFits(choices: readonly Check[]): Check {
  return (value, run, seen) => {
    let fitting = 0;
    for (const choice of choices) {
      if (takes(choice, value, run, fitting === 0 ? seen : undefined)) fitting += 1;
      if (fitting > 1) return run.wrong('must match exactly one schema in oneOf');
    }
    return fitting === 1 || tellAll(choices, value, run) || run.wrong('must match exactly one schema in oneOf');
  };
}

/** What keeps a value from each of the choices. Always false. */
function tellAll(choices: readonly Check[], value: Json, run: Run): false {
  if (run.tells) for (const choice of choices) if (!run.isFull) choice(value, run, undefined);
  return false;
}

function fitsNot(check: Check): Check {
  return (value, run) => !takes(check, value, run, undefined) || run.wrong('must NOT be valid');
}

function fitsIf(condition: Check, then: Json | undefined, otherwise: Json | undefined, checkOf: CheckOf): Check {
  const [yes, no] = [then, otherwise].map((schema) => (schema === undefined ? undefined : checkOf(schema)));
  return (value, run, seen) => {
    const holds = takes(condition, value, run, seen);
    const check = holds ? yes : no;
    if (check === undefined || check(value, run, seen)) return true;
    return run.wrong(`must match "${holds ? 'then' : 'else'}" schema`);
  };
}

function fitsWhen(field: string, check: Check): Check {
  return (value, run, seen) => !isObject(value) || !Object.hasOwn(value, field) || check(value, run, seen);
}

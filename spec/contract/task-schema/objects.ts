import type { Json, JsonObject } from '../source.ts';
import { matcherOf } from './matcher.ts';
import type { Check, CheckOf, Look, Seen } from './look.ts';

/** Keywords about the fields of an object. */
export function objectChecks(schema: JsonObject, checkOf: CheckOf): Check[] {
  return [...sizeChecks(schema), ...requiredChecks(schema), ...fieldChecks(schema, checkOf)];
}

export function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sizeChecks({ minProperties, maxProperties }: JsonObject): Check[] {
  if (minProperties === undefined && maxProperties === undefined) return [];
  const [least, most] = [(minProperties ?? 0) as number, (maxProperties ?? Infinity) as number];
  return [
    (value, look) => {
      if (!isObject(value)) return true;
      const size = keysOf(value, look).length;
      if (size < least) return look.wrong(`must NOT have fewer than ${least} properties`);
      return size <= most || look.wrong(`must NOT have more than ${most} properties`);
    },
  ];
}

function keysOf(value: JsonObject, look: Look): readonly string[] {
  const keys = Object.keys(value);
  look.spend(keys.length);
  return keys;
}

function requiredChecks({ required, dependentRequired }: JsonObject): Check[] {
  const always = required === undefined ? [] : [requires(required as readonly string[])];
  const dependent = Object.entries((dependentRequired ?? {}) as Readonly<Record<string, readonly string[]>>);
  return [...always, ...dependent.map(([field, names]) => requires(names, field))];
}

function requires(names: readonly string[], when?: string): Check {
  const because = when === undefined ? '' : ` when property '${when}' is present`;
  return (value, look) => {
    if (!isObject(value) || (when !== undefined && !Object.hasOwn(value, when))) return true;
    look.spend(names.length >> 2);
    let fits = true;
    for (const name of names) {
      if (Object.hasOwn(value, name)) continue;
      fits = look.wrong(`must have required property '${name}'${because}`);
      if (!look.tells) break;
    }
    return fits;
  };
}

/** What a schema says of one field, by its name. */
interface Fields {
  readonly named: ReadonlyMap<string, Check>;
  readonly patterns: readonly (readonly [matches: (text: string, look: Look) => boolean, check: Check])[];
  readonly others: Check | undefined;
  readonly names: Check | undefined;
  /** Fields that tell of which kind an object is: of another kind the rest need not be looked at. */
  readonly tags: readonly string[];
}

function fieldChecks(schema: JsonObject, checkOf: CheckOf): Check[] {
  const { properties = {}, patternProperties = {}, additionalProperties, propertyNames } = schema;
  const named = Object.entries(properties as JsonObject);
  const patterns = Object.entries(patternProperties as JsonObject);
  if (named.length + patterns.length === 0 && (additionalProperties ?? propertyNames) === undefined) return [];
  const fields: Fields = {
    named: new Map(named.map(([name, one]) => [name, checkOf(one)])),
    patterns: patterns.map(([pattern, one]) => [matcherOf(pattern), checkOf(one)]),
    others: additionalProperties === undefined ? undefined : othersCheck(additionalProperties, checkOf),
    names: propertyNames === undefined ? undefined : checkOf(propertyNames),
    tags: named.filter(([, one]) => isObject(one) && one['const'] !== undefined).map(([name]) => name),
  };
  return [(value, look, seen) => !isObject(value) || fieldsFit(value, fields, look, seen)];
}

/** A field that nothing names; `false` means that there is none. */
export function othersCheck(schema: Json, checkOf: CheckOf): Check {
  return schema === false ? (_, look) => look.wrong('there is no such field') : checkOf(schema);
}

function fieldsFit(value: JsonObject, fields: Fields, look: Look, seen: Seen | undefined): boolean {
  const { named, tags } = fields;
  let fits = true;
  for (const tag of tags) {
    if (Object.hasOwn(value, tag)) fits = fieldFits(value, tag, named.get(tag), look) && fits;
    if (!fits && !look.tells) return false;
  }
  for (const key of keysOf(value, look)) {
    fits = keyFits(value, key, fields, look, seen) && fits;
    if (!fits && (!look.tells || look.isFull)) return false;
  }
  return fits;
}

function keyFits(value: JsonObject, key: string, fields: Fields, look: Look, seen: Seen | undefined): boolean {
  const { named, patterns, others, names, tags } = fields;
  let fits = names === undefined || look.quietly(() => names(key, look, undefined));
  if (!fits) look.wrong('its name does not fit the schema', key);
  const check = named.get(key);
  let isKnown = check !== undefined;
  if (check !== undefined && !tags.includes(key)) fits = fieldFits(value, key, check, look) && fits;
  for (const [matches, other] of patterns) {
    if (!matches(key, look)) continue;
    isKnown = true;
    fits = fieldFits(value, key, other, look) && fits;
  }
  if (!isKnown && others !== undefined) fits = fieldFits(value, key, others, look) && fits;
  if (isKnown || others !== undefined) seen?.keys.add(key);
  return fits;
}

export function fieldFits(value: JsonObject, key: string, check: Check | undefined, look: Look): boolean {
  return check === undefined || look.inside(key, () => check(value[key] as Json, look, undefined));
}

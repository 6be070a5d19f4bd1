import { canonicalJson } from '../canonical.ts';
import type { Json, JsonObject } from '../source.ts';
import { matcherOf } from './matcher.ts';
import type { Check, Look } from './look.ts';

/** Longest list of values that a message tells. */
const TOLD_MAX = 100;

/** Keywords about a value as a whole, and about numbers and texts. */
export function scalarChecks(schema: JsonObject): Check[] {
  const { type, enum: values, const: only, pattern } = schema;
  return [
    ...(type === undefined ? [] : [typeCheck(type as string | readonly string[])]),
    ...(only === undefined ? [] : [among([only])]),
    ...(values === undefined ? [] : [among(values as readonly Json[])]),
    ...numberChecks(schema),
    ...lengthChecks(schema),
    ...(pattern === undefined ? [] : [patternCheck(pattern as string)]),
  ];
}

function typeCheck(asked: string | readonly string[]): Check {
  const types = typeof asked === 'string' ? [asked] : asked;
  const detail = `must be ${types.join(' or ')}`;
  return (value, look) => types.some((type) => isOfType(value, type)) || look.wrong(detail);
}

function isOfType(value: Json, type: string): boolean {
  switch (type) {
    case 'integer':
      return Number.isInteger(value);
    case 'array':
      return Array.isArray(value);
    case 'null':
      return value === null;
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    default:
      return typeof value === type;
  }
}

/** Values are equal when their text is: keys have no order, and 1.0 is 1. */
function among(values: readonly Json[]): Check {
  const texts = new Set(values.map(canonicalJson));
  const hasParts = values.some((value) => typeof value === 'object' && value !== null);
  const told = values.map((value) => JSON.stringify(value)).join(', ');
  const which = values.length === 1 ? '' : 'one of ';
  const detail =
    told.length <= TOLD_MAX ? `must be ${which}${told}` : 'must be one of the values that the schema lists';
  return (value, look) => {
    if (typeof value === 'object' && value !== null && !hasParts) return look.wrong(detail);
    return texts.has(textOf(value, look)) || look.wrong(detail);
  };
}

/** The text by which values are compared. */
export function textOf(value: Json, look: Look): string {
  const text = canonicalJson(value);
  look.spend(text.length >> 4);
  return text;
}

const BOUNDS: readonly (readonly [keyword: string, fits: (value: number, bound: number) => boolean, says: string])[] = [
  ['minimum', (value, bound) => value >= bound, 'must be >='],
  ['maximum', (value, bound) => value <= bound, 'must be <='],
  ['exclusiveMinimum', (value, bound) => value > bound, 'must be >'],
  ['exclusiveMaximum', (value, bound) => value < bound, 'must be <'],
  ['multipleOf', (value, bound) => Number.isInteger(value / bound), 'must be a multiple of'],
];

function numberChecks(schema: JsonObject): Check[] {
  return BOUNDS.flatMap(([keyword, fits, says]) => {
    const bound = schema[keyword];
    if (typeof bound !== 'number') return [];
    const detail = `${says} ${bound}`;
    return [(value, look) => typeof value !== 'number' || fits(value, bound) || look.wrong(detail)];
  });
}

function lengthChecks({ minLength, maxLength }: JsonObject): Check[] {
  if (minLength === undefined && maxLength === undefined) return [];
  const [least, most] = [(minLength ?? 0) as number, (maxLength ?? Infinity) as number];
  return [
    (value, look) => {
      if (typeof value !== 'string') return true;
      look.spend(value.length >> 5);
      const length = charactersOf(value);
      if (length < least) return look.wrong(`must NOT have fewer than ${least} characters`);
      return length <= most || look.wrong(`must NOT have more than ${most} characters`);
    },
  ];
}

/** How many a text has; one beyond U+FFFF is two units of it. */
function charactersOf(text: string): number {
  let count = text.length;
  for (let at = 0; at < text.length - 1; at++) if ((text.codePointAt(at) as number) > 0xffff) count -= 1;
  return count;
}

function patternCheck(pattern: string): Check {
  const matcher = matcherOf(pattern);
  const detail = `must match pattern "${pattern}"`;
  return (value, look) => typeof value !== 'string' || matcher(value, look) || look.wrong(detail);
}

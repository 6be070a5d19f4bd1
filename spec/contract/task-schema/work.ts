import type { Json, JsonObject } from '../source.ts';
import { KEYWORDS } from './keywords.ts';

/**
 * How much work the check of one value may be, counted and not timed: the same value is judged alike on every machine.
 * Without a bound a schema that goes on with itself in two branches takes twice as long with each level of a value.
 *
 * Glossary
 * - unit: about what one schema without keywords costs for one value; some 20 ns, and 100 when it does not fit
 */

/** Units that one value may cost: at most some 20 ms. A flat list of 6,000 objects, 64 KiB, costs 36,000. */
export const WORK_MAX = 200_000;

/** The keyword that counts; in every schema of a schema, and in no file. */
export const WORK = 'x-work';

/** What a schema costs each time it is asked about a value. */
export interface Price {
  /** Names and values that its keywords list. */
  readonly fixed: number;
  /** For each key of a map, when keywords look at all of them. */
  readonly perKey: number;
}

export class OutOfWork extends Error {}

/** What is left for the value that is being checked. */
const purse = { left: 0 };

export function beginWork(units: number): void {
  purse.left = units;
}

export function spend(units: number): void {
  purse.left -= units;
  if (purse.left < 0) throw new OutOfWork();
}

/** Pays for one look at a value. */
export function pay({ fixed, perKey }: Price, value: unknown): void {
  let units = fixed;
  if (typeof value === 'string') units += value.length >> 5;
  else if (perKey > 0 && typeof value === 'object' && value !== null && !Array.isArray(value))
    units += perKey * Object.keys(value).length;
  spend(units);
}

/** Whether the schema asks what other schemas have looked at, which is then gathered from each to the next. */
export function gathersLooks(schema: JsonObject): boolean {
  return /"unevaluated(?:Properties|Items)"/.test(JSON.stringify(schema));
}

/** The schema with its price in each schema that it holds. */
export function priced(schema: JsonObject): JsonObject {
  return pricedSchema(schema, gathersLooks(schema)) as JsonObject;
}

function pricedSchema(schema: Json, gathers: boolean): Json {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return schema;
  // What fits everything is never asked.
  if (Object.keys(schema).length === 0) return schema;
  const copy: Record<string, Json> = {};
  for (const [keyword, value] of Object.entries(schema as JsonObject))
    copy[keyword] = pricedKeyword(keyword, value, gathers);
  copy[WORK] = priceOf(schema as JsonObject, gathers) as unknown as JsonObject;
  return copy;
}

function pricedKeyword(keyword: string, value: Json, gathers: boolean): Json {
  switch (KEYWORDS.get(keyword)) {
    case 'schema':
      return pricedSchema(value, gathers);
    case 'list of schemas':
      return (value as readonly Json[]).map((one) => pricedSchema(one, gathers));
    case 'schemas by name': {
      const named = Object.entries(value as JsonObject);
      return Object.fromEntries(named.map(([name, one]) => [name, pricedSchema(one, gathers)]));
    }
    default:
      return value;
  }
}

const LISTS_NAMES = ['properties', 'required', 'dependentRequired', 'dependentSchemas', 'enum', 'const'];
const LOOKS_AT_KEYS = ['additionalProperties', 'patternProperties', 'propertyNames', 'minProperties', 'maxProperties'];

function priceOf(schema: JsonObject, gathers: boolean): Price {
  const listed = LISTS_NAMES.reduce((sum, keyword) => sum + sizeOf(keyword, schema[keyword]), 0);
  const patterns = Object.keys((schema['patternProperties'] ?? {}) as JsonObject).length;
  const looks = gathers || LOOKS_AT_KEYS.some((keyword) => schema[keyword] !== undefined);
  return {
    fixed: 1 + (listed >> 2),
    perKey: looks ? 1 + patterns : 0,
  };
}

/** Values that may be compared whole count with all that they hold. */
function sizeOf(keyword: string, listed: Json | undefined): number {
  if (listed === undefined) return 0;
  if (keyword === 'enum' || keyword === 'const') return JSON.stringify(listed).length >> 3;
  return Object.keys(listed as JsonObject).length;
}

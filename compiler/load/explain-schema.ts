import { boundOf, boundedUnit, isWithin } from '../../spec/contract/bounds.ts';
import type { Bounds } from '../../spec/contract/bounds.ts';
import { sure } from '../../spec/contract/sure.ts';
import type { JsonPath } from '../../spec/contract/source.ts';
import type { Part, Place } from '../core/origin.ts';
import { shown } from '../diagnostics/clean.ts';
import { nearest } from '../diagnostics/nearest.ts';
import type { Details, Report } from '../diagnostics/report.ts';
import { explainUnknownField, meantFields } from './explain-field.ts';
import { followed } from './schema-source.ts';
import type { Schema } from './schema-source.ts';
import type { Doubt } from './tree.ts';
import { isMap, named, safe, typeName } from './wording.ts';

/** What the walk needs to know about the text behind the value. */
export interface Subject {
  readonly report: Report;
  place(path: JsonPath, part?: Part): Place;
  /** The plain scalar at `path` that is not what it seems; nothing when its text is not at hand. */
  doubt?(path: JsonPath): Doubt | undefined;
}

/**
 * Says what is wrong with a value that the validator refused, walking value and schema side by side: one problem for each
 * node, none below a node of the wrong type, and for alternatives only the one that was meant.
 *
 * Refused: translating ajv's list of errors. It names every alternative of a `oneOf`, and neither the fields that are
 * allowed nor what a pattern means.
 */
export function explainSchema(schema: Schema, value: unknown, path: JsonPath, subject: Subject): void {
  const full = followed(schema);
  if (full.oneOf !== undefined && full.type === undefined) {
    explainAlternatives(full, full.oneOf.map(followed), value, path, subject);
    return;
  }
  const allowed = full.enum ?? ('const' in full ? [full.const] : undefined);
  if (full.type !== undefined && !hasType(value, full.type)) explainType([full], value, path, subject);
  else if (allowed !== undefined) explainEnum(allowed, value, path, subject);
  else if (typeof value === 'string') explainText(full, value, path, subject);
  else if (typeof value === 'number') explainNumber(full, value, path, subject);
  else if (Array.isArray(value)) explainList(full, value, path, subject);
  else if (isMap(value)) explainMap(full, value, path, subject);
}

const TYPE_NAMES: Readonly<Record<NonNullable<Schema['type']>, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: '`true` or `false`',
  array: 'a list',
  object: 'a map of fields',
};

function hasType(value: unknown, type: NonNullable<Schema['type']>): boolean {
  switch (type) {
    case 'integer':
      return Number.isInteger(value);
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isMap(value);
    default:
      return typeof value === type;
  }
}

type Types = readonly NonNullable<Schema['type']>[];

/** `schemas` are those of which one must fit, each with a type. */
function explainType(
  schemas: readonly Schema[],
  value: unknown,
  path: JsonPath,
  subject: Subject,
  more: Details = {},
): void {
  const types = schemas.flatMap(({ type }) => type ?? []);
  const expected = [...new Set(types.map((type) => TYPE_NAMES[type]))].join(' or ');
  const at = subject.place(path, value === null || value === undefined ? 'key' : 'value');
  const doubt = subject.doubt?.(path);
  const found = doubt?.kind === 'number' ? `the number \`${shown(doubt.text)}\`` : typeName(value);
  subject.report(
    'NT1203',
    at,
    { place: named(path), expected, found },
    { ...typeFix(schemas, types, value, doubt, at), ...more },
  );
}

/** A scalar without quotes becomes text in quotes; `yes` and `"true"` become booleans, `"3"` a number. */
function typeFix(
  schemas: readonly Schema[],
  types: Types,
  value: unknown,
  doubt: Doubt | undefined,
  at: Place,
): Details {
  const texts = schemas.filter(({ type }) => type === 'string');
  if (texts.length > 0 && (typeof value === 'number' || typeof value === 'boolean')) {
    const text = doubt?.text ?? String(value);
    // `5` for a duration lacks its unit: quotes would only make it wrong in another way.
    if (!texts.some((schema) => takesText(schema, text))) return examplesOf(texts[0] ?? {});
    if (typeof value === 'number' && doubt === undefined && !/^-?[0-9]+$/.test(text)) return { label: 'quote it' };
    return { label: 'quote it', fix: { title: 'puts it in quotes', edits: [{ at, text: `"${text}"` }] } };
  }
  if (typeof value !== 'string') return {};
  const meant = types.includes('boolean') ? booleanMeant(value) : numberMeant(types, value);
  if (meant === undefined) return {};
  return {
    label: `did you mean \`${meant}\`?`,
    fix: { title: `writes \`${meant}\``, edits: [{ at, text: meant }] },
  };
}

/** Whether a text is one that the schema of a text takes. */
function takesText({ enum: allowed, pattern, minLength = 0, maxLength = Infinity, ...schema }: Schema, text: string) {
  if ('const' in schema && schema.const !== text) return false;
  if (allowed?.includes(text) === false || text.length < minLength || text.length > maxLength) return false;
  return pattern === undefined || new RegExp(pattern, 'u').test(text);
}

function booleanMeant(value: string): string | undefined {
  if (/^(true|yes|on|y)$/i.test(value)) return 'true';
  return /^(false|no|off|n)$/i.test(value) ? 'false' : undefined;
}

function numberMeant(types: Types, value: string): string | undefined {
  const isNumber = types.includes('integer') || types.includes('number');
  return isNumber && /^(0|[1-9][0-9]{0,14})$/.test(value) ? value : undefined;
}

function explainEnum(allowed: readonly unknown[], value: unknown, path: JsonPath, subject: Subject): void {
  if (allowed.includes(value)) return;
  const at = subject.place(path, 'value');
  const names = allowed.map(String);
  const meant = typeof value === 'string' ? nearest(value, names) : undefined;
  subject.report(
    'NT1204',
    at,
    { place: named(path), value: safe(value) },
    {
      ...(meant !== undefined && { label: `did you mean \`${meant}\`?` }),
      notes: [`allowed: ${names.join(', ')}`],
      ...(meant !== undefined && {
        fix: { title: `writes \`${meant}\``, edits: [{ at, text: plainOrQuoted(meant) }] },
      }),
    },
  );
}

function plainOrQuoted(text: string): string {
  return /^[A-Za-z][A-Za-z0-9-]*$/.test(text) ? text : JSON.stringify(text);
}

function explainText(schema: Schema, value: string, path: JsonPath, subject: Subject, part: Part = 'value'): boolean {
  const { minLength = 0, maxLength = Infinity, pattern } = schema;
  const length = Array.from(value).length;
  const missed = boundsMissed(schema, value);
  const at = () => subject.place(path, part);
  const place = part === 'key' ? `a name in ${named(path.slice(0, -1))}` : named(path);
  if (length < minLength || length > maxLength) {
    const bound = length > maxLength ? `at most ${maxLength}` : `at least ${minLength}`;
    subject.report('NT1207', at(), { place, count: `${length} characters`, bound: `${bound} fit` });
  } else if (pattern !== undefined && !new RegExp(pattern, 'u').test(value)) {
    subject.report('NT1206', at(), { place, value: safe(value), rule: ruleOf(schema, pattern) }, examplesOf(schema));
  } else if (missed !== undefined) explainBounds(missed, value, path, subject);
  else return true;
  return false;
}

/** The bounds of a field that an amount is beyond. */
function boundsMissed({ 'x-unit': name = '', 'x-bounds': bounds }: Schema, value: string): Bounds | undefined {
  const unit = boundedUnit(name);
  if (unit === undefined || bounds === undefined) return undefined;
  const least = sure(boundOf(unit, bounds.least), bounds.least);
  const most = sure(boundOf(unit, bounds.most), bounds.most);
  return isWithin(unit, value, least, most) ? undefined : bounds;
}

function explainBounds({ least, most, why }: Bounds, value: string, path: JsonPath, subject: Subject): void {
  subject.report('NT1218', subject.place(path), { place: named(path), least, most, value }, { notes: [why] });
}

/** What a pattern means: the description of its building block as a clause. */
function ruleOf({ form, description }: Schema, pattern: string): string {
  const meaning = form ?? description;
  if (meaning === undefined) return `it must match \`${pattern}\``;
  const sentence = meaning.replace(/\.$/, '');
  // An abbreviation stays what it is.
  return /^[A-Z][A-Z]/.test(sentence) ? sentence : `${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`;
}

function examplesOf({ examples = [] }: Schema): Details {
  const texts = examples.filter((example) => typeof example === 'string').map((example) => `\`${example}\``);
  return texts.length === 0 ? {} : { notes: [`for example ${texts.join(', ')}`] };
}

function explainNumber(schema: Schema, value: number, path: JsonPath, subject: Subject): void {
  const { minimum = -Infinity, maximum = Infinity } = schema;
  // What a number in an unusual form means is open: that it has one is the problem.
  if ((value >= minimum && value <= maximum) || subject.doubt?.(path) !== undefined) return;
  const bound = value < minimum ? `at least ${minimum}` : `at most ${maximum}`;
  subject.report('NT1205', subject.place(path, 'value'), { place: named(path), bound, value });
}

function explainList(schema: Schema, list: readonly unknown[], path: JsonPath, subject: Subject): void {
  const { items, minItems = 0, maxItems = Infinity } = schema;
  explainCount(list.length, 'entries', { least: minItems, most: maxItems }, path, subject);
  if (schema.uniqueItems === true) explainRepeats(list, path, subject);
  if (items !== undefined) list.forEach((item, index) => explainSchema(items, item, [...path, index], subject));
}

function explainRepeats(list: readonly unknown[], path: JsonPath, subject: Subject): void {
  const seen = new Map<unknown, number>();
  list.forEach((item, index) => {
    const before = seen.get(item);
    seen.set(item, index);
    if (before === undefined) return;
    const related = [{ message: 'first here', at: subject.place([...path, before]) }];
    subject.report('NT1208', subject.place([...path, index]), { place: named(path) }, { related });
  });
}

function explainCount(
  count: number,
  noun: string,
  { least, most }: { readonly least: number; readonly most: number },
  path: JsonPath,
  subject: Subject,
): void {
  if (count >= least && count <= most) return;
  const bound = count < least ? `at least ${least} must stand there` : `at most ${most} fit`;
  subject.report('NT1207', subject.place(path, 'key'), { place: named(path), count: `${count} ${noun}`, bound });
}

function explainMap(schema: Schema, map: Readonly<Record<string, unknown>>, path: JsonPath, subject: Subject): void {
  const { properties = {}, required = [], additionalProperties, propertyNames } = schema;
  const keys = Object.keys(map);
  explainCount(
    keys.length,
    'fields',
    { least: schema.minProperties ?? 0, most: schema.maxProperties ?? Infinity },
    path,
    subject,
  );
  const outdented = outdentedKeys(properties, map);
  const missing = required.filter((name) => !Object.hasOwn(map, name));
  const unknown =
    additionalProperties === false
      ? keys.filter((key) => !Object.hasOwn(properties, key) && !outdented.within.has(key))
      : [];
  const meant = missingMeant(unknown, missing);
  const fields = additionalProperties === false ? meantFields(Object.keys(properties), map) : NONE;
  const said = new Set([...meant.values(), ...fields]);
  explainMissing(
    missing.filter((name) => !said.has(name)),
    path,
    subject,
  );
  if (schema.oneOf !== undefined) explainExclusive(schema.oneOf, map, fields, path, subject);
  for (const key of keys) {
    // Said with the field it belongs to.
    if (outdented.within.has(key)) continue;
    const below = outdented.below.get(key);
    if (below !== undefined) {
      const notes = [
        `what belongs to it must be indented more than it: ${below.map((one) => `\`${one}\``).join(', ')}`,
      ];
      explainType([{ type: 'object' }], null, [...path, key], subject, { notes });
      continue;
    }
    const own = Object.hasOwn(properties, key) ? properties[key] : undefined;
    const at = [...path, key];
    if (own !== undefined) explainSchema(own, map[key], at, subject);
    else if (additionalProperties === false)
      explainUnknownField(key, { properties, meant: meant.get(key) }, map, path, subject);
    else if (propertyNames === undefined || explainText(followed(propertyNames), key, at, subject, 'key')) {
      if (typeof additionalProperties === 'object') explainSchema(additionalProperties, map[key], at, subject);
    }
  }
}

/** What unknown fields were meant to be, of those that must be there: a near one, or the only one when it is the only one. */
function missingMeant(unknown: readonly string[], missing: readonly string[]): ReadonlyMap<string, string> {
  const meant = new Map<string, string>();
  if (missing.length === 0) return meant;
  for (const key of unknown) {
    const near = nearest(key, missing) ?? (unknown.length === 1 && missing.length === 1 ? missing[0] : undefined);
    if (near !== undefined && key !== 'team') meant.set(key, near);
  }
  return meant;
}

interface Outdented {
  /** Fields in which nothing stands, with those behind them that belong there. */
  readonly below: ReadonlyMap<string, readonly string[]>;
  readonly within: ReadonlySet<string>;
}

/** Unknown fields right behind one in which nothing stands and which has fields of their names: only their indentation is wrong. */
function outdentedKeys(
  properties: Readonly<Record<string, Schema>>,
  map: Readonly<Record<string, unknown>>,
): Outdented {
  const below = new Map<string, string[]>();
  const within = new Set<string>();
  let empty: string | undefined;
  for (const key of Object.keys(map)) {
    const own = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (own !== undefined) empty = map[key] === null && followed(own).type === 'object' ? key : undefined;
    else if (empty !== undefined && holds(properties[empty], key)) {
      below.set(empty, [...(below.get(empty) ?? []), key]);
      within.add(key);
    }
  }
  return { below, within };
}

function holds(schema: Schema | undefined, field: string): boolean {
  if (schema === undefined) return false;
  const { properties = {}, additionalProperties } = followed(schema);
  return Object.hasOwn(properties, field) || typeof additionalProperties === 'object';
}

const NONE: ReadonlySet<string> = new Set();

function explainMissing(missing: readonly string[], path: JsonPath, subject: Subject): void {
  if (missing.length === 0) return;
  const fields = missing.map((name) => `\`${name}\``).join(' and ');
  subject.report('NT1202', subject.place(path, 'key'), { place: named(path), fields });
}

/** A map whose `oneOf` only says which of some fields must be there. */
function explainExclusive(
  alternatives: readonly Schema[],
  map: Readonly<Record<string, unknown>>,
  meant: ReadonlySet<string>,
  path: JsonPath,
  subject: Subject,
): void {
  const names = alternatives.flatMap(({ required = [] }) => required);
  const present = names.filter((name) => Object.hasOwn(map, name));
  if (present.length === 0) {
    if (names.some((name) => meant.has(name))) return;
    const fields = names.map((name) => `\`${name}\``).join(' or ');
    subject.report('NT1202', subject.place(path, 'key'), { place: named(path), fields });
  } else if (present.length > 1) {
    const fields = present.map((name) => `\`${name}\``).join(' and ');
    subject.report('NT1217', subject.place(path, 'key'), { place: named(path), fields });
  }
}

/** Chooses the alternative that was meant by a field that tells them apart, or by the type. */
function explainAlternatives(
  schema: Schema,
  alternatives: readonly Schema[],
  value: unknown,
  path: JsonPath,
  subject: Subject,
): void {
  const fitting = alternatives.filter(({ type }) => type === undefined || hasType(value, type));
  const [only, second] = fitting;
  if (only === undefined) explainType(alternatives, value, path, subject);
  else if (second === undefined) explainSchema(only, value, path, subject);
  else explainByField(schema, fitting, value as Readonly<Record<string, unknown>>, path, subject);
}

function explainByField(
  schema: Schema,
  alternatives: readonly Schema[],
  map: Readonly<Record<string, unknown>>,
  path: JsonPath,
  subject: Subject,
): void {
  const field = Object.keys(alternatives[0]?.properties ?? {}).find((name) =>
    alternatives.every(({ properties }) => valuesOf(properties?.[name]).length > 0),
  );
  if (field === undefined)
    throw new Error(`no field tells the alternatives of ${schema.description ?? named(path)} apart`);
  if (!Object.hasOwn(map, field)) {
    const properties = Object.assign({}, ...alternatives.map((one) => one.properties)) as Readonly<
      Record<string, Schema>
    >;
    const misspelt = Object.keys(map).find(
      (name) => !Object.hasOwn(properties, name) && nearest(name, [field]) !== undefined,
    );
    if (misspelt === undefined) explainMissing([field], path, subject);
    else explainUnknownField(misspelt, { properties, meant: field }, map, path, subject);
    return;
  }
  const meant = alternatives.find(({ properties }) => valuesOf(properties?.[field]).includes(map[field]));
  if (meant !== undefined) explainSchema(meant, map, path, subject);
  else {
    const all = alternatives.flatMap(({ properties }) => valuesOf(properties?.[field]));
    explainEnum(all, map[field], [...path, field], subject);
  }
}

function valuesOf(schema: Schema | undefined): readonly unknown[] {
  if (schema === undefined) return [];
  return schema.enum ?? ('const' in schema ? [schema.const] : []);
}

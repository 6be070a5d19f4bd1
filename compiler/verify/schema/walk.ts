import type { Json, JsonObject } from '../../../spec/contract/source.ts';
import { sure } from '../../../spec/contract/sure.ts';
import { nearest } from '../../diagnostics/nearest.ts';
import { formatProblem } from './formats.ts';
import type { SchemaNode, SchemaPool, SchemaType } from './node.ts';

/** A place of a value that its schema refuses. */
export interface SchemaProblem {
  readonly kind: 'unknown' | 'wrong' | 'missing' | 'newer';
  /** Where it stands, as a JSON Pointer; of a missing key, the object that lacks it. */
  readonly field: string;
  /** What is wrong, to stand after the field. */
  readonly reason: string;
  /** The key that was probably meant. */
  readonly near?: string;
}

/** Most problems that one value is told: a wrong indent makes hundreds, and the first ones say it. */
const PROBLEMS_MAX = 20;

/**
 * What a schema refuses about a value, for a minor version of Kubernetes (`34`). Time is linear in the value: every node
 * sees its value once, and the few that try several schemas do so for small parts.
 */
export function schemaProblems(pool: SchemaPool, root: number, value: Json, minor: number): readonly SchemaProblem[] {
  const walker = new Walker(pool, minor);
  walker.check(value, root);
  return walker.problems;
}

class Walker {
  readonly problems: SchemaProblem[] = [];
  readonly #pool: SchemaPool;
  readonly #minor: number;
  readonly #path: (string | number)[] = [];
  #count = 0;

  constructor(pool: SchemaPool, minor: number) {
    this.#pool = pool;
    this.#minor = minor;
  }

  check(value: Json, at: number): void {
    const node = this.#node(at);
    if (value === null) {
      if (node.nullable !== true && (node.type ?? node.enum) !== undefined) this.#say('wrong', 'nothing stands here');
      return;
    }
    if (node.type !== undefined && !isOf(value, node.type)) {
      this.#say('wrong', `expected ${typeText(node.type)}, found ${nameOf(value)}`);
      return;
    }
    if (node.enum !== undefined && !node.enum.includes(value as string))
      this.#say('wrong', `expected ${choiceOf(node.enum)}, found \`${String(value)}\``);
    if (typeof value === 'string') this.#text(value, node);
    else if (typeof value === 'number') this.#number(value, node);
    else if (Array.isArray(value)) this.#list(value, node);
    else if (typeof value === 'object') this.#object(value as JsonObject, node);
    this.#combined(value, node);
  }

  #text(value: string, { minLength = 0, maxLength = Infinity, pattern, format }: SchemaNode): void {
    const length = maxLength < Infinity || minLength > 1 ? [...value].length : value.length;
    if (length < minLength) this.#say('wrong', minLength === 1 ? 'the text is empty' : `shorter than ${minLength}`);
    if (length > maxLength) this.#say('wrong', `longer than ${maxLength} characters`);
    if (pattern !== undefined && !expression(pattern).test(value)) this.#say('wrong', `does not match \`${pattern}\``);
    const problem = format === undefined ? undefined : formatProblem(format, value);
    if (problem !== undefined) this.#say('wrong', problem);
  }

  #number(value: number, { minimum = -Infinity, maximum = Infinity, format }: SchemaNode): void {
    if (value < minimum) this.#say('wrong', `less than ${minimum}`);
    if (value > maximum) this.#say('wrong', `more than ${maximum}`);
    const problem = format === undefined ? undefined : formatProblem(format, value);
    if (problem !== undefined) this.#say('wrong', problem);
  }

  #list(value: readonly Json[], { minItems = 0, maxItems = Infinity, items }: SchemaNode): void {
    if (value.length < minItems) this.#say('wrong', `fewer than ${minItems} ${minItems === 1 ? 'item' : 'items'}`);
    if (value.length > maxItems) this.#say('wrong', `more than ${maxItems} items`);
    if (items === undefined) return;
    for (let index = 0; index < value.length; index++)
      this.#within(index, sure(value[index], 'an item of the list'), items);
  }

  #object(value: JsonObject, node: SchemaNode): void {
    const { props, map, required, since, minProperties = 0, maxProperties = Infinity } = node;
    const keys = Object.keys(value);
    if (keys.length < minProperties) this.#say('wrong', `fewer than ${minProperties} keys`);
    if (keys.length > maxProperties) this.#say('wrong', `more than ${maxProperties} keys`);
    for (const key of required ?? []) if (value[key] === undefined) this.#say('missing', `\`${key}\` is missing`);
    for (const key of keys) {
      const inside = sure(value[key], 'a value of the object');
      const known = node.suffixed === true ? key.replace(/\/.*$/, '') : key;
      const place = props !== undefined && Object.hasOwn(props, known) ? props[known] : map;
      if (place !== undefined) {
        const first = since?.[key];
        if (first !== undefined && first > this.#minor) this.#newer(key, first);
        else this.#within(key, inside, place);
      } else if (props !== undefined && node.open !== true) this.#unknown(key, props);
    }
  }

  #newer(key: string, minor: number): void {
    this.#path.push(key);
    this.#say('newer', `came with Kubernetes 1.${minor}`);
    this.#path.pop();
  }

  #unknown(key: string, props: Readonly<Record<string, number>>): void {
    this.#path.push(key);
    const near = this.#count < PROBLEMS_MAX ? nearest(key, Object.keys(props)) : undefined;
    this.#say('unknown', 'there is no such field', near);
    this.#path.pop();
  }

  #within(step: string | number, value: Json, at: number): void {
    this.#path.push(step);
    this.check(value, at);
    this.#path.pop();
  }

  #combined(value: Json, { allOf, anyOf, oneOf, not }: SchemaNode): void {
    for (const part of allOf ?? []) this.check(value, part);
    if (anyOf !== undefined && !anyOf.some((part) => this.#fits(value, part))) this.#none(value, anyOf);
    if (oneOf !== undefined) {
      const fitting = oneOf.filter((part) => this.#fits(value, part));
      if (fitting.length === 0) this.#none(value, oneOf);
      if (fitting.length > 1) this.#say('wrong', this.#excludes(fitting, value));
    }
    for (const part of not ?? []) if (this.#fits(value, part)) this.#say('wrong', this.#excludes([part], value));
  }

  /** Where one schema alone is for values of this type, what it says about the value is what is wrong. */
  #none(value: Json, parts: readonly number[]): void {
    const meant = parts.filter((part) => {
      const { type } = this.#node(part);
      return type !== undefined && isOf(value, type);
    });
    if (meant.length === 1) this.check(value, sure(meant[0], 'the only one'));
    else this.#say('wrong', this.#needs(parts));
  }

  #fits(value: Json, at: number): boolean {
    const inner = new Walker(this.#pool, this.#minor);
    inner.check(value, at);
    return inner.#count === 0;
  }

  #needs(parts: readonly number[]): string {
    const nodes = parts.map((part) => this.#node(part));
    const types = nodes.flatMap(({ type }) => type ?? []);
    if (nodes.every(({ type, required }) => type !== undefined && required === undefined))
      return `expected ${typeText([...new Set(types)])}`;
    const keys = nodes.flatMap(({ required }) => required ?? []);
    return keys.length === 0 ? 'has none of the allowed forms' : `needs ${choiceOf([...new Set(keys)])}`;
  }

  #excludes(parts: readonly number[], value: Json): string {
    const keys = parts.flatMap((part) => this.#requiredIn(part)).filter((key) => hasKey(value, key));
    if (keys.length > 1) return `${listed([...new Set(keys)])} exclude each other`;
    return keys.length === 1 ? `\`${keys[0]}\` may not stand here` : 'has more than one of the allowed forms';
  }

  #requiredIn(at: number): readonly string[] {
    const { required = [], anyOf = [] } = this.#node(at);
    return [...required, ...anyOf.flatMap((part) => this.#requiredIn(part))];
  }

  #node(at: number): SchemaNode {
    return sure(this.#pool.nodes[at], 'a node of the pool');
  }

  #say(kind: SchemaProblem['kind'], reason: string, near?: string): void {
    if (++this.#count > PROBLEMS_MAX) return;
    this.problems.push({ kind, field: pointer(this.#path), reason, ...(near === undefined ? {} : { near }) });
  }
}

const expressions = new Map<string, RegExp>();

/** Patterns are written for RE2: letters of any case may be asked for in the middle. */
function expression(pattern: string): RegExp {
  const known = expressions.get(pattern);
  if (known !== undefined) return known;
  const insensitive = pattern.includes('(?i)');
  const made = new RegExp(pattern.replaceAll('(?i)', ''), insensitive ? 'iu' : 'u');
  expressions.set(pattern, made);
  return made;
}

function isOf(value: Json, type: SchemaType | readonly SchemaType[]): boolean {
  if (typeof type !== 'string') return type.some((one) => isOf(value, one));
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return typeof value === 'object' && !Array.isArray(value);
  return typeof value === type;
}

const TYPE_NAMES: Readonly<Record<SchemaType, string>> = {
  object: 'an object',
  array: 'a list',
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
};

function typeText(type: SchemaType | readonly SchemaType[]): string {
  return [type]
    .flat()
    .map((one) => TYPE_NAMES[one])
    .join(' or ');
}

function nameOf(value: Json): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'string') return 'a text';
  return typeof value === 'number' ? `the number ${value}` : `\`${String(value)}\``;
}

function choiceOf(values: readonly unknown[]): string {
  const shown = values.slice(0, 8).map((value) => `\`${String(value)}\``);
  return values.length > 8
    ? `one of ${shown.join(', ')} and ${values.length - 8} more`
    : shown.join(', ').replace(/, (?=[^,]*$)/, ' or ');
}

function listed(keys: readonly string[]): string {
  return keys
    .map((key) => `\`${key}\``)
    .join(', ')
    .replace(/, (?=[^,]*$)/, ' and ');
}

function hasKey(value: Json, key: string): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key);
}

function pointer(path: readonly (string | number)[]): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

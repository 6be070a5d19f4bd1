import type { Json, JsonObject } from '../../../spec/contract/source.ts';
import { sure } from '../../../spec/contract/sure.ts';
import { nearest } from '../../diagnostics/nearest.ts';
import { formatProblem } from './formats.ts';
import type { SchemaNode, SchemaPool, SchemaType } from './node.ts';
import { matchesPattern } from './pattern.ts';
import { typesOf, walkNodes } from './walk-node.ts';
import type { WalkNode } from './walk-node.ts';

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
  const walker = new Walker(walkNodes(pool), minor);
  walker.check(value, root);
  return walker.problems;
}

class Walker {
  readonly problems: SchemaProblem[] = [];
  readonly #node: (at: number) => WalkNode;
  readonly #minor: number;
  readonly #path: (string | number)[] = [];
  #count = 0;
  /** Somebody asks only whether a value fits, and has no use for words. */
  #isAsked = false;

  constructor(nodes: (at: number) => WalkNode, minor: number) {
    this.#node = nodes;
    this.#minor = minor;
  }

  check(value: Json, at: number): void {
    const node = this.#node(at);
    if (value === null) {
      if (!node.nullable) this.#say('wrong', 'nothing stands here');
      return;
    }
    const types = typesOf(value);
    if ((node.types & types) === 0) {
      this.#say('wrong', () => `expected ${typeText(sure(node.schema.type, 'a type'))}, found ${nameOf(value)}`);
      return;
    }
    const before = this.#count;
    if (node.enum !== undefined && !node.enum.includes(value)) this.#notChosen(value, node.enum);
    if (node.narrow) this.#narrowed(value, node.schema);
    if (typeof value === 'object') {
      if (Array.isArray(value)) this.#list(value as readonly Json[], node);
      else this.#object(value as JsonObject, node);
    }
    if (node.combined) this.#combined(value, node.schema, before);
  }

  #notChosen(value: Json, values: readonly unknown[]): void {
    this.#say('wrong', () => `expected ${choiceOf(values)}, found \`${String(value)}\``);
  }

  /** What is asked of a value besides its type and its parts. */
  #narrowed(value: Json, schema: SchemaNode): void {
    if (typeof value === 'string') this.#text(value, schema);
    else if (typeof value === 'number') this.#number(value, schema);
    else if (Array.isArray(value)) this.#length(value.length, schema);
    else if (typeof value === 'object' && value !== null) this.#size(Object.keys(value).length, schema);
  }

  #text(value: string, { minLength = 0, maxLength = Infinity, pattern, format }: SchemaNode): void {
    const length = maxLength < Infinity || minLength > 1 ? characters(value) : value.length;
    if (length < minLength) this.#say('wrong', minLength === 1 ? 'the text is empty' : `shorter than ${minLength}`);
    if (length > maxLength) this.#say('wrong', `longer than ${maxLength} characters`);
    if (pattern !== undefined && !matchesPattern(pattern, value)) this.#say('wrong', `does not match \`${pattern}\``);
    const problem = format === undefined ? undefined : formatProblem(format, value);
    if (problem !== undefined) this.#say('wrong', problem);
  }

  #number(value: number, { minimum = -Infinity, maximum = Infinity, format }: SchemaNode): void {
    if (value < minimum) this.#say('wrong', `less than ${minimum}`);
    if (value > maximum) this.#say('wrong', `more than ${maximum}`);
    const problem = format === undefined ? undefined : formatProblem(format, value);
    if (problem !== undefined) this.#say('wrong', problem);
  }

  #length(length: number, { minItems = 0, maxItems = Infinity }: SchemaNode): void {
    if (length < minItems) this.#say('wrong', `fewer than ${minItems} ${minItems === 1 ? 'item' : 'items'}`);
    if (length > maxItems) this.#say('wrong', `more than ${maxItems} items`);
  }

  #size(size: number, { minProperties = 0, maxProperties = Infinity }: SchemaNode): void {
    if (size < minProperties) this.#say('wrong', `fewer than ${minProperties} keys`);
    if (size > maxProperties) this.#say('wrong', `more than ${maxProperties} keys`);
  }

  #list(value: readonly Json[], { items }: WalkNode): void {
    if (items === undefined) return;
    for (let index = 0; index < value.length; index++)
      this.#within(index, sure(value[index], 'an item of the list'), items);
  }

  #object(value: JsonObject, node: WalkNode): void {
    const { props, map, since, closed } = node;
    const missing = node.required.filter((key) => value[key] === undefined);
    for (const key of missing.length === 0 ? missing : this.#notMeant(missing, value, node))
      this.#say('missing', `\`${key}\` is missing`);
    if (props === undefined && map === undefined) return;
    for (const key of Object.keys(value)) {
      const inside = sure(value[key], 'a value of the object');
      const place = props?.get(node.suffixed ? key.replace(/\/.*$/, '') : key) ?? map;
      if (place !== undefined) {
        const first = since?.get(key);
        if (first !== undefined && first > this.#minor) this.#newer(key, first);
        else this.#within(key, inside, place);
      } else if (closed) this.#unknown(key, node);
    }
  }

  /** Missing keys that no unknown one was meant to be: of a misspelt key it is enough to say what it should be. */
  #notMeant(
    missing: readonly string[],
    value: JsonObject,
    { props, map, closed, schema }: WalkNode,
  ): readonly string[] {
    if (!closed || this.#isAsked || map !== undefined || props === undefined) return missing;
    const unknown = Object.keys(value).filter((key) => !props.has(key));
    const meant = new Set(unknown.map((key) => nearest(key, Object.keys(schema.props ?? {}))));
    return missing.filter((key) => !meant.has(key));
  }

  #newer(key: string, minor: number): void {
    this.#path.push(key);
    this.#say('newer', `came with Kubernetes 1.${minor}`);
    this.#path.pop();
  }

  #unknown(key: string, { schema }: WalkNode): void {
    this.#path.push(key);
    const isTold = !this.#isAsked && this.#count < PROBLEMS_MAX;
    const near = isTold ? nearest(key, Object.keys(schema.props ?? {})) : undefined;
    this.#say('unknown', 'there is no such field', near);
    this.#path.pop();
  }

  #within(step: string | number, value: Json, at: number): void {
    this.#path.push(step);
    this.check(value, at);
    this.#path.pop();
  }

  /** Whether its forms fit a value that is wrong anyway nobody can tell: `before` is how many problems there were without it. */
  #combined(value: Json, { allOf, anyOf, oneOf, not }: SchemaNode, before: number): void {
    for (const part of allOf ?? []) this.check(value, part);
    if (this.#count > before) return;
    if (anyOf !== undefined && !anyOf.some((part) => this.#fits(value, part))) this.#none(value, anyOf);
    if (oneOf !== undefined) {
      const fitting = oneOf.filter((part) => this.#fits(value, part));
      if (fitting.length === 0) this.#none(value, oneOf);
      if (fitting.length > 1) this.#say('wrong', () => this.#excludes(fitting, value));
    }
    if (this.#count > before) return;
    for (const part of not ?? []) if (this.#fits(value, part)) this.#say('wrong', () => this.#excludes([part], value));
  }

  /** Where one schema alone is for values of this type, what it says about the value is what is wrong. */
  #none(value: Json, parts: readonly number[]): void {
    const meant = parts.filter((part) => {
      const { schema, types } = this.#node(part);
      return schema.type !== undefined && (types & typesOf(value)) !== 0;
    });
    if (meant.length === 1) this.check(value, sure(meant[0], 'the only one'));
    else this.#say('wrong', () => this.#needs(parts));
  }

  #fits(value: Json, at: number): boolean {
    const inner = new Walker(this.#node, this.#minor);
    inner.#isAsked = true;
    inner.check(value, at);
    return inner.#count === 0;
  }

  #needs(parts: readonly number[]): string {
    const nodes = parts.map((part) => this.#node(part).schema);
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
    const { required = [], anyOf = [] } = this.#node(at).schema;
    return [...required, ...anyOf.flatMap((part) => this.#requiredIn(part))];
  }

  #say(kind: SchemaProblem['kind'], reason: string | (() => string), near?: string): void {
    if (++this.#count > PROBLEMS_MAX || this.#isAsked) return;
    const told = typeof reason === 'string' ? reason : reason();
    this.problems.push({ kind, field: pointer(this.#path), reason: told, ...(near === undefined ? {} : { near }) });
  }
}

/** How many a text has; letters beyond U+FFFF are two units of it and one character. */
function characters(text: string): number {
  let count = text.length;
  for (let at = 0; at < text.length - 1; at++) if ((text.codePointAt(at) ?? 0) > 0xffff) count -= 1;
  return count;
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

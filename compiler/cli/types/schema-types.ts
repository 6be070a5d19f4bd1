import type { Json, JsonObject } from '../../../spec/contract/source.ts';
import { schemaAt } from '../../../spec/contract/task-schema/reference.ts';

/** A type as text. What is not `whole` stands in brackets where more is said of it. */
interface Type {
  readonly text: string;
  readonly whole: boolean;
}

/** Kinds of JSON values as a type names them. */
const KINDS = ['null', 'boolean', 'number', 'string', 'array', 'object'] as const;
type Kind = (typeof KINDS)[number];

const UNKNOWN: Type = { text: 'unknown', whole: true };
const NEVER: Type = { text: 'never', whole: true };
const OF_OBJECTS = ['properties', 'patternProperties', 'additionalProperties', 'required', 'unevaluatedProperties'];
const OF_LISTS = ['items', 'prefixItems', 'unevaluatedItems'];
/** Keywords beside which what is `unevaluated` is more than what the schema itself does not name. */
const CHOICES = ['$ref', 'allOf', 'anyOf', 'oneOf', 'if', 'then', 'else', 'dependentSchemas'];

/** A schema that has a name of its own: one of a file, or one that is referred to. */
interface Named {
  readonly name: string;
  readonly schema: JsonObject;
  readonly root: JsonObject;
  readonly kinds: readonly Kind[];
}

/**
 * TypeScript of the JSON Schemas of task types. What a type cannot say (bounds, patterns, `not`, `if`, `contains` and their
 * kin) is left out: each value that a schema takes has its type, and the scheduler refuses the rest.
 *
 * Refused: json-schema-to-typescript. It knows no `prefixItems`, reads references that ours do not have, and brings a formatter.
 */
export class SchemaTypes {
  /** Names that mean something else in the text. */
  readonly #taken = new Set(['Tasks', 'Fleets', 'ReadonlyArray']);
  /** By the schema; inputs are objects, whether or not their schema says so. */
  readonly #named = { any: new Map<JsonObject, Named>(), object: new Map<JsonObject, Named>() };
  readonly #waiting: Named[] = [];

  /** The name that a schema of a file has in the text, `wanted` where it is free. */
  nameOf(schema: JsonObject, wanted: string, side: 'input' | 'output'): string {
    const isObject = side === 'input' && schema['type'] === undefined;
    return this.#name(schema, schema, wanted, isObject ? 'object' : 'any');
  }

  /** The types of all schemas that have a name, those that they lead to among them. */
  declarations(): string[] {
    const all: string[] = [];
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      const { name, schema, root, kinds } = next;
      const type = new Writer((ref) => this.#refer(root, ref, name)).typeOf(schema, '', kinds);
      all.push(`${comment(schema, '')}type ${name} = ${type.text};`);
    }
    return all;
  }

  #refer(root: JsonObject, ref: string, within: string): Type {
    const target = schemaAt(root, ref);
    if (typeof target === 'boolean') return target ? UNKNOWN : NEVER;
    const name = this.#name(target as JsonObject, root, `${within}${pascal(ref.split('/').at(-1) ?? '')}`, 'any');
    return { text: name, whole: true };
  }

  #name(schema: JsonObject, root: JsonObject, wanted: string, as: 'any' | 'object'): string {
    const known = this.#named[as].get(schema);
    if (known !== undefined) return known.name;
    let name = wanted;
    for (let count = 2; this.#taken.has(name); count++) name = `${wanted}${count}`;
    this.#taken.add(name);
    const named = { name, schema, root, kinds: as === 'any' ? KINDS : (['object'] as const) };
    this.#named[as].set(schema, named);
    this.#waiting.push(named);
    return name;
  }
}

/** `ticket-reply.input` -> `TicketReplyInput` */
export function pascal(text: string): string {
  const words = text.match(/[A-Za-z0-9]+/g) ?? [];
  return words.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`).join('');
}

/** The name of a field, in quotes where it needs them. */
export function keyOf(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : JSON.stringify(name);
}

/** Writes the type of one schema; `refer` gives the names of others. */
class Writer {
  readonly #refer: (ref: string) => Type;

  constructor(refer: (ref: string) => Type) {
    this.#refer = refer;
  }

  typeOf(schema: Json, indent: string, kinds: readonly Kind[] = KINDS): Type {
    if (typeof schema === 'boolean') return schema ? UNKNOWN : NEVER;
    const node = schema as JsonObject;
    const { type, $ref, allOf = [], anyOf, oneOf } = node;
    const own = type === undefined ? kinds : kinds.filter((kind) => kindsOf(type).includes(kind));
    // What is judged together is of the same kind: a branch need not repeat it.
    const listed = (schemas: Json): Type[] => (schemas as readonly Json[]).map((one) => this.typeOf(one, indent, own));
    const others = [
      ...($ref === undefined ? [] : [this.#refer($ref as string)]),
      ...listed(allOf),
      ...[anyOf, oneOf].filter((choice) => choice !== undefined).map((choice) => union(listed(choice))),
    ];
    const says = ['const', 'enum', ...OF_OBJECTS, ...OF_LISTS].some((keyword) => node[keyword] !== undefined);
    return intersection(says || others.length === 0 ? [this.#own(node, own, indent), ...others] : others);
  }

  /** What the schema says by itself. */
  #own(schema: JsonObject, kinds: readonly Kind[], indent: string): Type {
    const values = schema['const'] === undefined ? schema['enum'] : [schema['const']];
    if (values !== undefined) {
      const fitting = (values as readonly Json[]).filter((value) => kinds.includes(kindOf(value)));
      return union(fitting.map(literal));
    }
    const says = [...OF_OBJECTS, ...OF_LISTS].some((keyword) => schema[keyword] !== undefined);
    if (kinds.length === KINDS.length && !says) return UNKNOWN;
    return union(
      kinds.map((kind) => {
        if (kind === 'object') return this.#object(schema, indent);
        return kind === 'array' ? this.#list(schema, indent) : { text: kind, whole: true };
      }),
    );
  }

  #object(schema: JsonObject, indent: string): Type {
    const properties = Object.entries((schema['properties'] ?? {}) as JsonObject);
    const required = new Set((schema['required'] ?? []) as readonly string[]);
    const patterns = Object.values((schema['patternProperties'] ?? {}) as JsonObject);
    const others = schema['additionalProperties'] ?? beside(schema, 'unevaluatedProperties');
    const within = `${indent}  `;
    const rest = union([...patterns, others].map((one) => this.typeOf(one, within)));
    const isClosed = patterns.length === 0 && others === false;
    const fields = properties.map(([name, one]) => {
      const mark = required.delete(name) ? '' : '?';
      return `${comment(one, within)}${within}readonly ${keyOf(name)}${mark}: ${this.typeOf(one, within).text};\n`;
    });
    for (const name of required) fields.push(`${within}readonly ${keyOf(name)}: ${rest.text};\n`);
    // Named fields have to have the type of the index too.
    const index = properties.length === 0 ? rest.text : 'unknown';
    if (!isClosed || fields.length === 0) fields.push(`${within}readonly [field: string]: ${index};\n`);
    return { text: `{\n${fields.join('')}${indent}}`, whole: true };
  }

  #list(schema: JsonObject, indent: string): Type {
    const { prefixItems, minItems = 0, maxItems = Infinity } = schema;
    const items = schema['items'] ?? beside(schema, 'unevaluatedItems');
    const rest = `ReadonlyArray<${this.typeOf(items, indent).text}>`;
    if (prefixItems === undefined) return { text: rest, whole: true };
    const first = (prefixItems as readonly Json[]).map((one, index) => {
      const type = bracketed(this.typeOf(one, indent));
      return index < Number(minItems) ? type : `${type}?`;
    });
    const isClosed = items === false || Number(maxItems) <= first.length;
    const parts = [...first.slice(0, Number(maxItems)), ...(isClosed ? [] : [`...${rest}`])];
    return { text: `readonly [${parts.join(', ')}]`, whole: false };
  }
}

/** What a schema says of what no other keyword has looked at, where that is what it does not name itself. */
function beside(schema: JsonObject, keyword: string): Json {
  const isAlone = !CHOICES.some((choice) => schema[choice] !== undefined);
  return (isAlone && schema['contains'] === undefined ? schema[keyword] : undefined) ?? true;
}

function kindsOf(type: Json): readonly string[] {
  const types = typeof type === 'string' ? [type] : (type as readonly string[]);
  return types.map((one) => (one === 'integer' ? 'number' : one));
}

function kindOf(value: Json): Kind {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : (typeof value as Kind);
}

function literal(value: Json): Type {
  if (Array.isArray(value)) {
    return { text: `readonly [${value.map((one: Json) => literal(one).text).join(', ')}]`, whole: false };
  }
  if (typeof value !== 'object' || value === null) return { text: JSON.stringify(value), whole: true };
  const fields = Object.entries(value).map(([name, one]) => `readonly ${keyOf(name)}: ${literal(one).text}`);
  const text = fields.length === 0 ? 'readonly [field: string]: never' : fields.join('; ');
  return { text: `{ ${text} }`, whole: true };
}

function union(types: readonly Type[]): Type {
  const texts = new Set(types.map(({ text }) => text).filter((text) => text !== NEVER.text));
  if (texts.has(UNKNOWN.text)) return UNKNOWN;
  if (texts.size > 1) return { text: [...texts].join(' | '), whole: false };
  return types.find(({ text }) => texts.has(text)) ?? NEVER;
}

function intersection(types: readonly Type[]): Type {
  const said = types.filter(({ text }) => text !== UNKNOWN.text);
  if (said.some(({ text }) => text === NEVER.text)) return NEVER;
  const texts = new Set(said.map(bracketed));
  if (texts.size > 1) return { text: [...texts].join(' & '), whole: false };
  return said[0] ?? UNKNOWN;
}

function bracketed({ text, whole }: Type): string {
  return whole ? text : `(${text})`;
}

/** What the schema says about itself, where nothing in it can end the comment or be an order to the compiler. */
function comment(schema: Json, indent: string): string {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return '';
  const { title, description = title ?? '', deprecated } = schema as JsonObject;
  const told = oneLine(description as string);
  const texts = [...(told === '' ? [] : [told]), ...(deprecated === true ? ['@deprecated'] : [])];
  return texts.map((text) => `${indent}/** ${text} */\n`).join('');
}

/** A text of a comment, on one line: it neither ends the comment nor begins with `@`. */
export function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Z}]+/gu, ' ')
    .trim()
    .replaceAll('*/', '*\\/')
    .replace(/^(?=[* ]*@)/, '\\');
}

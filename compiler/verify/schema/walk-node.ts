import type { Json } from '../../../spec/contract/source.ts';
import { sure } from '../../../spec/contract/sure.ts';
import type { SchemaNode, SchemaPool, SchemaType } from './node.ts';

/**
 * A node of the pool as the walker wants it. Nodes of JSON have as many shapes as they have sets of keys, and V8 finds a
 * field of an object of any of hundreds of shapes ten times as slowly as one of a single shape: every field is always here.
 */
export class WalkNode {
  readonly schema: SchemaNode;
  /** What the value may be, as bits of `typesOf`; -1 where it may be anything. */
  readonly types: number;
  readonly nullable: boolean;
  readonly enum: readonly unknown[] | undefined;
  /** Whether more than the type is asked of a text, a number, or the size of a list or an object. */
  readonly narrow: boolean;
  /** Whether other nodes speak about the same value. */
  readonly combined: boolean;
  readonly props: ReadonlyMap<string, number> | undefined;
  readonly closed: boolean;
  readonly suffixed: boolean;
  readonly required: readonly string[];
  readonly since: ReadonlyMap<string, number> | undefined;
  readonly map: number | undefined;
  readonly items: number | undefined;

  constructor(schema: SchemaNode) {
    const { type, props, since, required = [], map, items } = schema;
    this.schema = schema;
    this.types = type === undefined ? -1 : maskOf(type);
    this.nullable = schema.nullable === true || (type ?? schema.enum) === undefined;
    this.enum = schema.enum;
    this.narrow = NARROWING.some((key) => schema[key] !== undefined);
    this.combined = COMBINING.some((key) => schema[key] !== undefined);
    this.props = props && new Map(Object.entries(props));
    this.closed = props !== undefined && schema.open !== true;
    this.suffixed = schema.suffixed === true;
    this.required = required;
    this.since = since && new Map(Object.entries(since));
    this.map = map;
    this.items = items;
  }
}

const NARROWING = [
  ...(['pattern', 'format', 'minimum', 'maximum', 'minLength', 'maxLength'] as const),
  ...(['minItems', 'maxItems', 'minProperties', 'maxProperties'] as const),
] as const;

const COMBINING = ['allOf', 'anyOf', 'oneOf', 'not'] as const;

const nodesOfPool = new WeakMap<SchemaPool, (WalkNode | undefined)[]>();

/** Nodes of a pool by their place in it: most objects meet a few hundred of thousands, which are made when they are met. */
export function walkNodes(pool: SchemaPool): (at: number) => WalkNode {
  let nodes = nodesOfPool.get(pool);
  if (nodes === undefined) nodesOfPool.set(pool, (nodes = []));
  const met = nodes;
  return (at) => (met[at] ??= new WalkNode(sure(pool.node?.(at) ?? pool.nodes[at], 'a node of the pool')));
}

const BITS: Readonly<Record<SchemaType, number>> = {
  object: 1,
  array: 2,
  string: 4,
  boolean: 8,
  number: 16,
  integer: 32,
};

/** The types that a value is of, as bits. */
export function typesOf(value: Json): number {
  if (typeof value === 'string') return BITS.string;
  if (typeof value === 'number') return Number.isInteger(value) ? BITS.number | BITS.integer : BITS.number;
  if (typeof value === 'boolean') return BITS.boolean;
  return Array.isArray(value) ? BITS.array : BITS.object;
}

function maskOf(type: SchemaType | readonly SchemaType[]): number {
  return typeof type === 'string' ? BITS[type] : type.reduce((mask, one) => mask | BITS[one], 0);
}

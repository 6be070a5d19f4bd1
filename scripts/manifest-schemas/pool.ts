import type { SchemaNode, SchemaPool } from '../../compiler/verify/schema/node.ts';
import type { OwnKind, Schema } from './own-schema.ts';
import type { ReadNode, ValidatorReader } from './read-validator.ts';
import { FIELDS_LOST, FIELDS_SINCE } from './versions.ts';

const COMBINED = ['allOf', 'anyOf', 'oneOf', 'not'] as const;

/** Gathers schemas; parts that are equal become one node. */
export class PoolBuilder {
  readonly #nodes: SchemaNode[] = [];
  readonly #places = new Map<string, number>();
  readonly #known = new Map<string, number>();
  readonly #kinds: Record<string, number> = {};
  readonly #reader: ValidatorReader;
  readonly #fileOf: (name: string) => string;

  /** `fileOf`: where a part of Kubernetes' own is. */
  constructor(reader: ValidatorReader, fileOf: (name: string) => string) {
    this.#reader = reader;
    this.#fileOf = fileOf;
  }

  get pool(): SchemaPool {
    const kinds = Object.entries(this.#kinds).sort(([a], [b]) => (a < b ? -1 : 1));
    return pruned(this.#nodes, Object.fromEntries(kinds));
  }

  /** Adds a kind of a package. What stands in `status` is not for manifests: it is anything. */
  addKind(kind: string, key: string): void {
    const node = this.#nodes[this.#read(key)] ?? {};
    const status = node.props?.['status'] === undefined ? {} : { status: this.#place({ type: 'object' }) };
    this.#kinds[kind] = this.#place({ ...node, props: { ...node.props, ...status } });
  }

  /** Adds a kind that no package knows. */
  addOwn({ apiVersion, kind, spec, required, beside }: OwnKind): void {
    this.#kinds[`${apiVersion}/${kind}`] = this.#own({
      type: 'object',
      props: {
        apiVersion: { type: 'string', enum: [apiVersion] },
        kind: { type: 'string', enum: [kind] },
        metadata: { core: 'apimachinery.pkg.apis.meta.v1.ObjectMeta' },
        spec,
        status: { type: 'object' },
        ...beside,
      },
      required: ['apiVersion', 'kind', ...(required ? ['spec'] : [])],
    });
  }

  /** Replaces what a pointer of properties leads to (`spec/template`) in a kind. `[]` stands for the items of a list. */
  refine(kind: string, path: string, schema: Schema): void {
    const root = this.#kinds[kind];
    if (root === undefined) throw new Error(`no kind ${kind}`);
    this.#kinds[kind] = this.#refined(root, path.split('/'), schema);
  }

  #refined(at: number, [first = '', ...rest]: readonly string[], schema: Schema): number {
    if (first === '') return this.#own(schema);
    const node = this.#nodes[at] ?? {};
    if (first === '[]') return this.#place({ ...node, items: this.#refined(node.items ?? -1, rest, schema) });
    const inside = node.props?.[first];
    if (inside === undefined && rest.length > 0) throw new Error(`no property ${first}`);
    return this.#place({ ...node, props: { ...node.props, [first]: this.#refined(inside ?? -1, rest, schema) } });
  }

  #props(props: Readonly<Record<string, string>>): Record<string, number> {
    return Object.fromEntries(Object.entries(props).map(([name, key]) => [name, this.#read(key)]));
  }

  #read(key: string): number {
    const known = this.#known.get(key);
    if (known === -1) throw new Error(`${key} contains itself`);
    if (known !== undefined) return known;
    this.#known.set(key, -1);
    const node = this.#reader.node(key);
    const file = /([^/]+)\.js#/.exec(key)?.[1] ?? '';
    const since = FIELDS_SINCE[file];
    const later = since !== undefined && this.#reader.isMain(key) ? { since } : {};
    const whole = { ...this.#whole(node), ...later };
    const lost = this.#reader.isMain(key) ? (FIELDS_LOST[file] ?? {}) : {};
    const place = this.#place(Object.keys(lost).length === 0 ? whole : this.#withLost(whole, lost));
    this.#known.set(key, place);
    return place;
  }

  #withLost(node: SchemaNode, lost: Readonly<Record<string, Schema>>): SchemaNode {
    const props = Object.entries(lost).map(([name, schema]) => [name, this.#own(schema)] as const);
    return { ...node, props: { ...node.props, ...Object.fromEntries(props) } };
  }

  #whole({ props, map, items, allOf, anyOf, oneOf, not, ...node }: ReadNode): SchemaNode {
    const [other, ...others] = allOf ?? [];
    // A node that is nothing but another one, and may be null.
    if (other !== undefined && others.length === 0 && Object.keys(node).every((key) => key === 'nullable'))
      if (props === undefined) return { ...this.#nodes[this.#read(other)], ...node };
    const found: Record<string, unknown> = { ...node };
    if (props !== undefined) found['props'] = this.#props(props);
    if (map !== undefined) found['map'] = this.#read(map);
    if (items !== undefined) found['items'] = this.#read(items);
    for (const [how, keys] of Object.entries({ allOf, anyOf, oneOf, not }))
      if (keys !== undefined) found[how] = keys.map((key) => this.#opened(this.#read(key)));
    return this.#merged(found);
  }

  /** What all of several schemas know is known here: only then can the whole be closed. */
  #merged({ allOf, ...node }: SchemaNode): SchemaNode {
    if (allOf === undefined) return node;
    const others = allOf.map((place) => this.#nodes[place] ?? {});
    if (others.some(({ map }) => map !== undefined)) throw new Error('a map among several schemas');
    const rest = allOf.filter((_, index) => others[index]?.props === undefined);
    const required = [...new Set([node, ...others].flatMap((one) => one.required ?? []))];
    return {
      type: 'object',
      ...node,
      props: Object.assign({}, ...others.map(({ props }) => props), node.props) as Record<string, number>,
      ...(required.length === 0 ? {} : { required }),
      ...(rest.length === 0 ? {} : { allOf: rest }),
    };
  }

  /** One of several schemas for a value does not close it: the others know more keys. */
  #opened(place: number): number {
    const node = this.#nodes[place] ?? {};
    return node.props === undefined ? place : this.#place({ ...node, open: true });
  }

  #own(schema: Schema): number {
    if ('core' in schema) {
      const place = this.#read(this.#reader.schemaOf(this.#fileOf(schema.core)));
      return place;
    }
    const found: Record<string, unknown> = { ...schema };
    if (schema.props !== undefined)
      found['props'] = Object.fromEntries(Object.entries(schema.props).map(([name, part]) => [name, this.#own(part)]));
    if (schema.map !== undefined) found['map'] = this.#own(schema.map);
    if (schema.items !== undefined) found['items'] = this.#own(schema.items);
    for (const how of COMBINED) {
      const parts = schema[how];
      if (parts !== undefined) found[how] = parts.map((part) => this.#opened(this.#own(part)));
    }
    return this.#place(found);
  }

  #place(node: SchemaNode): number {
    const text = JSON.stringify(Object.fromEntries(Object.entries(node).sort(([a], [b]) => (a < b ? -1 : 1))));
    const known = this.#places.get(text);
    if (known !== undefined) return known;
    this.#places.set(text, this.#nodes.length);
    this.#nodes.push(JSON.parse(text) as SchemaNode);
    return this.#nodes.length - 1;
  }
}

/** Only the nodes that a kind leads to, in the order in which they are met: a change stays small in a review. */
function pruned(nodes: readonly SchemaNode[], kinds: Readonly<Record<string, number>>): SchemaPool {
  const places = new Map<number, number>();
  const kept: SchemaNode[] = [];
  const keep = (place: number): number => {
    const known = places.get(place);
    if (known !== undefined) return known;
    const { props, map, items, ...node } = nodes[place] ?? {};
    const found: Record<string, unknown> = { ...node };
    if (props !== undefined)
      found['props'] = Object.fromEntries(Object.entries(props).map(([name, part]) => [name, keep(part)]));
    if (map !== undefined) found['map'] = keep(map);
    if (items !== undefined) found['items'] = keep(items);
    for (const how of COMBINED) if (node[how] !== undefined) found[how] = node[how].map(keep);
    places.set(place, kept.length);
    kept.push(found);
    return kept.length - 1;
  };
  const roots = Object.entries(kinds).map(([kind, place]) => [kind, keep(place)] as const);
  return { nodes: kept, kinds: Object.fromEntries(roots) };
}

import { readFileSync, readdirSync } from 'node:fs';

/** The source schemas as tests look at them. */
export interface SchemaNode {
  readonly [keyword: string]: unknown;
}

/** One schema inside a source schema, with the way to it: `Fleet/$defs/spec/properties/agent`. */
export interface Visited {
  readonly at: string;
  readonly node: SchemaNode;
}

const FOLDER = new URL('../schema/', import.meta.url);

/** The source schemas, by file name. */
export function readSources(): ReadonlyMap<string, SchemaNode> {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.schema.json'));
  return new Map(names.map((name) => [name, JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as SchemaNode]));
}

/** Every schema inside the sources, the sources themselves left out. */
export function everyNode(): readonly Visited[] {
  return [...readSources().values()].flatMap((source) => nodesBelow(String(source['title']), source));
}

function nodesBelow(at: string, node: SchemaNode): readonly Visited[] {
  return childrenOf(node).flatMap(([name, child]) => {
    return [{ at: `${at}/${name}`, node: child }, ...nodesBelow(`${at}/${name}`, child)];
  });
}

function childrenOf(node: SchemaNode): readonly (readonly [string, SchemaNode])[] {
  const maps = ['$defs', 'properties'].flatMap((keyword) => {
    const map = (node[keyword] ?? {}) as Readonly<Record<string, SchemaNode>>;
    return Object.entries(map).map(([name, child]) => [`${keyword}/${name}`, child] as const);
  });
  const single = ['items', 'additionalProperties', 'propertyNames']
    .filter((keyword) => typeof node[keyword] === 'object')
    .map((keyword) => [keyword, node[keyword] as SchemaNode] as const);
  const alternatives = ((node['oneOf'] ?? []) as readonly SchemaNode[]).map(
    (one, index) => [`oneOf/${index}`, one] as const,
  );
  return [...maps, ...single, ...alternatives];
}

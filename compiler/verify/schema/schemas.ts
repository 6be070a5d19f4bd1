import { schemaText } from '../generated/schemas.ts';
import type { SchemaNode, SchemaPool } from './node.ts';

let pool: SchemaPool | undefined;

/** The schemas of all kinds that are known. */
export function manifestSchemas(): SchemaPool {
  return (pool ??= readPool(schemaText));
}

/** Between the kinds and the nodes, of which each has a line. */
const NODES = ',\n"nodes":[\n';

/** A pool whose nodes are parsed when they are asked for: a compile meets a few hundred of thousands. */
function readPool(text: string): SchemaPool {
  const at = text.indexOf(NODES);
  const { kinds } = JSON.parse(`${text.slice(0, at)}}`) as Pick<SchemaPool, 'kinds'>;
  const lines = text.slice(at + NODES.length, -']}'.length).split(',\n');
  let nodes: SchemaPool['nodes'] | undefined;
  return {
    kinds,
    get nodes() {
      return (nodes ??= lines.map((line) => JSON.parse(line) as SchemaNode));
    },
    node: (place) => {
      const line = lines[place];
      return line === undefined ? undefined : (JSON.parse(line) as SchemaNode);
    },
  };
}

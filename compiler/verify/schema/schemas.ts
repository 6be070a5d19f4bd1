import { schemaText } from '../generated/schemas.ts';
import type { SchemaPool } from './node.ts';

let parsed: SchemaPool | undefined;

/** The schemas of all kinds that are known. Parsed at the first call. */
export function manifestSchemas(): SchemaPool {
  parsed ??= JSON.parse(schemaText) as SchemaPool;
  return parsed;
}

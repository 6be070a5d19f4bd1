import { expect, test } from 'vitest';
import { schemaText } from '../generated/schemas.ts';
import type { SchemaPool } from './node.ts';
import { manifestSchemas } from './schemas.ts';

test('a node that is read alone is that of the whole, and there is none after the last', () => {
  const whole = JSON.parse(schemaText) as SchemaPool;
  const pool = manifestSchemas();
  expect(pool.kinds).toEqual(whole.kinds);
  expect(whole.nodes.length).toBeGreaterThan(1000);
  expect(whole.nodes.map((_, at) => pool.node?.(at))).toEqual(whole.nodes);
  expect(pool.node?.(whole.nodes.length)).toBeUndefined();
  expect(pool.nodes).toEqual(whole.nodes);
});

import type { JsonObject } from '../../spec/contract/source.ts';
import type { ProblemFacts } from '../closure/facts.ts';
import { nearest } from '../diagnostics/nearest.ts';
import type { SchemaPool } from './schema/node.ts';
import { schemaProblems } from './schema/walk.ts';
import { notServed } from './versions.ts';

/** What is wrong with an object, and at which field. */
export type ObjectProblem = Pick<ProblemFacts, 'code' | 'field' | 'reason' | 'near'>;

/**
 * What a cluster of this minor version (`34`) would refuse about one object, or drop without a word, by its schema alone:
 * unknown fields, wrong types and values, fields and kinds that are not there yet or no more.
 */
export function verifyObject(value: JsonObject, minor: number, pool: SchemaPool): readonly ObjectProblem[] {
  const { apiVersion, kind } = value;
  if (typeof apiVersion !== 'string' || apiVersion === '') return [absent('apiVersion', value)];
  if (typeof kind !== 'string' || kind === '') return [absent('kind', value)];
  const reason = notServed(apiVersion, kind, minor);
  if (reason !== undefined) return [{ code: 'NT3104', field: '/apiVersion', reason }];
  const key = `${apiVersion}/${kind}`;
  if (!Object.hasOwn(pool.kinds, key)) return [unknownKind(apiVersion, kind, pool)];
  return schemaProblems(pool, pool.kinds[key] ?? 0, value, minor).map(({ kind: what, field, ...rest }) => {
    if (what === 'unknown') return { code: 'NT3101', field, ...rest };
    if (what === 'newer') return { code: 'NT3104', field, reason: `${rest.reason}, and this is 1.${minor}` };
    return { code: 'NT3102', field: field === '' ? '/' : field, ...rest };
  });
}

function absent(key: string, value: JsonObject): ObjectProblem {
  const near = nearest(key, Object.keys(value));
  const hint = near === undefined ? '' : `; \`${near}\` stands here`;
  return { code: 'NT3102', field: `/${key}`, reason: `it has no \`${key}\`${hint}` };
}

function unknownKind(apiVersion: string, kind: string, { kinds }: SchemaPool): ObjectProblem {
  const reason = `no schema of \`${apiVersion}\` ${kind} is known`;
  const other = Object.keys(kinds).find(
    (key) => key.endsWith(`/${kind}`) && key.includes('.') === apiVersion.includes('.'),
  );
  const near = other?.slice(0, -kind.length - 1) ?? nearest(kind, kindsOf(apiVersion, kinds));
  return { code: 'NT3103', field: other === undefined ? '/kind' : '/apiVersion', reason, ...(near && { near }) };
}

function kindsOf(apiVersion: string, kinds: SchemaPool['kinds']): string[] {
  const prefix = `${apiVersion}/`;
  return Object.keys(kinds).flatMap((key) => (key.startsWith(prefix) ? [key.slice(prefix.length)] : []));
}

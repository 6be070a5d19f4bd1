import type { Json } from '../../spec/contract/source.ts';
import type { PatchOperation } from '../core/model.ts';
import { keysOf } from './pointer.ts';

/** What an operation did to a value. `unchanged` and `failed` leave it as it was. */
export type Outcome =
  | { readonly is: 'changed'; readonly value: Json }
  | { readonly is: 'unchanged' }
  | { readonly is: 'failed'; readonly reason: string };

const UNCHANGED: Outcome = { is: 'unchanged' };

/** Applies one operation of RFC 6902 and gives a new value; nothing that was given is changed. */
export function applyOperation(value: Json, operation: PatchOperation): Outcome {
  return step(value, keysOf(operation.path), operation);
}

function step(value: Json, [key = '', ...rest]: readonly string[], operation: PatchOperation): Outcome {
  if (typeof value !== 'object' || value === null)
    return failed(`\`${key}\` is looked for in a value that has no fields`);
  if (Array.isArray(value)) return inList(value as readonly Json[], key, rest, operation);
  const map = value as Readonly<Record<string, Json>>;
  const there = Object.hasOwn(map, key) ? map[key] : undefined;
  if (rest.length > 0) {
    if (there === undefined) return failed(`there is no \`${key}\``);
    return into(step(there, rest, operation), (changed) => ({ ...map, [key]: changed }));
  }
  return last(there, key, operation, {
    set: (changed) => ({ ...map, [key]: changed }),
    drop: () => Object.fromEntries(Object.entries(map).filter(([name]) => name !== key)),
  });
}

function inList(list: readonly Json[], key: string, rest: readonly string[], operation: PatchOperation): Outcome {
  if (operation.op === 'add' && rest.length === 0) return insert(list, key, operation.value);
  const index = /^(0|[1-9][0-9]*)$/.test(key) ? Number(key) : -1;
  const there = list[index];
  if (there === undefined) return failed(`the list has no item ${key}`);
  const replaced = (changed: Json) => list.map((item, place) => (place === index ? changed : item));
  if (rest.length > 0) return into(step(there, rest, operation), replaced);
  return last(there, key, operation, { set: replaced, drop: () => list.filter((_, place) => place !== index) });
}

function insert(list: readonly Json[], key: string, value: Json): Outcome {
  const index = key === '-' ? list.length : /^(0|[1-9][0-9]*)$/.test(key) ? Number(key) : -1;
  if (index < 0 || index > list.length) return failed(`the list has no place ${key}`);
  return { is: 'changed', value: [...list.slice(0, index), value, ...list.slice(index)] };
}

interface Change {
  readonly set: (value: Json) => Json;
  readonly drop: () => Json;
}

function last(there: Json | undefined, key: string, operation: PatchOperation, { set, drop }: Change): Outcome {
  if (operation.op === 'add')
    return same(there, operation.value) ? UNCHANGED : { is: 'changed', value: set(operation.value) };
  if (there === undefined) return failed(`there is no \`${key}\``);
  if (operation.op === 'remove') return { is: 'changed', value: drop() };
  if (operation.op === 'test') return same(there, operation.value) ? UNCHANGED : failed(`\`${key}\` has another value`);
  return same(there, operation.value) ? UNCHANGED : { is: 'changed', value: set(operation.value) };
}

function into(outcome: Outcome, wrap: (value: Json) => Json): Outcome {
  return outcome.is === 'changed' ? { is: 'changed', value: wrap(outcome.value) } : outcome;
}

function failed(reason: string): Outcome {
  return { is: 'failed', reason };
}

/** Whether two values are the same JSON, whatever the order of their keys. */
function same(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [a as Readonly<Record<string, Json>>, b as Readonly<Record<string, Json>>];
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => same(left[key], right[key]));
}

import { expect, test } from 'vitest';
import type { Json } from '../../spec/contract/source.ts';
import type { PatchOperation } from '../core/model.ts';
import { applyOperation } from './operations.ts';

const value: Json = { a: { 'x/y': 1, 'm~n': 2 }, list: [{ name: 'one' }, 'two'], text: 'plain', nothing: null };

function after(operation: PatchOperation): unknown {
  const outcome = applyOperation(value, operation);
  if (outcome.is === 'failed') return outcome.reason;
  return outcome.is === 'changed' ? outcome.value : outcome.is;
}

test('add sets a field, replaces one that is there, and reads escaped keys', () => {
  expect(after({ op: 'add', path: '/new', value: 3 })).toEqual({ ...(value as object), new: 3 });
  expect(after({ op: 'add', path: '/a/x~1y', value: 3 })).toMatchObject({ a: { 'x/y': 3, 'm~n': 2 } });
  expect(after({ op: 'add', path: '/a/m~0n', value: 3 })).toMatchObject({ a: { 'x/y': 1, 'm~n': 3 } });
});

test('add puts an item into a list, before another or at the end', () => {
  expect(after({ op: 'add', path: '/list/0', value: 0 })).toMatchObject({ list: [0, { name: 'one' }, 'two'] });
  expect(after({ op: 'add', path: '/list/2', value: 0 })).toMatchObject({ list: [{ name: 'one' }, 'two', 0] });
  expect(after({ op: 'add', path: '/list/-', value: 0 })).toMatchObject({ list: [{ name: 'one' }, 'two', 0] });
  expect(after({ op: 'add', path: '/list/3', value: 0 })).toBe('the list has no place 3');
  expect(after({ op: 'add', path: '/list/01', value: 0 })).toBe('the list has no place 01');
});

test('replace and remove need a value that is there', () => {
  expect(after({ op: 'replace', path: '/list/0/name', value: 'uno' })).toMatchObject({
    list: [{ name: 'uno' }, 'two'],
  });
  expect(after({ op: 'replace', path: '/list/1', value: 'zwei' })).toMatchObject({ list: [{ name: 'one' }, 'zwei'] });
  expect(after({ op: 'remove', path: '/list/0' })).toMatchObject({ list: ['two'] });
  expect(after({ op: 'remove', path: '/a' })).toEqual({ list: [{ name: 'one' }, 'two'], text: 'plain', nothing: null });
  expect(after({ op: 'replace', path: '/none', value: 1 })).toBe('there is no `none`');
  expect(after({ op: 'remove', path: '/list/-' })).toBe('the list has no item -');
  expect(after({ op: 'remove', path: '/none/deeper' })).toBe('there is no `none`');
  expect(after({ op: 'remove', path: '/text/deeper' })).toBe('`deeper` is looked for in a value that has no fields');
  expect(after({ op: 'remove', path: '/nothing/deeper' })).toBe('`deeper` is looked for in a value that has no fields');
  expect(after({ op: 'remove', path: '/toString' })).toBe('there is no `toString`');
});

test('what is there already is not changed, whatever the order of its keys', () => {
  expect(after({ op: 'replace', path: '/text', value: 'plain' })).toBe('unchanged');
  expect(after({ op: 'add', path: '/a', value: { 'm~n': 2, 'x/y': 1 } })).toBe('unchanged');
  expect(after({ op: 'add', path: '/a', value: ['x/y', 'm~n'] })).toMatchObject({ a: ['x/y', 'm~n'] });
  expect(after({ op: 'replace', path: '/a', value: { 'x/y': 1 } })).toMatchObject({ a: { 'x/y': 1 } });
});

test('a test operation compares and changes nothing', () => {
  expect(after({ op: 'test', path: '/list', value: [{ name: 'one' }, 'two'] })).toBe('unchanged');
  expect(after({ op: 'test', path: '/list', value: [{ name: 'one' }] })).toBe('`list` has another value');
});

test('a value that was given is never changed', () => {
  const before = structuredClone(value);
  applyOperation(value, { op: 'add', path: '/list/0', value: 0 });
  applyOperation(value, { op: 'remove', path: '/a/x~1y' });
  expect(value).toEqual(before);
});

import { expect, test } from 'vitest';
import type { Operation } from '../store.ts';
import { encodeBatch } from './encode.ts';

type Claim = Extract<Operation, { op: 'claim' }>;
const claim = (agent: string, more: Partial<Claim> = {}): Claim => ({
  op: 'claim',
  agent,
  lanes: [1, 2],
  count: 1,
  looks: 8,
  ...more,
});

/** The number of operations and their arguments. */
function encoded(...operations: readonly Operation[]): string {
  const batch = { scheduler: 's-1', prevLsn: 0, lsn: 1, number: 1, after: 0, tokenFloor: 0, beat: 0, operations };
  return encodeBatch(batch).slice(8).join(' ');
}

test('claims that follow one another and ask for the same are one question', () => {
  const lanes = [1, 2];
  expect(encoded(claim('a', { lanes }), claim('b', { lanes }), claim('c'))).toBe('1 C 1 8 2 3 1 2 a b c');
});

test('what asks for something else, or comes after something else, is a question of its own', () => {
  expect(encoded(claim('a'), claim('b', { count: 2 }))).toBe('2 C 1 8 2 1 1 2 a C 2 8 2 1 1 2 b');
  expect(encoded(claim('a'), claim('b', { looks: 9 }))).toBe('2 C 1 8 2 1 1 2 a C 1 9 2 1 1 2 b');
  expect(encoded(claim('a'), claim('b', { lanes: [1] }))).toBe('2 C 1 8 2 1 1 2 a C 1 8 1 1 1 b');
  expect(encoded(claim('a'), claim('b', { lanes: [1, 3] }))).toBe('2 C 1 8 2 1 1 2 a C 1 8 2 1 1 3 b');
  expect(encoded(claim('a'), { op: 'redrive', id: 't' }, claim('b'))).toBe('3 C 1 8 2 1 1 2 a V t C 1 8 2 1 1 2 b');
});

test('a batch may hold nothing', () => {
  expect(encoded()).toBe('0');
});

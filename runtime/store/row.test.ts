import { expect, test } from 'vitest';
import { task } from './testing/bench.ts';
import { FIELDS, decodeRow, emptyRow, encodeMeta, encodeRow, newRow } from './row.ts';

test('a record is read as it was written, field by field', () => {
  const row = Object.fromEntries(
    FIELDS.map((field, index) => [field, typeof emptyRow(0)[field] === 'number' ? index : `x${index}`]),
  );
  const text = FIELDS.map((field) => row[field]).join('|');
  expect(decodeRow(text)).toEqual(row);
  expect(encodeRow(decodeRow(text))).toBe(text);
});

test('what a submission brings is the end of its record', () => {
  const one = task('t1', { key: 'k', affinity: 's', priority: 'high' });
  expect(encodeRow(newRow(one, 5)).endsWith(`|d1|${encodeMeta(one)}`)).toBe(true);
});

test('a text that nobody of ours wrote is refused', () => {
  expect(() => decodeRow('R|1')).toThrow('a broken record of 2 fields');
});

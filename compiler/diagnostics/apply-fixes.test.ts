import { expect, test } from 'vitest';
import { applyFixes } from './apply-fixes.ts';
import type { Diagnostic } from './diagnostic.ts';

type Edit = readonly [file: string, start: number, end: number, text: string];

function fixing(...edits: readonly Edit[]): Diagnostic {
  const spans = edits.map(([file, start, end, text]) => ({ at: { file, start, end }, text }));
  const [first] = spans;
  if (first === undefined) throw new Error('a fix has an edit');
  const { at } = first;
  const message = edits.join();
  return { code: 'NT1201', severity: 'error', message, at, related: [], notes: [], fix: { title: 'x', edits: spans } };
}

const FILES = [
  { path: 'a', text: '0123456789' },
  { path: 'b', text: 'xyz' },
];

test('all fixes of a run are applied at their places, whatever their order', () => {
  const problems = [
    fixing(['a', 8, 9, 'EIGHT']),
    fixing(['a', 1, 3, '']),
    fixing(['b', 0, 0, '> ']),
    fixing(['a', 3, 4, '3']),
  ];
  const { files, applied, skipped } = applyFixes(FILES, problems);
  expect(files).toEqual([
    { path: 'a', text: '034567EIGHT9' },
    { path: 'b', text: '> xyz' },
  ]);
  expect([applied.length, skipped.length]).toEqual([4, 0]);
});

test('of two fixes that overlap the first is applied and the second waits, whole', () => {
  const { files, applied, skipped } = applyFixes(FILES, [
    fixing(['a', 4, 6, 'B'], ['b', 0, 1, 'B']),
    fixing(['a', 2, 5, 'A']),
  ]);
  expect(files).toEqual([{ path: 'a', text: '01A56789' }]);
  expect([applied.length, skipped.length]).toEqual([1, 1]);
});

test('two insertions at one place are two fixes, the same one twice is one', () => {
  const { files, skipped } = applyFixes(FILES, [
    fixing(['a', 0, 0, 'x']),
    { ...fixing(['a', 0, 0, 'x']), message: 'again' },
    fixing(['a', 0, 0, 'y']),
  ]);
  expect(files).toEqual([{ path: 'a', text: 'x0123456789' }]);
  expect(skipped).toHaveLength(1);
});

test('problems without a fix, fixes of unknown files and fixes that change nothing leave the texts alone', () => {
  const { fix: _, ...without } = fixing(['a', 0, 1, 'z']);
  const { files, applied, skipped } = applyFixes(FILES, [without, fixing(['c', 0, 1, 'z']), fixing(['a', 0, 1, '0'])]);
  expect(files).toEqual([]);
  expect([applied.length, skipped.length]).toEqual([1, 1]);
});

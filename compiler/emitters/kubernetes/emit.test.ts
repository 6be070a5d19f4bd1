import { expect, test } from 'vitest';
import { goldenExpected, goldenNames, goldenText } from '../testing/golden.ts';

test.each(goldenNames())('%s compiles to its golden file', async (name) => {
  expect(await goldenText(name)).toBe(goldenExpected(name));
});

test('there are golden files', () => {
  expect(goldenNames().length).toBeGreaterThanOrEqual(8);
});

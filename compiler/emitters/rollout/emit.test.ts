import { expect, test } from 'vitest';
import { goldenFiles, goldenText } from '../testing/golden.ts';

const files = goldenFiles('rollout');

test.each(files)('$name is what its spec compiles to', async (file) => {
  expect(await goldenText('rollout', file)).toBe(file.present);
});

test('there are golden files', () => {
  expect(files.length).toBeGreaterThanOrEqual(5);
});

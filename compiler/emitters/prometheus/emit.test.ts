import { expect, test } from 'vitest';
import { goldenFiles, goldenText } from '../testing/golden.ts';

const files = goldenFiles('prometheus');

test.each(files)('$name is what its spec compiles to', async (file) => {
  expect(await goldenText('prometheus', file)).toBe(file.present);
});

test('there are golden files of fleets and of the platform', () => {
  expect(files.length).toBe(9);
});

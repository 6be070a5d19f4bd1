import { expect, test } from 'vitest';
import { goldenFiles, goldenText } from '../testing/golden.ts';
import { emittedText } from '../testing/field-changes.ts';

const files = goldenFiles('chaos');

test.each(files)('$name is what its spec compiles to', async (file) => {
  expect(await goldenText('chaos', file)).toBe(file.present);
});

test('there are golden files of a fleet and of the platform', () => {
  expect(files.map(({ name }) => name)).toEqual([
    'memory/platform/chaos-engineering--golden.yaml',
    'memory/platform/chaos.yaml',
  ]);
});

test('no experiment runs because it was merged', async () => {
  const states = (await emittedText(['chaos', 'chaos-shared'], {})).match(/engineState: \S+/g) ?? [];
  expect(states.length).toBeGreaterThan(6);
  expect(new Set(states)).toEqual(new Set(['engineState: stop']));
});

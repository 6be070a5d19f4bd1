import { expect, test } from 'vitest';
import { goldenFiles, goldenText } from '../testing/golden.ts';

const files = goldenFiles('telemetry');

test.each(files)('$name is what its spec compiles to', async (file) => {
  expect(await goldenText('telemetry', file)).toBe(file.present);
});

test('every way of keeping traces and logs has golden files', () => {
  expect(files.map(({ name }) => name)).toEqual([
    'memory/platform/traces.yaml',
    'named-search/platform/logs.yaml',
    'named-search/platform/traces.yaml',
    'own-search/platform/logs.yaml',
    'own-search/platform/traces.yaml',
    'own-search/platform/vault.yaml',
  ]);
});

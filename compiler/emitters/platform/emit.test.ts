import { expect, test } from 'vitest';
import { goldenFiles, goldenText } from '../testing/golden.ts';

const files = goldenFiles('platform');

test.each(files)('$name is what its spec compiles to', async (file) => {
  expect(await goldenText('platform', file)).toBe(file.present);
});

test('both meshes have golden files', () => {
  expect(files.map(({ name }) => name)).toEqual([
    'ambient/platform/kubernetes.yaml',
    'ambient/platform/scheduler.yaml',
    'ambient/platform/store.yaml',
    'sidecar/platform/kubernetes.yaml',
    'sidecar/platform/scheduler.yaml',
    'sidecar/platform/store.yaml',
    'sidecar/platform/vault.yaml',
  ]);
});

import { expect, test } from 'vitest';
import { goldenFiles, goldenText } from '../testing/golden.ts';

const files = goldenFiles('argocd');

test.each(files)('$name is what its spec compiles to', async (file) => {
  expect(await goldenText('argocd', file)).toBe(file.present);
});

test('there are golden files of an environment that changes are promoted into, and of one where they are tried', () => {
  expect(files.map(({ name }) => name)).toEqual([
    'guarded/argocd/BOOTSTRAP.md',
    'guarded/argocd/platform.yaml',
    'guarded/argocd/root.yaml',
    'guarded/argocd/settings.yaml',
    'guarded/argocd/team-engineering.yaml',
    'tried/argocd/BOOTSTRAP.md',
    'tried/argocd/platform.yaml',
    'tried/argocd/root.yaml',
    'tried/argocd/team-engineering.yaml',
  ]);
});

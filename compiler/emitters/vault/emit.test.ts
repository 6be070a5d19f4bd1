import { expect, test } from 'vitest';
import { goldenFiles, goldenText } from '../testing/golden.ts';

const files = goldenFiles('vault');

test.each(files)('$name is what its spec compiles to', async (file) => {
  expect(await goldenText('vault', file)).toBe(file.present);
});

test('both servers and both ways of delivery have golden files', () => {
  expect(files.map(({ name }) => name)).toEqual(
    ['openbao-eso', 'openbao-vso', 'vault-eso', 'vault-vso'].flatMap((one) => [
      `${one}/platform/vault-engineering--golden.yaml`,
      `${one}/platform/vault.yaml`,
      `${one}/vault.yaml`,
    ]),
  );
});

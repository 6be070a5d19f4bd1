import { expect, test } from 'vitest';
import { goldenFiles, goldenText } from '../testing/golden.ts';

const files = goldenFiles('grafana');

test.each(files)('$name is what its spec compiles to', async (file) => {
  expect(await goldenText('grafana', file)).toBe(file.present);
});

test('there are golden files of each output, of fleets and of the platform', () => {
  expect(files.map(({ name }) => name)).toEqual([
    'config-map/grafana.yaml',
    'operator-v2/grafana.yaml',
    'operator-v2/platform/grafana.yaml',
    'operator/grafana.yaml',
    'operator/platform/grafana.yaml',
  ]);
});

import { expect, test } from 'vitest';
import { generated, outdated } from './generate.ts';

test('every generated file is what the schemas say', async () => {
  expect(await outdated()).toEqual([]);
});

test('the generator makes the same bytes twice', async () => {
  expect([...(await generated())]).toEqual([...(await generated())]);
});

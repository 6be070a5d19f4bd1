import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { chooseByWeight, stableHash } from './hash.ts';

const GOLDEN = JSON.parse(readFileSync(new URL('./golden/hash.json', import.meta.url), 'utf8')) as {
  text: string;
  hash: number;
}[];

test('the hash is the one that other languages compute', () => {
  expect(GOLDEN.length).toBe(10);
  expect(GOLDEN.map(({ text }) => ({ text, hash: stableHash(text) }))).toEqual(GOLDEN);
});

test('a lone surrogate counts as the replacement character', () => {
  expect(stableHash('\ud800')).toBe(stableHash('\ufffd'));
});

test('keys spread by the weights', () => {
  const items = [
    { name: 'a', weight: 70 },
    { name: 'b', weight: 25 },
    { name: 'none', weight: 0 },
    { name: 'c', weight: 5 },
  ];
  const counts = new Map<string | undefined, number>();
  for (let key = 0; key < 10_000; key++) {
    const chosen = chooseByWeight(items, `tenant-${key}`)?.name;
    counts.set(chosen, (counts.get(chosen) ?? 0) + 1);
  }
  expect([...counts.keys()].sort()).toEqual(['a', 'b', 'c']);
  expect(Math.abs((counts.get('a') ?? 0) - 7000)).toBeLessThan(200);
  expect(Math.abs((counts.get('c') ?? 0) - 500)).toBeLessThan(100);
});

test('moving weight from one to another moves only as many keys', () => {
  const before = [
    { name: 'old', weight: 95 },
    { name: 'new', weight: 5 },
  ];
  const after = [
    { name: 'old', weight: 75 },
    { name: 'new', weight: 25 },
  ];
  const keys = Array.from({ length: 2000 }, (_, key) => `k${key}`);
  const back = keys.filter(
    (key) => chooseByWeight(before, key)?.name === 'new' && chooseByWeight(after, key)?.name === 'old',
  );
  expect(back).toEqual([]);
});

test('without a positive weight nothing is chosen', () => {
  expect(chooseByWeight([], 'k')).toBeUndefined();
  expect(chooseByWeight([{ weight: 0 }, { weight: -1 }], 'k')).toBeUndefined();
});

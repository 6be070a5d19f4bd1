import { expect, test } from 'vitest';
import { labelValue } from './names.ts';

/** What Kubernetes takes as the value of a label. */
const VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;

test.for([
  ['v1.2', 'v1.2'],
  ['0123456789ab', '0123456789ab'],
  ['', ''],
  ['a'.repeat(63), 'a'.repeat(63)],
  ['v1.', 'v1-d146c29a'],
  ['v1_', 'v1-19e84fc9'],
  ['_v1', 'v1-70a87c26'],
  ['___', 'bda25155'],
  ['v1+build.7', 'v1-build.7-63a53d54'],
  [`${'b'.repeat(53)}.-${'c'.repeat(73)}`, `${'b'.repeat(53)}-145c8f9d`],
] as const)('the label of %s is %s', ([text, value]) => {
  expect(labelValue(text)).toBe(value);
  expect(value).toMatch(VALUE);
  expect(value.length).toBeLessThanOrEqual(63);
});

test('tags that differ behind what a label has room for have other labels', () => {
  const [one, other] = ['1', '2'].map((end) => labelValue(`${'main-'.repeat(20)}${end}`));
  expect(one).not.toBe(other);
  expect(labelValue(`${'main-'.repeat(20)}1`)).toBe(one);
});

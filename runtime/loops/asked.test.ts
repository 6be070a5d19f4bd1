import { expect, test } from 'vitest';
import { reasonText } from '../core/reason-text.ts';
import { askedValue, readAsked } from './asked.ts';

test('what was asked is read back as it was written, and a long reason is cut to what the store takes', () => {
  const sinceMs = 1_800_000_000_000;
  expect(readAsked(askedValue({ sinceMs, reason: 'incident/42' }))).toEqual({ sinceMs, reason: 'incident/42' });
  const long = askedValue({ sinceMs, reason: reasonText('x'.repeat(200)) });
  expect(long).toHaveLength(96);
  expect(readAsked(long)).toMatchObject({ sinceMs, reason: expect.stringMatching(/^x+$/) as string });
});

test('a reason that an earlier version wrote alone is a reason without a time', () => {
  for (const reason of ['asked', '42/incident', '2026/maintenance']) expect(readAsked(reason)).toEqual({ reason });
});

import { expect, test } from 'vitest';
import { reasonText } from '../core/reason-text.ts';
import { askedValue, readAsked } from './asked.ts';

test('what was asked is read back as it was written', () => {
  const sinceMs = 1_800_000_000_000;
  expect(readAsked(askedValue({ sinceMs, reason: 'incident/42' }))).toEqual({ sinceMs, reason: 'incident/42' });
  const long = reasonText('ü/'.repeat(100));
  expect(readAsked(askedValue({ sinceMs, reason: long }))).toEqual({ sinceMs, reason: long });
});

test('a reason that an earlier version wrote alone is a reason without a time', () => {
  for (const reason of ['asked', '42/incident', '2026/maintenance']) expect(readAsked(reason)).toEqual({ reason });
});

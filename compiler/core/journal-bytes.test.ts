import { expect, test } from 'vitest';
import { REFUSED_FROM } from '../../spec/contract/overload.ts';
import { journalAlarmBytes, journalBytesMax } from './journal-bytes.ts';

const GIB = 1024 ** 3;

test('somebody hears of a journal before submissions are refused, and that is before its volume is full', () => {
  const volume = { journalBytes: 10 * GIB, mirrored: false };
  expect(journalBytesMax(volume) / GIB).toBe(7.5);
  expect(journalAlarmBytes(volume)).toBeLessThan(journalBytesMax(volume) * REFUSED_FROM.normal);
});

test('where there are mirrors, two journals and the beyond of one fit on the volume', () => {
  const most = journalBytesMax({ journalBytes: 10 * GIB, mirrored: true });
  expect(most / GIB).toBe(3.75);
  expect((most + most * 1.25) / GIB).toBeLessThan(9);
});

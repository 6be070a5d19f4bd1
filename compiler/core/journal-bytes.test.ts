import { expect, test } from 'vitest';
import { REFUSED_FROM } from '../../spec/contract/overload.ts';
import { auditBytesMax, journalAlarmBytes, journalBytesMax } from './journal-bytes.ts';

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

test('what the audit log may take fits beside that, and is what its writer needs on the smallest volume', () => {
  for (const mirrored of [false, true]) {
    const volume = { journalBytes: 10 * GIB, mirrored };
    const mirror = mirrored ? journalBytesMax(volume) * 1.25 : 0;
    expect((journalBytesMax(volume) + mirror + auditBytesMax(volume)) / GIB).toBeLessThan(9.1);
    // Four files of 16 MiB: see `audit.fileBytesMax` of the scheduler.
    expect(auditBytesMax({ journalBytes: GIB, mirrored })).toBeGreaterThanOrEqual(4 * 16 * 1024 ** 2);
  }
});

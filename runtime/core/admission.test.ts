import { expect, test } from 'vitest';
import { admit, fullBucket, retryAfterSeconds, type Load } from './admission.ts';

const BOUNDS = {
  bodyBytesMax: 1000,
  journalBytesMax: 100_000,
  backlogAgeMsMax: 10_000,
  sender: { perSecond: 2, burst: 3 },
};
const IDLE: Load = { journalBytes: 0, backlogAgeMs: 0 };
const NORMAL = { bodyBytes: 10, priority: 'normal' } as const;

test('a submission is admitted and takes a token', () => {
  expect(admit(NORMAL, IDLE, fullBucket(BOUNDS, 0), BOUNDS, 0)).toEqual({
    kind: 'admitted',
    bucket: { tokens: 2, atMs: 0 },
  });
});

test('a body that is too large is refused, and no token is taken', () => {
  expect(admit({ ...NORMAL, bodyBytes: 1001 }, IDLE, fullBucket(BOUNDS, 0), BOUNDS, 0)).toEqual({
    kind: 'too-large',
    bytesMax: 1000,
  });
});

test('a sender that sends too much is told when it has a token again', () => {
  const empty = { tokens: 0, atMs: 1000 };
  expect(admit(NORMAL, IDLE, empty, BOUNDS, 1100)).toEqual({
    kind: 'too-many',
    retryAfterMs: 400,
    bucket: { tokens: 0.2, atMs: 1100 },
  });
  expect(admit(NORMAL, IDLE, empty, BOUNDS, 1500)).toMatchObject({ kind: 'admitted', bucket: { tokens: 0 } });
  expect(admit(NORMAL, IDLE, empty, BOUNDS, 999_000)).toMatchObject({ bucket: { tokens: 2 } });
});

test('a clock that goes back gives nobody a token', () => {
  expect(admit(NORMAL, IDLE, { tokens: 0, atMs: 1000 }, BOUNDS, 0)).toMatchObject({ kind: 'too-many' });
});

test('the less urgent are refused first as the load rises', () => {
  const refused = (journalBytes: number) =>
    (['low', 'normal', 'high', 'urgent', 'critical'] as const).filter(
      (priority) =>
        admit({ ...NORMAL, priority }, { ...IDLE, journalBytes }, fullBucket(BOUNDS, 0), BOUNDS, 0).kind ===
        'overloaded',
    );
  expect(refused(49_999)).toEqual([]);
  expect(refused(50_000)).toEqual(['low']);
  expect(refused(90_000)).toEqual(['low', 'normal', 'high']);
  expect(refused(100_000)).toEqual(['low', 'normal', 'high', 'urgent', 'critical']);
});

test('an overload says what is overloaded, and the longer it is the longer to wait', () => {
  const at = (load: Load) => admit(NORMAL, load, fullBucket(BOUNDS, 0), BOUNDS, 0);
  expect(at({ journalBytes: 0, backlogAgeMs: 7000 })).toEqual({
    kind: 'overloaded',
    retryAfterMs: 1000,
    because: 'backlog-age',
  });
  expect(at({ journalBytes: 140_000, backlogAgeMs: 0 })).toEqual({
    kind: 'overloaded',
    retryAfterMs: 16_000,
    because: 'journal-bytes',
  });
  expect(at({ journalBytes: 9_000_000, backlogAgeMs: 0 })).toMatchObject({ retryAfterMs: 30_000 });
});

test('Retry-After is in whole seconds and never 0', () => {
  expect([0, 400, 1000, 1001].map(retryAfterSeconds)).toEqual([1, 1, 1, 2]);
});

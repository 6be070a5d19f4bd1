import { expect, test } from 'vitest';
import type { Batch, Operation } from '../store.ts';
import { decodeAnswer } from './decode.ts';

/** What only a script that is not ours could answer. */
function decoded(reply: unknown, operation: Operation = { op: 'get', id: 't1' }): unknown {
  const batch = { operations: [operation] } as unknown as Batch;
  return decodeAnswer(['ok', '1', '2', '', '0', '0', reply === undefined ? [] : [reply]], batch);
}

test('an answer that is none of ours is an error that shows it, and is never taken for one', () => {
  expect(() => decoded(undefined)).toThrow('the store did not answer get');
  expect(() => decoded(null)).toThrow('the store did not answer get');
  expect(() => decoded('!?')).toThrow('the store answered get with "!?"');
  expect(() => decoded(['!'])).toThrow('the store answered get with "!"');
  expect(() => decoded(['c', '', '1'], { op: 'claimed', number: 1 })).toThrow('a broken record');
  expect(() => decoded(['c', ''], { op: 'claimed', number: 1 })).toThrow('the store did not answer claimed');
  expect(() => decoded(['c', '', '0', '0'], { op: 'claimed', number: 1 })).toThrow(
    'the store answered what it was not asked',
  );
});

test('claims that were asked together are answered one by one', () => {
  const operation = { op: 'claim', lanes: [1], count: 1, looks: 8 } as const;
  const batch = { operations: ['a', 'b'].map((agent) => ({ ...operation, agent })) } as unknown as Batch;
  const none = { kind: 'claims', claims: [], held: 'paused' };
  expect(decodeAnswer(['ok', '1', '2', '', '0', '0', [['c', 'paused', '0', '0']]], batch)).toMatchObject({
    replies: [none, none],
  });
});

test('lists that lack their parts are empty, not broken', () => {
  expect(decoded(['t'], { op: 'tick', limit: 1 })).toMatchObject({
    replies: [{ kind: 'ticked', events: [], switches: new Map() }],
  });
  expect(decoded(['l'], { op: 'list', of: 'dead', lane: 1, offset: 0, limit: 1 })).toMatchObject({
    replies: [{ kind: 'tasks', records: [] }],
  });
});

import { expect, test } from 'vitest';
import { StoreFailure } from '../store-failure.ts';
import { asStoreFailure } from './failure.ts';

function replyError(message: string): Error {
  return Object.assign(new Error(message), { name: 'ReplyError' });
}

test.each([
  ["OOM command not allowed when used memory > 'maxmemory'.", 'full'],
  ['ERR Error running script (call to f_ab): @user_script:12: OOM command not allowed', 'full'],
  ['ERR Error running script (call to f_ab): @user_script:12: @user_script: 12: -READONLY You can not', 'unavailable'],
  ['ERR user_script:12: -OOM command not allowed', 'full'],
  ['-ERR Out of memory', 'full'],
  ['LOADING Dragonfly is loading the dataset in memory', 'unavailable'],
  ["READONLY You can't write against a read only replica.", 'unavailable'],
  ['ERR user_script:3: READONLY you can not', 'unavailable'],
  ['MISCONF Errors writing to the AOF file', 'unavailable'],
  ['CLUSTERDOWN Hash slot not served', 'unavailable'],
  ['MOVED 3999 127.0.0.1:6381', 'unavailable'],
  ['BUSY Redis is busy running a script', 'unavailable'],
  ['NOAUTH Authentication required.', 'refused'],
  ['WRONGPASS invalid username-password pair', 'refused'],
  ["NOPERM this user has no permissions to run the 'evalsha' command", 'refused'],
  ["ERR unknown command 'EVALSHA'", 'refused'],
  ['ERR max number of clients reached', 'unavailable'],
  ['upstream failure', 'unavailable'],
])('%s', (message, kind) => {
  const failure = asStoreFailure(replyError(message));
  expect(failure).toBeInstanceOf(StoreFailure);
  expect(failure).toMatchObject({ kind, message: message.slice(0, 200) });
});

test('a server that asks for a login, and a connection that is gone, are told in words', () => {
  const stranger = asStoreFailure(replyError('ERR Protocol error: unauthenticated multibulk length'));
  expect(stranger).toMatchObject({
    kind: 'refused',
    message: expect.stringMatching(/^it asks for a login \(ERR /) as string,
  });
  const closed = asStoreFailure(new Error("Stream isn't writeable and enableOfflineQueue options is false"));
  expect(closed).toMatchObject({ kind: 'unavailable', message: 'there is no connection' });
});

test('what is no answer of the server means that it is away', () => {
  expect(asStoreFailure(new Error('Command timed out'))).toMatchObject({ kind: 'unavailable' });
  expect(asStoreFailure(new Error('x'.repeat(500))).message).toHaveLength(200);
});

test('a complaint of our own script stays what it is, and so does what is no error at all', () => {
  const ours = replyError('ERR user_script:7: attempt to index a nil value');
  expect(asStoreFailure(ours)).toBe(ours);
  const wrong = replyError('ERR Error compiling script (new function): user_script:1: unexpected symbol');
  expect(asStoreFailure(wrong)).toBe(wrong);
  expect(asStoreFailure('no error')).toMatchObject({ message: 'the store failed without a reason', cause: 'no error' });
});

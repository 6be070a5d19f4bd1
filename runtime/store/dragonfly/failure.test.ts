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

test.each([
  'ERR user_script:7: attempt to index a nil value',
  'ERR Error compiling script (new function): user_script:1: unexpected symbol',
  "ERR The user executing the script can't run this command or subcommand script: 40f, on @user_script:91.",
  "ERR Error running script (call to f_ab): @user_script:91: @user_script: 91: -NOPERM The user executing the script can't run",
  "ERR ACL failure in script: User default has no permissions to run the 'time' command script: 40f, on @user_script:91.",
])('what ends the script refuses one shard, and ends nothing else: %s', (message) => {
  expect(asStoreFailure(replyError(message))).toMatchObject({ name: 'StoreFailure', kind: 'refused' });
});

test('a key that somebody else has written is told in words', () => {
  const message = 'WRONGTYPE Operation against a key holding the wrong kind of value script: 40f, on @user_script:320.';
  expect(asStoreFailure(replyError(message))).toMatchObject({
    kind: 'refused',
    message: `somebody else has written to our keys in it (${message})`,
  });
});

test('what is no error at all is a failure too', () => {
  expect(asStoreFailure('no error')).toMatchObject({ message: 'the store failed without a reason', cause: 'no error' });
});

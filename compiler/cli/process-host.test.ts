import { EventEmitter } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { processHost } from './process-host.ts';
import type { RunningProcess } from './process-host.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A process of our own: its streams and signals are real, its end is only noted. */
function running(more: { readonly columns?: number; readonly input?: readonly string[] } = {}) {
  const exits: unknown[] = [];
  const signals = new EventEmitter();
  const terminal = more.columns === undefined ? {} : { isTTY: true, columns: more.columns };
  const stdout = Object.assign(new PassThrough({ encoding: 'utf8' }), terminal);
  const stderr = new PassThrough({ encoding: 'utf8' });
  const process = Object.assign(signals, {
    exit: (code: number) => exits.push(code),
    exitCode: undefined as number | undefined,
    cwd: () => '/here',
    env: { HOME: '/home' },
    stdin: Readable.from((more.input ?? []).map((text) => Buffer.from(text, 'latin1'))),
    stdout,
    stderr,
    versions: { node: '22.1.0' },
  });
  return { host: processHost(process as unknown as RunningProcess), process, signals, stdout, stderr, exits };
}

const broken = (code: string) => Object.assign(new Error(code), { code });

test('a host says what the process says', () => {
  const { host } = running();
  expect([host.cwd, host.env['HOME'], host.node]).toEqual(['/here', '/home', '22.1.0']);
  vi.setSystemTime('2026-03-01T23:59:00Z');
  expect(host.today()).toBe('2026-03-01');
});

test('only a terminal has columns', () => {
  const { host } = running({ columns: 120 });
  expect([host.stdout.isTerminal, host.stdout.columns]).toEqual([true, 120]);
  expect([host.stderr.isTerminal, host.stderr.columns]).toEqual([false, 0]);
});

test('an error that nobody caught is told and ends the process, also when it cannot be told', () => {
  const { host, signals, stderr, exits } = running();
  const told: unknown[] = [];
  host.onCrash((error) => told.push(error));
  const error = new Error('broken');
  signals.emit('uncaughtException', error);
  expect([told, exits, stderr.read()]).toEqual([[error], [1], null]);
  const mute = running();
  mute.host.onCrash(() => {
    throw new Error('no log');
  });
  mute.signals.emit('uncaughtException', error);
  expect([mute.exits, mute.stderr.read()]).toEqual([[1], 'error: ended by an error that could not be logged\n']);
});

test('standard input is read to its end, a character may come in two pieces', async () => {
  const { host } = running({ input: ['{"a": "\xc3', '\xa4"}'] });
  expect(await host.stdin()).toBe('{"a": "ä"}');
});

test.each(['SIGINT', 'SIGTERM'])('%s asks to stop, a second one ends the process', (signal) => {
  const { host, signals, exits } = running();
  expect(host.stop.aborted).toBe(false);
  signals.emit(signal);
  expect([host.stop.aborted, host.stop.reason, exits]).toEqual([true, 'interrupted', []]);
  signals.emit(signal);
  expect(exits).toEqual([130]);
});

test('a command that does not stop in three seconds is ended', () => {
  const { signals, exits } = running();
  signals.emit('SIGINT');
  vi.advanceTimersByTime(2999);
  expect(exits).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(exits).toEqual([130]);
});

test('text for a reader that went away is dropped, and the command is told', () => {
  const { host, stdout } = running();
  host.stdout.write('one');
  stdout.emit('error', broken('EPIPE'));
  host.stdout.write('two');
  expect([stdout.read(), host.stop.reason]).toEqual(['one', 'unread']);
});

test('problems that nobody reads do not stop a command', () => {
  const { host, stderr } = running();
  stderr.emit('error', broken('EPIPE'));
  host.stderr.write('lost');
  host.stdout.write('kept');
  expect([stderr.read(), host.stop.aborted]).toEqual([null, false]);
});

test('output that cannot be written is said once, and is what the process ends with', () => {
  const { stdout, stderr, process } = running();
  stdout.emit('error', broken('ENOSPC'));
  stdout.emit('error', broken('ENOSPC'));
  expect(stderr.read()).toBe('error: cannot write to standard output: no space left on the device\n');
  expect(process.exitCode).toBe(74);
});

test('a reason without words of ours is said as the system says it', () => {
  const { stdout, stderr } = running();
  stdout.emit('error', broken('EWHAT'));
  expect(stderr.read()).toBe('error: cannot write to standard output: EWHAT\n');
});

test('a folder that is gone is no folder', () => {
  const { process } = running();
  process.cwd = () => {
    throw broken('ENOENT');
  };
  expect(processHost(process as unknown as RunningProcess).cwd).toBeUndefined();
});

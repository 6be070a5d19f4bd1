import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const COMMAND = resolve('dist/compiler/cli/main.js');
const CANARY = 'canary-7f3a/with"quotes&more';

let folder: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nova-torch-crash-'));
  mkdirSync(join(folder, 'generated/dev'), { recursive: true });
  cpSync(resolve('generated/dev/routing-table.json'), join(folder, 'generated/dev/routing-table.json'));
  writeFileSync(join(folder, 'token'), CANARY);
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

interface End {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A scheduler into which something was put that breaks as soon as it listens. */
function broken(code: string): Promise<End> {
  const preload = join(folder, 'break.mjs');
  writeFileSync(preload, code);
  const child = spawn(process.execPath, ['--import', preload, COMMAND, 'serve', '--dev'], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      NOVA_TORCH_HTTP_PORT: '0',
      NOVA_TORCH_OPS_PORT: '0',
      NOVA_TORCH_AUTH_DEV_TOKEN_FILE: 'token',
    },
  });
  children.push(child);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    if (!stdout.includes('listening on') && chunk.includes('listening on')) child.kill('SIGUSR2');
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((done) => child.once('close', (code) => done({ code, stdout, stderr })));
}

/** The log's last line; each of them is one whole object. */
function lastWords({ stdout, stderr }: End): Readonly<Record<string, unknown>> {
  const lines = stdout.trimEnd().split('\n');
  const read = lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  expect(read.filter((line) => line['log.level'] === 'fatal')).toHaveLength(1);
  for (const text of [stdout, stderr]) {
    expect(text).not.toContain('canary-7f3a');
    expect(text).not.toContain('pa55word');
  }
  return read.at(-1) ?? {};
}

const ERROR = `Object.assign(new Error(${JSON.stringify(`${CANARY} at redis://user:pa55word@store:6379`)}), { code: 'BROKEN' })`;
const MISTAKE = 'ended by an error that nobody caught: a mistake of nova-torch';

test.for([
  ['is thrown', `throw ${ERROR}`],
  ['is a rejection', `void Promise.reject(${ERROR})`],
] as const)('an error that nobody caught and that %s is one line of the log without a secret', async ([, breaks]) => {
  const end = await broken(`process.on('SIGUSR2', () => { ${breaks}; });`);
  expect(end.code).toBe(1);
  expect(lastWords(end)).toMatchObject({
    'log.level': 'fatal',
    message: MISTAKE,
    'service.name': 'nova-torch-scheduler',
    'event.action': 'crash',
    'nova.env': 'dev',
    'error.type': 'Error',
    'error.code': 'BROKEN',
    'error.message': '[redacted] at redis://user:[redacted]@store:6379',
    'error.stack_trace': expect.stringContaining('break.mjs'),
  });
  // What a person is told who runs it, and no stack.
  expect(end.stderr).not.toContain('    at ');
});

test('a rejection that is no error ends it as well, and says what it was', async () => {
  const end = await broken(`process.on('SIGUSR2', () => void Promise.reject('only ${CANARY.slice(0, 11)}'));`);
  const words = end.stdout.trimEnd().split('\n').at(-1) ?? '';
  expect([end.code, JSON.parse(words)]).toEqual([
    1,
    expect.objectContaining({ 'log.level': 'fatal', message: MISTAKE, 'error.code': 'ERR_UNHANDLED_REJECTION' }),
  ]);
});

test('a disk of the journal that fails is one line of the log, and ends it with 74', async () => {
  const end = await broken(`
    import { promises } from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    const { open } = promises;
    let failed = false;
    process.on('SIGUSR2', () => { failed = true; });
    const fails = (real) => (...given) => failed ? Promise.reject(${ERROR}) : real(...given);
    promises.open = async (path, ...rest) => {
      const file = await open(path, ...rest);
      if (!String(path).endsWith('.journal')) return file;
      for (const name of ['write', 'writev', 'datasync', 'sync']) file[name] = fails(file[name].bind(file));
      return file;
    };
    syncBuiltinESMExports();
  `);
  expect(end.code).toBe(74);
  expect(lastWords(end)).toMatchObject({
    message: 'the journal cannot be written: nothing was promised that is not on the disk',
    'error.message': '[redacted] at redis://user:[redacted]@store:6379',
  });
});

test('an error that nobody expected at the start is one line of the log, and ends it with 70', async () => {
  const end = await broken(`
    import { promises } from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    const { open } = promises;
    promises.open = (path, ...rest) => String(path).endsWith('.journal') ? Promise.reject(${ERROR}) : open(path, ...rest);
    syncBuiltinESMExports();
  `);
  expect([end.code, end.stderr]).toEqual([70, '']);
  expect(lastWords(end)).toMatchObject({
    message: 'ended by an error that nobody expected: a mistake of nova-torch',
    'error.message': '[redacted] at redis://user:[redacted]@store:6379',
  });
});

import { spawn, spawnSync } from 'node:child_process';
import { accessSync, closeSync, constants, openSync } from 'node:fs';
import { expect, test } from 'vitest';
import { VERSION } from '../core/version.ts';
import { BUILT, folderOf, runBuilt } from './testing/built.ts';

test('the built command is an executable that a shell can start', () => {
  accessSync(BUILT, constants.X_OK);
  const { status, stdout } = spawnSync(BUILT, ['--version'], { encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 0, stdout: `${VERSION}\n` });
});

test('--version loads no command and no parser', () => {
  const { stderr } = spawnSync(process.execPath, [BUILT, '--version'], {
    encoding: 'utf8',
    env: { ...process.env, NODE_DEBUG: 'esm' },
  });
  expect(stderr).toContain('/dist/compiler/cli/main.js');
  expect(stderr).not.toMatch(/\/chunks\/(check|compile|explain)-/);
  expect(stderr).not.toContain('/commander/');
  expect(stderr).not.toContain('/js-yaml/');
});

test('help is plain text without a terminal and coloured when colour is forced', () => {
  const folder = folderOf();
  expect(runBuilt(['--help'], folder)).toMatchObject({ code: 0, stderr: '' });
  expect(runBuilt(['--help'], folder).stdout).not.toContain('\u001b');
  expect(runBuilt(['--help'], folder, { env: { FORCE_COLOR: '1' } }).stdout).toContain('\u001b[1mUsage:');
});

test('a reader that goes away is no error', async () => {
  const child = spawn(process.execPath, [BUILT, 'completion', 'zsh'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

test('output that cannot be written is said, and ends with 74', () => {
  for (const words of [['--help'], ['explain', 'NT2001'], ['schema']]) {
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(process.execPath, [BUILT, ...words], {
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    });
    closeSync(full);
    expect([status, stderr]).toEqual([74, 'error: cannot write to standard output: no space left on the device\n']);
  }
});

test('a current folder that is gone is said, and another one can be named', () => {
  const inGone = (words: string) => {
    const script = `mkdir gone && cd gone && rmdir ../gone && exec "$0" "$1" ${words}`;
    const cwd = folderOf();
    return spawnSync('bash', ['-c', script, process.execPath, BUILT], { cwd, encoding: 'utf8' });
  };
  expect(inGone('check')).toMatchObject({
    status: 2,
    stdout: '',
    stderr: 'error: the current folder does not exist any more\n  go to another one, or name one: -C <dir>\n',
  });
  expect(inGone('-C there check').status).toBe(2);
  expect(inGone('-C / check').stderr).toContain('there is no spec in `/`');
  expect(inGone('--version')).toMatchObject({ status: 0, stdout: `${VERSION}\n`, stderr: '' });
});

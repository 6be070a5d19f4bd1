import { expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { VERSION } from '../core/version.ts';
import { commands } from './commands.ts';
import { runHere } from './testing/host.ts';
import { repository } from './testing/repository.ts';

const usage = (message: string, ...hints: string[]) => ({
  code: 2,
  stdout: '',
  stderr: [`error: ${message}`, ...hints.map((hint) => `  ${hint}`), ''].join('\n'),
});

test('--version prints the version of the package and nothing else', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  expect(VERSION).toBe(version);
  const printed = { code: 0, stdout: `${version}\n`, stderr: '' };
  expect(await runHere(['--version'])).toEqual(printed);
  expect(await runHere(['-V'])).toEqual(printed);
  expect(await runHere(['-C', '/', '--version'])).toEqual(printed);
  expect(await runHere(['completion', 'bash', '--version'])).toEqual(printed);
});

test('no command prints the overview as a complaint, --help prints it as an answer', async () => {
  const bare = await runHere([]);
  expect(bare).toMatchObject({ code: 2, stdout: '' });
  for (const words of [['--help'], ['-h'], ['help']]) {
    expect(await runHere(words)).toEqual({ code: 0, stdout: bare.stderr, stderr: '' });
  }
});

test('an unknown command gets the nearest one', async () => {
  const see = 'see: nova-torch --help';
  expect(await runHere(['complation'])).toEqual(
    usage('unknown command `complation`', 'did you mean `completion`?', see),
  );
  expect(await runHere(['xyzzy'])).toEqual(usage('unknown command `xyzzy`', see));
  expect(await runHere(['help', 'xyzzy'])).toEqual(usage('unknown command `xyzzy`', see));
});

test('an unknown command of a group leads to the help of that group', async () => {
  const groups = commands.filter(({ load }) => load === undefined).map(({ name }) => name);
  expect(groups).toContain('task');
  for (const group of groups) {
    const told = usage('unknown command `xyzzy`', `see: nova-torch ${group} --help`);
    expect(await runHere([group, 'xyzzy'])).toEqual(told);
    expect(await runHere(['help', group, 'xyzzy'])).toEqual(told);
  }
});

test('an unknown option gets the nearest one, before and after the command', async () => {
  expect(await runHere(['--helo'])).toEqual(usage('unknown option `--helo`', 'see: nova-torch --help'));
  expect(await runHere(['completion', 'bash', '--directry', 'x'])).toEqual(
    usage('unknown option `--directry`', 'did you mean `--directory`?', 'see: nova-torch completion --help'),
  );
  expect(await runHere(['--nope', 'completion', 'bash'])).toEqual(
    usage('unknown option `--nope`', 'see: nova-torch completion --help'),
  );
});

test('a missing value, a missing word and a word too many are named', async () => {
  const hint = 'see: nova-torch completion --help';
  expect(await runHere(['completion'])).toEqual(usage('missing required argument `shell`', hint));
  expect(await runHere(['completion', 'bash', '-C'])).toEqual(
    usage('option `-C, --directory <dir>` argument missing', hint),
  );
  expect(await runHere(['completion', 'bash', 'zsh'])).toEqual(
    usage('too many arguments. Expected 1 argument but got 2', hint),
  );
});

test('control characters in a complaint are shown as escapes', async () => {
  expect(await runHere(['\u001b[31mred\u202e'])).toEqual(
    usage('unknown command `\\u001b[31mred\\u202e`', 'see: nova-torch --help'),
  );
});

test('help of a command is the same however it is asked for', async () => {
  const { stdout } = await runHere(['completion', '--help']);
  expect(stdout).toContain('nova-torch completion: print a completion script for your shell\n');
  for (const words of [
    ['completion', '-h'],
    ['help', 'completion'],
    ['-h', 'completion'],
    ['completion', 'bash', '-h'],
  ]) {
    expect(await runHere(words)).toEqual({ code: 0, stdout, stderr: '' });
  }
});

test('a group of commands does nothing by itself and has a help of its own', async () => {
  expect(await runHere(['route'])).toEqual(usage('`route` needs a command', 'see: nova-torch route --help'));
  expect(await runHere(['route', 'tset'])).toEqual(
    usage('unknown command `tset`', 'did you mean `test`?', 'see: nova-torch route --help'),
  );
  const { code, stdout } = await runHere(['route', '--help']);
  expect(code).toBe(0);
  expect(stdout).toContain('Usage: nova-torch route <command> [options]\n\nCommands:\n  test  ');
  expect(await runHere(['help', 'route'])).toEqual({ code: 0, stdout, stderr: '' });
});

test('help names the words a command takes', async () => {
  const { stdout } = await runHere(['route', 'test', '--help']);
  expect(stdout).toContain('Usage: nova-torch route test [options] <task>\n');
  expect(stdout).toContain('Arguments:\n  <task>  A JSON file with the task, or -\n');
});

test('-C leads to a folder from the current one, or to an absolute one', async () => {
  const cwd = repository();
  const { stdout } = await runHere(['check'], { cwd });
  expect(stdout).toMatch(/^ok /);
  expect(await runHere(['-C', cwd, 'check'], { cwd: '/' })).toEqual({ code: 0, stdout, stderr: '' });
  expect(await runHere(['-C', basename(cwd), 'check'], { cwd: dirname(cwd) })).toEqual({ code: 0, stdout, stderr: '' });
  expect(await runHere(['-C', 'nowhere', 'check'], { cwd })).toEqual(usage(`there is no folder \`${cwd}/nowhere\``));
});

test('an interrupted command ends with 130, one whose reader went away with its own code', async () => {
  const stop = (reason: string) => {
    const controller = new AbortController();
    controller.abort(reason);
    return controller.signal;
  };
  expect(await runHere(['completion', 'bash'], { stop: stop('interrupted') })).toMatchObject({ code: 130 });
  expect(await runHere(['nonsense'], { stop: stop('interrupted') })).toEqual({ code: 130, stdout: '', stderr: '' });
  expect(await runHere(['completion', 'bash'], { stop: stop('unread') })).toMatchObject({ code: 0 });
});

test('a command that is stopped because its reader went away has no bug', async () => {
  const reader = new AbortController();
  const watched = runHere(['task', 'watch', 'x', '--url', 'http://127.0.0.1:1'], { stop: reader.signal });
  reader.abort('unread');
  expect(await watched).toEqual({ code: 0, stdout: '', stderr: '' });
});

test.each([
  [['fleet', 'pause', 'x'], '`x` is no fleet', 'a fleet is named team/fleet'],
  [['task', 'submit', 'a', '--input', '['], 'the input is not JSON: Unexpected end of JSON input'],
  [['task', 'submit', 'a', '--label', 'x'], '`x` is no label', 'a label is given as name=value'],
  [['task', 'submit', 'a', '--delay', '5'], '`5` is no length of time', 'one looks like 30s, 10m or 2h'],
  [['task', 'get', 'x', '--token-file', '/nope'], 'cannot open `/nope`: no such file or folder'],
  [['dlq', 'redrive', 'a/b', '--id', ''], '`--id` holds nothing'],
  [['load', 'bogus'], 'there is no profile `bogus`', expect.stringContaining('smoke')],
  [['conform', 'zzz'], '`zzz` is no address of this machine', 'one looks like http://127.0.0.1:8099'],
  [['chaos', 'run', '--faults', 'zzz'], 'there is no fault `zzz`', expect.stringContaining('store:wipe')],
  [['audit', 'verify', '/dev'], 'there is no audit log in `/dev`', expect.stringContaining('audit-000001.jsonl')],
])('%j cannot be meant, and leads to the help', async (words, message, ...hints) => {
  const { code, stdout, stderr } = await runHere(words, { cwd: '/' });
  const lines = stderr.trimEnd().split('\n  ');
  const command = words.slice(0, ['load', 'conform'].includes(words[0] ?? '') ? 1 : 2).join(' ');
  expect([code, stdout]).toEqual([2, '']);
  expect(lines).toEqual([`error: ${message}`, ...hints, `see: nova-torch ${command} --help`]);
});

test('a bug says that it is ours and how to report it, and shows its stack only on request', async () => {
  const broken = () => {
    throw new Error('the sky is green');
  };
  const world = {
    today: '',
    heard: (text: string) => (text.startsWith('#') || text.length > 2000 ? broken() : undefined),
  };
  const { code, stderr } = await runHere(['completion', 'bash'], world);
  expect(code).toBe(70);
  expect(stderr).toBe(
    [
      'bug: nova-torch made a mistake of its own: the sky is green',
      '  Nothing in your files should make this happen. Please report it in the issue tracker with these lines:',
      '    command  nova-torch completion bash',
      `    version  ${VERSION}, node ${process.versions.node}, ${process.platform} ${process.arch}`,
      '  NOVA_TORCH_DEBUG=1 shows where it happened.',
      '',
    ].join('\n'),
  );
  const shown = await runHere(['completion', 'bash'], { ...world, env: { NOVA_TORCH_DEBUG: '1' } });
  expect(shown.stderr).toMatch(/\nError: the sky is green\n {4}at broken /);
});

test('a bug that is no Error is reported as well', async () => {
  const heard = (text: string) => {
    if (text.startsWith('#')) throw 'plain text';
  };
  const { stderr } = await runHere(['completion', 'bash'], { heard, env: { NOVA_TORCH_DEBUG: '1' } });
  expect(stderr).toMatch(/^bug: nova-torch made a mistake of its own: plain text\n[^]*\nplain text\n$/);
});

test('what the operating system refuses is no bug', async () => {
  const refused = (code: string, path?: string) => (text: string) => {
    if (text.startsWith('#'))
      throw Object.assign(new Error(code), { code, syscall: 'open', ...(path ? { path } : {}) });
  };
  const words = ['completion', 'bash'];
  expect(await runHere(words, { heard: refused('EACCES', 'x/y') })).toMatchObject({
    code: 2,
    stderr: 'error: cannot open `x/y`: permission denied\n',
  });
  expect(await runHere(words, { heard: refused('ENOSPC') })).toMatchObject({
    code: 4,
    stderr: 'error: cannot open: no space left on the device\n',
  });
  expect(await runHere(words, { heard: refused('EIO') })).toMatchObject({
    code: 74,
    stderr: 'error: cannot open: the device failed\n',
  });
  expect(await runHere(words, { heard: refused('EWEIRD') })).toMatchObject({ code: 70 });
});

test('another compile that holds the lock is named, and that is no bug', async () => {
  const cwd = repository({ '.nova-torch/lock': JSON.stringify({ pid: 1, host: 'elsewhere' }) });
  expect(await runHere(['compile'], { cwd })).toEqual({
    code: 2,
    stdout: '',
    stderr:
      'error: another nova-torch (process 1) is writing the generated tree; ' +
      `if that is not so, delete ${cwd}/.nova-torch/lock\n`,
  });
});

test('colour is for terminals; NO_COLOR wins over FORCE_COLOR', async () => {
  const colored = async (world: Parameters<typeof runHere>[1]) =>
    (await runHere(['nonsense'], world)).stderr.startsWith('\u001b[1m\u001b[31merror\u001b[39m\u001b[22m: ');
  expect(await colored({ terminal: true })).toBe(true);
  expect(await colored({ terminal: false })).toBe(false);
  expect(await colored({ terminal: true, env: { TERM: 'dumb' } })).toBe(false);
  expect(await colored({ terminal: true, env: { NO_COLOR: '1' } })).toBe(false);
  expect(await colored({ terminal: true, env: { NO_COLOR: '' } })).toBe(true);
  expect(await colored({ terminal: false, env: { FORCE_COLOR: '1' } })).toBe(true);
  expect(await colored({ terminal: true, env: { FORCE_COLOR: '0' } })).toBe(false);
  expect(await colored({ terminal: true, env: { FORCE_COLOR: 'false' } })).toBe(false);
  expect(await colored({ terminal: true, env: { FORCE_COLOR: '1', NO_COLOR: '1' } })).toBe(false);
});

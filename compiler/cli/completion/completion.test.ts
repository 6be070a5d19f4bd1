import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { defineCommand } from '../command.ts';
import type { CommandEntry } from '../command.ts';
import { choice, flag, integer, many, text } from '../option.ts';
import { folderOf } from '../testing/built.ts';
import { runHere } from '../testing/host.ts';
import { loadTree } from '../tree.ts';
import { bashCompletion } from './bash.ts';
import { fishCompletion } from './fish.ts';
import { completionNodes } from './words.ts';
import { zshCompletion } from './zsh.ts';

const sample = defineCommand({
  description: 'Tries.',
  arguments: [{ name: 'file', summary: 'a file', required: true, complete: 'file' }],
  options: {
    env: many('name', "An environment's name", 'environment'),
    format: choice(['text', 'json'], 'format', 'How [to] print'),
    dryRun: flag('Only look'),
    base: text('ref', 'A base'),
    workers: integer('n', 'Threads', [1, 8], 2),
  },
  examples: [{ line: 'x', summary: 'y' }],
  exits: [],
  run: async () => 0,
});
const tree: readonly CommandEntry[] = [
  { name: 'try', summary: "try it, it's good", load: async () => sample },
  { name: 'route', summary: 'routes', commands: [{ name: 'test', summary: 'test one', load: async () => sample }] },
];
const nodes = async () => completionNodes(await loadTree(tree));

/** What bash offers for a line, its last word being the one under the cursor. */
function offered(script: string, words: readonly string[]): string[] {
  const folder = folderOf({ 'spec/environments/dev.yaml': '', 'spec/environments/prod.yaml': '', 'task.json': '' });
  const quoted = ['nova-torch', ...words].map((word) => `'${word}'`).join(' ');
  const drive = `
COMP_WORDS=(${quoted}); COMP_CWORD=${words.length}
[ "$(complete -p nova-torch)" = "complete -F _nova_torch nova-torch" ] || exit 9
_nova_torch
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-c', script + drive], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout.split('\n').filter((line) => line !== '');
}

test('bash offers commands, then the commands of a group', async () => {
  const script = bashCompletion(await nodes());
  expect(offered(script, [''])).toEqual(['try', 'route']);
  expect(offered(script, ['t'])).toEqual(['try']);
  expect(offered(script, ['route', ''])).toEqual(['test']);
  expect(offered(script, ['-C', 'some', 'ro'])).toEqual(['route']);
});

test('bash offers the options of the command before the cursor, and those of every command', async () => {
  const script = bashCompletion(await nodes());
  expect(offered(script, ['try', '--'])).toEqual([
    '--env',
    '--format',
    '--dry-run',
    '--base',
    '--workers',
    '--directory',
    '--help',
  ]);
  expect(offered(script, ['-'])).toEqual(['-C', '--directory', '-h', '--help', '-V', '--version']);
});

test('bash offers values: choices, environments of this repository, folders and files', async () => {
  const script = bashCompletion(await nodes());
  expect(offered(script, ['try', '--format', ''])).toEqual(['text', 'json']);
  expect(offered(script, ['route', 'test', '--env', 'p'])).toEqual(['prod']);
  expect(offered(script, ['try', '-C', ''])).toEqual(['spec']);
  expect(offered(script, ['try', '--env', 'dev', 't'])).toEqual(['task.json']);
  expect(offered(script, ['try', 'task.json', ''])).toEqual([]);
  expect(offered(script, ['try', '--base', ''])).toEqual([]);
});

test('zsh gets one function per command and fish one line per word, with quotes escaped', async () => {
  const zsh = zshCompletion(await nodes());
  expect(zsh).toContain("    'try:try it, it'\\''s good'\n");
  expect(zsh).toContain("    '*--format[How \\[to\\] print (text, json; default text)]:value:(text json)'");
  expect(zsh).toContain("    '(-C --directory)'{-C,--directory}'[Work in this folder]:folder:_files -/'");
  expect(zsh).toContain("    '1::file:_files'\n}\n");
  expect(zsh).toContain("    '*--base[A base]:value: '");
  const fish = fishCompletion(await nodes());
  expect(fish).toContain("complete -c nova-torch -n '__fish_use_subcommand' -a try -d 'try it, it\\'s good'");
  expect(fish).toContain(
    "complete -c nova-torch -n '__nova_torch_at try' -l env -d 'An environment\\'s name (may be repeated)' -x -a '(__nova_torch_environments)'",
  );
  expect(fish).toContain(
    "complete -c nova-torch -n '__nova_torch_at route; and not __fish_seen_subcommand_from test' -a test -d 'test one'",
  );
  expect(fish).toContain("complete -c nova-torch -n '__nova_torch_at try' -F\n");
  expect(fish).toContain("complete -c nova-torch -n '__nova_torch_at try' -l base -d 'A base' -x\n");
});

test('the command prints the script of each shell, and every script parses in bash', async () => {
  const bash = await runHere(['completion', 'bash']);
  expect(bash).toMatchObject({ code: 0, stderr: '' });
  expect(spawnSync('bash', ['-n'], { input: bash.stdout, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  expect(offered(bash.stdout, ['compl'])).toEqual(['completion']);
  expect(offered(bash.stdout, ['completion', ''])).toEqual(['bash', 'zsh', 'fish']);
  expect((await runHere(['completion', 'zsh'])).stdout).toMatch(/^#compdef nova-torch\n/);
  expect((await runHere(['completion', 'fish'])).stdout).toMatch(/^# fish completion for nova-torch;/);
});

test('bash offers the kinds behind `schema`', async () => {
  const { stdout } = await runHere(['completion', 'bash']);
  expect(offered(stdout, ['schema', 'T'])).toEqual(['Team', 'ToolServer']);
});

test('a shell without a script is a mistake in the call', async () => {
  expect(await runHere(['completion', 'bsh'])).toEqual({
    code: 2,
    stdout: '',
    stderr: 'error: no completion for `bsh`\n  did you mean `bash`?\n  there is bash, zsh and fish\n',
  });
});

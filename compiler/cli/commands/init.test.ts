import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BUILT, contents, folderOf } from '../testing/built.ts';
import { runHere } from '../testing/host.ts';

const companyIn = (folder: string) =>
  /^ {2}name: (.*)$/m.exec(readFileSync(join(folder, 'spec/company.yaml'), 'utf8'))?.[1];

test('init keeps files that exist and says which', async () => {
  const cwd = folderOf({ 'README.md': 'Ours.\n' });
  const { code, stdout } = await runHere(['init', '--company', 'acme'], { cwd });
  expect(code).toBe(0);
  expect(stdout.split('\n').filter((line) => line.startsWith('kept'))).toEqual(['kept  README.md']);
  expect(stdout).toContain('made  spec/company.yaml\n');
  expect(stdout.endsWith('\n\nNext: nova-torch compile\n')).toBe(true);
  expect(contents(cwd)['README.md']).toBe('Ours.\n');
});

test.each([
  ['Acme Robots 2', 'acme-robots-2'],
  ['2026-agents', 'agents'],
  ['___', 'acme'],
  [`a${'b'.repeat(38)}-cd`, `a${'b'.repeat(38)}`],
])('a company in the folder %j is called %s', async (folder, name) => {
  const cwd = folderOf();
  expect((await runHere(['init', folder], { cwd })).code).toBe(0);
  expect(companyIn(join(cwd, folder))).toBe(name);
});

test.each(['Acme', 'a--b', '1st', `a${'b'.repeat(39)}`])('init refuses to call a company %s', async (company) => {
  const cwd = folderOf();
  expect(await runHere(['init', '--company', company], { cwd })).toEqual({
    code: 2,
    stdout: '',
    stderr:
      `error: \`${company}\` cannot name a company\n` +
      '  a name has at most 39 lower-case letters, digits and single hyphens, and begins with a letter\n',
  });
  expect(contents(cwd)).toEqual({});
});

test.each([
  ['/proc/x', 'the file system takes no folders there'],
  ['/proc/self/x/y', 'the file system takes no folders there'],
  ['/sys/x', 'cannot make the folder `/sys/x`: '],
])('init refuses %s, where nobody can make a folder, at once', async (dir, reason) => {
  const { code, stdout, stderr } = await runHere(['init', dir], { cwd: '/' });
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(`error: a repository cannot be made in \`${dir}\`\n  ${reason}`);
  expect(stderr.endsWith('\n  nothing was left behind\n')).toBe(true);
});

test('init refuses what is no folder, or is in one that is none', async () => {
  const cwd = folderOf({ file: '' });
  symlinkSync('nowhere', join(cwd, 'dangling'));
  for (const dir of ['file', 'file/inside', 'dangling', '/dev/null']) {
    expect(await runHere(['init', dir], { cwd })).toEqual({
      code: 2,
      stdout: '',
      stderr: `error: \`${dir}\` is no folder\n  nothing was written\n`,
    });
  }
  expect(readdirSync(cwd)).toEqual(['dangling', 'file']);
});

test('a disk that is full in the middle gets back what was made', () => {
  const cwd = folderOf({ 'mine.txt': 'mine' });
  const script = 'ulimit -f 8; trap "" XFSZ; exec "$0" "$1" init here';
  const { status, stderr } = spawnSync('bash', ['-c', script, process.execPath, BUILT], { cwd, encoding: 'utf8' });
  expect([status, stderr]).toEqual([
    4,
    'error: a repository cannot be made in `here`\n  cannot write: the file would be too large\n  nothing was left behind\n',
  ]);
  expect(readdirSync(cwd)).toEqual(['mine.txt']);
});

test('line ends stay as they are, whatever Git is told about them', async () => {
  const cwd = folderOf();
  await runHere(['init', '--company', 'acme'], { cwd });
  await runHere(['compile'], { cwd });
  const git = (...words: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.example', '-c', 'core.autocrlf=true', ...words], {
      cwd,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  git('init', '-q');
  git('add', '.');
  git('commit', '-qm', 'begin');
  const before = contents(join(cwd, 'spec'));
  for (const folder of ['spec', 'generated']) rmSync(join(cwd, folder), { recursive: true });
  git('checkout', '-q', '.');
  expect(contents(join(cwd, 'spec'))).toEqual(before);
  expect((await runHere(['compile', '--check'], { cwd })).code).toBe(0);
});

test('init says what its .gitattributes would say where there is one already', async () => {
  const stdoutWith = async (text: string) =>
    (await runHere(['init', '--company', 'acme'], { cwd: folderOf({ '.gitattributes': text }) })).stdout;
  expect(await stdoutWith('*.png binary\n')).toContain('spec/** text eol=lf\ngenerated/** text eol=lf');
  expect(await stdoutWith('* text=auto eol=lf\n')).not.toContain('spec/**');
  const cwd = folderOf();
  execFileSync('mkfifo', [join(cwd, '.gitattributes')]);
  expect((await runHere(['init', '--company', 'acme'], { cwd })).stdout).toContain('Add to .gitattributes');
});

test.each([`a${'b'.repeat(38)}`, 'true', 'null', 'no', 'y'])(
  'what init makes for a company called %s compiles',
  async (company) => {
    const cwd = folderOf();
    expect((await runHere(['init', '--company', company], { cwd })).code).toBe(0);
    expect(await runHere(['check'], { cwd })).toMatchObject({ code: 0, stderr: '' });
  },
);

test('the next step can be copied, whatever the folder is called', async () => {
  const cwd = folderOf();
  const { stdout } = await runHere(['init', "Ada's fleets"], { cwd });
  expect(stdout).toContain(String.raw`Next: nova-torch -C 'Ada'\''s fleets' compile`);
  expect((await runHere(['init', 'plain/folder'], { cwd })).stdout).toContain(
    'Next: nova-torch -C plain/folder compile',
  );
});

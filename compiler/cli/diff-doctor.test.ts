import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { contents, folderOf } from './testing/built.ts';
import { runHere } from './testing/host.ts';
import { repository } from './testing/repository.ts';

const FLEET = 'spec/teams/engineering/code-fixer.yaml';

/** A compiled repository under Git, with one commit, and then a change of the spec. */
async function changed(): Promise<string> {
  const cwd = repository();
  await runHere(['compile'], { cwd });
  const git = (...words: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.example', ...words], { cwd, stdio: 'ignore' });
  git('init', '-q', '-b', 'main');
  git('add', 'spec', 'generated');
  git('commit', '-qm', 'begin');
  const file = join(cwd, FLEET);
  writeFileSync(file, readFileSync(file, 'utf8').replace('slots: 2', 'slots: 3'));
  return cwd;
}

test('diff says what changes for whom, against the disk and against a commit alike', async () => {
  const cwd = await changed();
  const before = contents(cwd);
  const here = await runHere(['diff'], { cwd });
  expect(here.code).toBe(0);
  expect(here.stdout).toContain(
    'prod: 2 changed, 1 restart\n' +
      '  engineering/code-fixer: changed, restart\n' +
      '    ~ Deployment.apps engineering--code-fixer/code-fixer\n' +
      '      /spec/template/spec/containers/agent/env/NOVA_TORCH_SLOTS/value: "2" -> "3"\n',
  );
  expect(contents(cwd)).toEqual(before);
  expect((await runHere(['diff', '--base', 'main'], { cwd })).stdout).toBe(here.stdout);
  const json = await runHere(['diff', '--base', 'HEAD', '--format', 'json'], { cwd });
  expect((JSON.parse(json.stdout) as { environments: unknown[] }).environments).toHaveLength(2);
});

test('against a commit from before the first compile everything is added', async () => {
  const cwd = repository();
  const git = (...words: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.example', ...words], { cwd, stdio: 'ignore' });
  git('init', '-q', '-b', 'main');
  git('add', 'spec');
  git('commit', '-qm', 'begin');
  const { code, stdout } = await runHere(['diff', '--base', 'main'], { cwd });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^dev: \d+ added, /);
  expect(stdout).not.toMatch(/changed|removed/);
});

test('diff says what is wrong with Git, and does not blame the commit', async () => {
  const cwd = await changed();
  const stderrWith = async (path: string, root: string) => {
    vi.stubEnv('PATH', path);
    const { code, stderr } = await runHere(['diff', '--base', 'main'], { cwd: root });
    vi.unstubAllEnvs();
    expect(code).toBe(2);
    return stderr;
  };
  expect(await stderrWith('/nowhere', cwd)).toBe(
    'error: `--base` needs Git, which is not installed here\n' +
      '  install it, or compare with `generated/` as it lies here: nova-torch diff\n',
  );
  const alone = repository();
  expect(await stderrWith(String(process.env['PATH']), alone)).toMatch(
    new RegExp(`^error: Git cannot read the repository \`${alone}\` is in\n  Git says: fatal: not a git repository`),
  );
});

test('a link among what was generated at a commit is no file of it', async () => {
  const cwd = await changed();
  symlinkSync('/etc/passwd', join(cwd, 'generated/prod/link.yaml'));
  execFileSync('git', ['add', 'generated'], { cwd });
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.example', 'commit', '-qm', 'link'], { cwd });
  rmSync(join(cwd, 'generated/prod/link.yaml'));
  expect((await runHere(['diff', '--base', 'main'], { cwd })).stdout).not.toContain('link.yaml');
});

test('diff says when nothing changes', async () => {
  const cwd = repository();
  await runHere(['compile'], { cwd });
  expect((await runHere(['diff'], { cwd })).stdout).toBe('nothing changes\n');
});

test.each(['nowhere', '--upload-pack=evil', 'a b', '$(touch x)'])('diff refuses the ref %s', async (ref) => {
  const { code, stderr } = await runHere(['diff', `--base=${ref}`], { cwd: await changed() });
  expect([code, stderr.split('\n')[0]]).toEqual([2, `error: Git knows no commit \`${ref}\``]);
});

test('doctor says that all is well', async () => {
  const cwd = repository();
  await runHere(['compile'], { cwd });
  const { code, stdout } = await runHere(['doctor'], { cwd });
  expect(code).toBe(0);
  expect(stdout.split('\n').map((line) => line.slice(0, 4).trim())).toEqual(['ok', 'ok', 'ok', 'ok', 'ok', 'ok', '']);
});

test('doctor says what to do about an old Node.js, a broken spec and stale or edited files', async () => {
  const cwd = repository();
  const stale = await runHere(['doctor', '--format', 'json'], { cwd, node: '18.0.0' });
  expect(stale.code).toBe(1);
  expect(JSON.parse(stale.stdout)).toContainEqual({
    what: 'node',
    state: 'fail',
    found: '18.0.0',
    todo: 'install Node.js 20.19 or newer',
  });
  expect(JSON.parse(stale.stdout)).toContainEqual({
    what: 'generated',
    state: 'warn',
    found: expect.stringMatching(/^\d{2,} files out of date$/) as string,
    todo: 'run `nova-torch compile`',
  });
  await runHere(['compile'], { cwd });
  writeFileSync(join(cwd, 'generated/dev/platform/kubernetes.yaml'), 'mine\n');
  expect((await runHere(['doctor'], { cwd })).stdout).toContain('1 file edited by hand');
  writeFileSync(join(cwd, FLEET), 'kind: Flet\n');
  expect((await runHere(['doctor'], { cwd })).stdout).toMatch(
    /fail {2}spec {8}\d+ errors\n {18}run `nova-torch check`/,
  );
});

test('doctor warns of warnings and of a missing Git', async () => {
  const cwd = repository({ 'spec/teams/engineering/prompts/old.md': 'Nobody reads this.\n' });
  vi.stubEnv('PATH', '/nowhere');
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const { code, stdout } = await runHere(['doctor', '--format', 'json'], { cwd });
  expect(code).toBe(0);
  const found = JSON.parse(stdout) as readonly unknown[];
  expect(found).toContainEqual({
    what: 'git',
    state: 'warn',
    found: 'not found',
    todo: 'install Git: `nova-torch diff --base` needs it',
  });
  expect(found).toContainEqual({ what: 'spec', state: 'warn', found: '1 warning', todo: 'run `nova-torch check`' });
});

test('doctor fails outside a repository', async () => {
  const { code, stdout } = await runHere(['doctor'], { cwd: folderOf() });
  expect([code, stdout.includes('no spec here or above')]).toEqual([1, true]);
});

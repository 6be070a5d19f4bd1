import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readCache, writeCache } from '../incremental/cache-file.ts';
import { sealOf } from '../output/seal.ts';
import { sha256 } from '../output/unit-index.ts';
import { BUILT, contents, folderOf } from './testing/built.ts';
import { runHere } from './testing/host.ts';
import { repository } from './testing/repository.ts';

/** Commands that look at a whole repository. */
const LOOKING = [
  ['check'],
  ['compile'],
  ['compile', '--check'],
  ['diff'],
  ['doctor'],
  ['explain', 'spec/teams/engineering/code-fixer.yaml:9'],
  ['fix'],
  ['fmt', '--check'],
  ['graph'],
  ['route', 'list'],
  ['verify'],
] as const;

/** What a runner of a pull request must not tell: the text of a file outside of the repository. */
const SECRET = 'hunter2: correct horse battery staple';

function outside(): string {
  const folder = folderOf({ 'secret.yaml': `${SECRET}\n` });
  return join(folder, 'secret.yaml');
}

/** A compiled repository with things that a pull request, or somebody on this machine, put into it. */
async function compiledWith(hostile: (cwd: string) => void): Promise<string> {
  const cwd = repository();
  expect((await runHere(['compile'], { cwd })).code).toBe(0);
  hostile(cwd);
  return cwd;
}

test.each(LOOKING.map((words) => [words.join(' '), words] as const))(
  '%s never tells what a link in the spec leads to',
  async (_, words) => {
    const target = outside();
    const cwd = await compiledWith((root) => {
      symlinkSync(target, join(root, 'spec/teams/engineering/evil.yaml'));
      symlinkSync(target, join(root, 'spec/teams/engineering/evil.yml'));
      symlinkSync(target, join(root, 'spec/teams/engineering/evil.json'));
      symlinkSync(target, join(root, 'spec/environments/evil.md'));
      symlinkSync('..', join(root, 'spec/teams/engineering/circle'));
      symlinkSync('/', join(root, 'spec/teams/everything'));
    });
    const before = contents(cwd);
    const { code, stdout, stderr } = await runHere(words, { cwd });
    expect(stdout + stderr).not.toContain('hunter2');
    // Only manifests were asked for.
    expect(code).toBe(words[0] === 'verify' ? 0 : 1);
    expect(contents(cwd)).toEqual(before);
  },
);

test('the commands end at once where a pipe stands in the spec or among what was generated', async () => {
  const cwd = await compiledWith((root) => {
    execFileSync('mkfifo', [join(root, 'spec/teams/engineering/pipe.yaml'), join(root, 'generated/prod/pipe.yaml')]);
  });
  for (const words of LOOKING) {
    const { code, stderr } = await runHere(words, { cwd });
    expect([words, code]).toEqual([words, words[0] === 'diff' ? 5 : 1]);
    if (words[0] !== 'doctor' && words[0] !== 'fix') expect(stderr).toMatch(/pipe.* is (?:a named pipe|not a regular)/);
  }
});

test.each([
  ['a link', (path: string) => symlinkSync('/etc/passwd', path)],
  ['a link to a folder', (path: string) => symlinkSync('/etc', path)],
  ['a pipe', (path: string) => execFileSync('mkfifo', [path])],
  ['a folder without end', (path: string) => mkdirSync(join(path, 'd/'.repeat(20)), { recursive: true })],
])('%s among what was generated is seen, whatever the last compile said', async (_, put) => {
  const cwd = await compiledWith((root) => put(join(root, 'generated/prod/odd')));
  for (const words of [['compile'], ['compile', '--check'], ['diff']]) {
    const { code, stdout, stderr } = await runHere(words, { cwd });
    expect([code, stdout]).toEqual([stderr.includes('NT6007') ? 4 : 5, '']);
    expect(stderr).toMatch(/error\[NT600[37]\]: `generated\/prod\/odd/);
    expect(stderr).not.toContain('root:');
  }
  const { stdout } = await runHere(['doctor'], { cwd });
  expect(stdout).toContain('fail  generated   1 place not of files and folders');
});

test('a folder without end among what was generated is said to be one', async () => {
  const cwd = await compiledWith((root) =>
    mkdirSync(join(root, 'generated/prod', 'd/'.repeat(21)), { recursive: true }),
  );
  const { code, stderr } = await runHere(['compile'], { cwd });
  expect(code).toBe(4);
  expect(stderr).toMatch(/^error\[NT6007\]: `generated\/prod\/(?:d\/){19}d` stands more than 20 folders deep$/m);
});

test('a folder that was made from a copy of what was generated, and is a link, is seen', async () => {
  const cwd = await compiledWith((root) => {
    renameSync(join(root, 'generated/prod'), join(root, 'elsewhere'));
    symlinkSync('../elsewhere', join(root, 'generated/prod'));
  });
  const { code, stderr } = await runHere(['compile'], { cwd });
  expect(code).toBe(5);
  expect(stderr).toContain('error[NT6003]: `generated/prod` is not a regular file or folder');
});

test.each(['.nova-torch', '.nova-torch/cache', '.nova-torch/swap'])(
  'nothing is read or written through a link at %s',
  async (path) => {
    const elsewhere = folderOf({ 'state.json': 'mine', 'cache/state.json': 'mine', 'swap/mine': 'mine' });
    const before = contents(elsewhere);
    const cwd = await compiledWith((root) => {
      rmSync(join(root, path), { recursive: true, force: true });
      symlinkSync(elsewhere, join(root, path));
    });
    const { code, stderr } = await runHere(['compile'], { cwd });
    expect([code, stderr.split('\n')[0]]).toEqual([5, `error[NT6003]: \`${path}\` is not a folder`]);
    expect(contents(elsewhere)).toEqual(before);
  },
);

test.each([
  ['generated', 'error[NT6003]: `generated` is not a folder'],
  ['generated/prod', 'error[NT6002]: `generated/prod` is in the way: the compiler would write it but did not make it'],
])('a file at %s is said to be one, whatever the last compile said', async (path, says) => {
  const cwd = await compiledWith((root) => {
    rmSync(join(root, path), { recursive: true });
    writeFileSync(join(root, path), 'mine\n');
  });
  for (const words of [['compile'], ['compile', '--check']]) {
    const { code, stderr } = await runHere(words, { cwd });
    expect([code, stderr.split('\n')[0]]).toEqual([5, says]);
  }
  expect(readFileSync(join(cwd, path), 'utf8')).toBe('mine\n');
});

test('a swap that a pull request brings moves nothing, whoever looks, and compile says what to do', async () => {
  const target = outside();
  const cwd = await compiledWith((root) => {
    const swap = join(root, '.nova-torch/swap');
    mkdirSync(join(swap, 'ready'), { recursive: true });
    mkdirSync(join(swap, 'undo'));
    renameSync(join(root, 'generated'), join(swap, 'tree'));
    writeFileSync(join(swap, 'ready/w0'), 'theirs');
    const up = '../'.repeat(30);
    writeFileSync(join(swap, 'ready/changes.json'), `\n${JSON.stringify({ writes: [`${up}${target}`], removes: [] })}`);
  });
  const before = contents(cwd);
  for (const words of LOOKING) {
    const { code, stderr } = await runHere(words, { cwd, env: userOf(cwd) });
    if (['compile', 'diff'].includes(words[0])) expect([words, code]).toEqual([words, 5]);
    if (words[0] === 'compile')
      expect(stderr).toMatch(/^error\[NT6008\]: `generated` is not there: a compile was ended while it wrote$/m);
    if (words.length === 1 && words[0] === 'compile') expect(stderr).toContain('rm -r .nova-torch/swap');
  }
  expect(contents(cwd)).toEqual(before);
  expect(readFileSync(target, 'utf8')).toBe(`${SECRET}\n`);
});

test('a compile says of a file that is lost what check says, and nothing that follows', async () => {
  const cwd = await compiledWith((root) => {
    const file = join(root, 'spec/teams/engineering/test-writer');
    renameSync(`${file}.yaml`, `${file}.yml`);
  });
  const { code, stderr } = await runHere(['compile'], { cwd });
  expect([code, stderr.match(/^(?:error|warning)\[\w+\]/gm)]).toEqual([1, ['error[NT1009]']]);
});

test('a file that nobody may read is one problem of the spec, for a compile too', async () => {
  const path = 'spec/teams/engineering/test-writer.yaml';
  const cwd = await compiledWith((root) => {
    chmodSync(root, 0o755);
    chmodSync(join(root, path), 0);
  });
  // Root may read everything.
  const somebody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  for (const words of [['check'], ['compile', '--check']]) {
    const options = { cwd, encoding: 'utf8', ...somebody } as const;
    const { status, stderr } = spawnSync(process.execPath, [BUILT, ...words], options);
    expect([status, stderr.split('\n')[0], stderr.match(/^error/gm)?.length]).toEqual([
      1,
      `error[NT1006]: \`${path}\` cannot be read: permission denied`,
      1,
    ]);
  }
});

test('compile --check writes nothing, in the repository or elsewhere', async () => {
  const cwd = repository();
  const user = userOf(cwd);
  const all = () => [contents(cwd), existsSync(user.HOME)];
  const fresh = all();
  expect((await runHere(['compile', '--check'], { cwd, env: user })).code).toBe(5);
  expect(all()).toEqual(fresh);
  expect((await runHere(['compile'], { cwd, env: user })).code).toBe(0);
  rmSync(join(cwd, '.nova-torch/cache/state.json'));
  writeFileSync(join(cwd, 'spec/environments/prod.yaml'), '# why\n', { flag: 'a' });
  const compiled = all();
  expect((await runHere(['compile', '--check'], { cwd, env: user })).code).toBe(0);
  expect((await runHere(['doctor'], { cwd, env: user })).code).toBe(0);
  expect(all()).toEqual(compiled);
});

test('a memory that came with the repository is not believed, whatever it says was compiled', async () => {
  const cwd = repository();
  const [victim, attacker] = [userOf(cwd), userOf(folderOf())];
  expect((await runHere(['compile'], { cwd, env: attacker })).code).toBe(0);
  const manifest = 'prod/teams/engineering/code-fixer/kubernetes.yaml';
  const text = readFileSync(join(cwd, 'generated', manifest), 'utf8').replaceAll('ghcr.io/acme', 'evil.example');
  writeFileSync(join(cwd, 'generated', manifest), text);
  const seal = sealOf(cwd, join(attacker.HOME, '.local/state/nova-torch'));
  const path = join(cwd, '.nova-torch/cache/state.json');
  const memory = readCache(path, seal).parts[0]?.value as { owned: Record<string, string> };
  writeCache(path, seal, {
    value: { ...memory, owned: { ...memory.owned, [manifest]: sha256(text) } },
    tail: new Uint8Array(),
  });
  // It is a memory of what would be true: whoever has the key believes it.
  expect((await runHere(['compile', '--check'], { cwd, env: attacker })).code).toBe(0);
  for (const env of [victim, {}]) {
    for (const words of [['compile', '--check'], ['compile']]) {
      const { code, stderr } = await runHere(words, { cwd, env });
      expect([words, code, stderr.split('\n')[0]]).toEqual([
        words,
        5,
        expect.stringMatching(`^error.NT6001.: generated file .generated/${manifest}. was edited by hand`),
      ]);
    }
  }
});

test('a clock that came with the repository is not written through', async () => {
  const target = outside();
  const cwd = repository();
  mkdirSync(join(cwd, '.nova-torch'));
  symlinkSync(target, join(cwd, '.nova-torch/clock'));
  expect((await runHere(['compile'], { cwd, env: userOf(cwd) })).code).toBe(0);
  expect(readFileSync(target, 'utf8')).toBe(`${SECRET}\n`);
});

/** Somebody who has not used the compiler before. */
function userOf(cwd: string): { readonly HOME: string } {
  onTestFinished(() => rmSync(`${cwd}.home`, { recursive: true, force: true }));
  return { HOME: `${cwd}.home` };
}

import { execFileSync, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, expect, test } from 'vitest';
import { LockedError, withLock } from './lock.ts';
import type { WritePlan } from './plan.ts';
import { listFiles } from './tree.ts';
import { isUnfinished, placeOf, recover, writeTree } from './write.ts';
import type { Step } from './write.ts';

/** The folder of whoever writes, and of whoever recovers. */
const state = mkdtempSync(join(tmpdir(), 'nova-torch-state-'));
afterAll(() => rmSync(state, { recursive: true, force: true }));

const roots: string[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true });
});

test('new files are written, old ones removed, others kept as they are with the same inode', async () => {
  const root = repository({ 'a/one.yaml': '1\n', 'a/gone.yaml': 'x\n', 'note.txt': 'mine\n' });
  const inode = lstatSync(join(root, 'generated/note.txt')).ino;
  await write(root, { writes: { 'b/two.yaml': '2\n' }, removes: ['a/gone.yaml'], keeps: ['a/one.yaml', 'note.txt'] });
  expect(contents(root)).toEqual({ 'a/one.yaml': '1\n', 'b/two.yaml': '2\n', 'note.txt': 'mine\n' });
  expect(lstatSync(join(root, 'generated/note.txt')).ino).toBe(inode);
  expect(readdirSync(join(root, '.nova-torch'))).toEqual([]);
});

test('a plan without changes, or no plan, touches nothing', async () => {
  const root = repository({ 'a.yaml': '1\n' });
  const before = lstatSync(join(root, 'generated')).ino;
  await write(root, { writes: {}, removes: [], keeps: ['a.yaml'] });
  expect(await writeTree(placeOf(root, state), () => undefined)).toBe(undefined);
  expect(lstatSync(join(root, 'generated')).ino).toBe(before);
});

test('killed at any step: before the new tree is complete the old one stays, afterwards the new one comes', async () => {
  const outcomes: Readonly<Record<Step, readonly ['old' | 'absent' | 'new', 'old' | 'new']>> = {
    begin: ['old', 'old'],
    staged: ['old', 'old'],
    ready: ['old', 'old'],
    prepared: ['old', 'old'],
    parted: ['absent', 'new'],
    applied: ['absent', 'new'],
    whole: ['absent', 'new'],
    swapped: ['new', 'new'],
    done: ['new', 'new'],
  };
  for (const [step, [read, recovered]] of Object.entries(outcomes)) {
    const root = repository(trees.old);
    expect(await killed(root, 'new', { step }), step).toBe('SIGKILL');
    expect(which(root), `${step}, read at once`).toBe(read);
    await recover(placeOf(root, state));
    expect(which(root), `${step}, recovered`).toBe(recovered);
    expect(existsSync(join(root, '.nova-torch/swap')), step).toBe(false);
  }
});

test('killed at 50 random moments: a reader sees the old tree, the new one or none, and recovery ends the third', async () => {
  const root = repository(trees.old);
  const seen = new Map<string, number>();
  let delay = 7;
  // A busy machine takes longer to its first new tree.
  let longestMs = 40;
  for (let round = 0; round < 50; round++) {
    delay = (delay * 16_807) % 2_147_483_647;
    expect(await killed(root, 'both', { afterMs: ((delay % 4_000) / 4_000) * longestMs })).toBe('SIGKILL');
    const read = which(root);
    seen.set(read, (seen.get(read) ?? 0) + 1);
    if (!seen.has('new')) longestMs *= 1.1;
    expect(['old', 'new', 'absent'], `round ${round}`).toContain(read);
    await recover(placeOf(root, state));
    expect(['old', 'new'], `round ${round}`).toContain(which(root));
  }
  expect((seen.get('old') ?? 0) > 0 && (seen.get('new') ?? 0) > 0, JSON.stringify([...seen])).toBe(true);
}, 120_000);

test('killed in the middle of moving files, at each of them, recovery finishes what was begun', async () => {
  for (const nth of [1, 2, 20, 39]) {
    const root = repository(trees.old);
    expect(await killed(root, 'new', { step: 'applied', nth })).toBe('SIGKILL');
    expect(which(root)).toBe('absent');
    await recover(placeOf(root, state));
    expect(which(root), `after ${nth}`).toBe('new');
  }
});

test('killed at any step, the first write of all has left the whole tree or nothing', async () => {
  for (const [step, left] of [
    ['begin', 'absent'],
    ['staged', 'absent'],
    ['ready', 'absent'],
    ['swapped', 'new'],
    ['done', 'new'],
  ] as const) {
    const root = repository();
    expect(await killed(root, 'new', { step })).toBe('SIGKILL');
    expect(which(root), `${step}, read at once`).toBe(left);
    await recover(placeOf(root, state));
    expect(which(root), `${step}, recovered`).toBe(left);
    expect(existsSync(join(root, '.nova-torch/swap')), step).toBe(false);
  }
});

test('a tree that somebody restored in the meantime is left as it is', async () => {
  const root = repository(trees.old);
  expect(await killed(root, 'new', { step: 'parted' })).toBe('SIGKILL');
  put(join(root, 'generated'), trees.old);
  await recover(placeOf(root, state));
  expect(which(root)).toBe('old');
  expect(existsSync(join(root, '.nova-torch/swap'))).toBe(false);
});

test('a limit on file sizes, as a full disk, leaves the old tree and no remains', () => {
  const root = repository(trees.old);
  const script = `${moduleOf('write')}
    const plan = { writes: new Map([['big', 'x'.repeat(1 << 20)]]), removes: [], keeps: [] };
    process.on('SIGXFSZ', () => {});
    writeTree(placeOf(${JSON.stringify(root)}), () => plan).catch((error) => console.log(error.code, error.path));`;
  const out = execFileSync('bash', ['-c', 'ulimit -f 64; exec node --input-type=module -e "$0"', script], {
    encoding: 'utf8',
  });
  expect(out).toBe(`EFBIG ${join(root, '.nova-torch/swap/next/w0')}\n`);
  expect(which(root)).toBe('old');
  expect(readdirSync(join(root, '.nova-torch'))).toEqual([]);
});

test('an error while files are moved puts every one of them back', async () => {
  const root = repository(trees.old);
  const paths = Object.keys(trees.old);
  const plan: WritePlan = {
    writes: new Map([
      ['new/file', '1'],
      ...paths.slice(0, 10).map((path) => [path, 'changed'] as const),
      ['last', '1'],
    ]),
    removes: paths.slice(10, 20),
    keeps: paths.slice(20),
  };
  for (const failAt of [1, 5, 11, 12, 13, 22]) {
    let applied = 0;
    const failing = (step: Step): void => {
      if (step === 'applied' && ++applied === failAt) throw new Error('the disk failed');
    };
    await expect(writeTree(placeOf(root, state), () => plan, { onStep: failing })).rejects.toThrow('the disk failed');
    expect(which(root), `at ${failAt}`).toBe('old');
    expect(readdirSync(join(root, '.nova-torch'))).toEqual([]);
  }
});

test('whoever stops a write before the swap finds the old tree, or none where none was', async () => {
  for (const files of [undefined, trees.old]) {
    const writes = new Map(Array.from({ length: 10 }, (_, n) => [`new/${n}`, '1'] as const));
    const plan = { writes, removes: [], keeps: Object.keys(files ?? {}) };
    const before = files === undefined ? 'absent' : 'old';
    let pauses = 0;
    const stopAt = (last: number) => async (): Promise<void> => {
      if (++pauses === last) throw new Error('stopped');
    };
    for (const last of files === undefined ? [1, 5, 10] : [1, 5, 10, 11]) {
      pauses = 0;
      const root = repository(files);
      await expect(writeTree(placeOf(root, state), () => plan, { pause: stopAt(last) })).rejects.toThrow('stopped');
      expect([which(root), readdirSync(join(root, '.nova-torch'))], `at ${last}`).toEqual([before, []]);
    }
    // Nobody is asked any more when the swap has begun.
    pauses = 0;
    const parted: number[] = [];
    const onStep = (step: Step) => void (step === 'parted' && parted.push(pauses));
    await writeTree(placeOf(repository(files), state), () => plan, { onStep, pause: stopAt(100) });
    expect([parted, pauses]).toEqual(files === undefined ? [[], 10] : [[11], 11]);
  }
});

test('a folder without the right to change it stops the write before anything is moved', async () => {
  const root = repository({ 'prod/a.yaml': '1\n' });
  const plan = { writes: new Map([['prod/a.yaml', '2\n']]), removes: [], keeps: [] };
  // Not even root may write here: a file stands where a folder has to be.
  const inTheWay = { ...plan, writes: new Map([['prod/a.yaml/b', '2\n']]) };
  await expect(writeTree(placeOf(root, state), () => inTheWay)).rejects.toThrow(/ENOTDIR|EEXIST|EACCES/);
  expect(contents(root)).toEqual({ 'prod/a.yaml': '1\n' });
  await writeTree(placeOf(root, state), () => plan);
  expect(contents(root)).toEqual({ 'prod/a.yaml': '2\n' });
});

test('a folder that is a file is refused by the operating system and nothing changes', async () => {
  const root = repository(trees.old);
  writeFileSync(join(root, '.nova-torch'), 'in the way');
  await expect(write(root, { writes: { a: '1' }, removes: [], keeps: [] })).rejects.toThrow(/EEXIST|ENOTDIR/);
  expect(which(root)).toBe('old');
});

test('what nobody can tell to be ours stays as it lies, and nothing is written over it', async () => {
  for (const spoil of [
    (swap: string) => writeFileSync(join(swap, 'ready/changes.json'), '{"writes":[],"removes":[]}'),
    (swap: string) => rmSync(join(swap, 'ready'), { recursive: true }),
    (swap: string) => symlinkSync('/etc/passwd', join(swap, 'tree/prod/link')),
    (swap: string) => symlinkSync('/etc/passwd', join(swap, 'ready/w1000')),
  ]) {
    const root = repository(trees.old);
    expect(await killed(root, 'new', { step: 'parted' })).toBe('SIGKILL');
    spoil(join(root, '.nova-torch/swap'));
    await recover(placeOf(root, state));
    expect([which(root), isUnfinished(placeOf(root))]).toEqual(['absent', true]);
    expect(await writeTree(placeOf(root, state), () => expect.fail('planned'))).toBe(undefined);
    expect(existsSync(join(root, '.nova-torch/swap/tree/prod'))).toBe(true);
  }
});

test("another user's write, and one in a copy of the repository, is not finished", async () => {
  const root = repository(trees.old);
  expect(await killed(root, 'new', { step: 'parted' })).toBe('SIGKILL');
  await recover(placeOf(root, mkdtempSync(join(state, 'another'))));
  await recover(placeOf(root));
  expect(which(root)).toBe('absent');
  const copy = repository();
  cpSync(root, copy, { recursive: true });
  await recover(placeOf(copy, state));
  expect(which(copy)).toBe('absent');
  await recover(placeOf(root, state));
  expect(which(root)).toBe('new');
});

test('two writers at once: one after the other, and each sees the tree the other left', async () => {
  const root = repository({});
  const add = (name: string) => (): WritePlan => ({
    writes: new Map([[name, name]]),
    removes: [],
    keeps: listFiles(join(root, 'generated')).files,
  });
  await Promise.all(['a', 'b', 'c', 'd'].map((name) => writeTree(placeOf(root, state), add(name))));
  expect(Object.keys(contents(root))).toEqual(['a', 'b', 'c', 'd']);
});

test('a lock of a process that is gone, or that says nothing, is taken over', async () => {
  const root = repository();
  const gone = spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => gone.on('exit', resolve));
  for (const text of [JSON.stringify({ pid: gone.pid, host: hostname() }), 'torn', '{"pid":-1,"host":"x"}']) {
    put(root, { lock: text });
    expect(await withLock(root, () => 'worked')).toBe('worked');
    expect(readdirSync(root)).toEqual([]);
  }
});

test('a lock of a living process, and one of another machine, are respected', async () => {
  const root = repository();
  for (const owner of [
    { pid: process.pid, host: hostname() },
    { pid: 1, host: 'another-machine' },
  ]) {
    put(root, { lock: JSON.stringify(owner) });
    const waiting = withLock(root, () => 'worked', 100);
    await expect(waiting).rejects.toThrow(LockedError);
    await expect(waiting).rejects.toThrow(`another nova-torch (process ${owner.pid}) is writing the generated tree`);
    expect(readFileSync(join(root, 'lock'), 'utf8')).toBe(JSON.stringify(owner));
  }
});

test('links and other strange things are listed, the folder itself too', () => {
  const root = repository({ 'a.yaml': '1' });
  symlinkSync('/etc', join(root, 'generated/etc'));
  expect(listFiles(join(root, 'generated'))).toMatchObject({ files: ['a.yaml'], foreign: ['etc'] });
  symlinkSync('generated', join(root, 'other'));
  expect(listFiles(join(root, 'other'))).toMatchObject({ files: [], foreign: [''] });
  expect(listFiles(join(root, 'absent'))).toMatchObject({ files: [], foreign: [] });
});

const trees = {
  old: Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`prod/${n % 7}/${n}.yaml`, `old ${n}\n`])),
  new: Object.fromEntries(
    Array.from({ length: 40 }, (_, n) => [`prod/${n % 7}/${n + 1}.yaml`, n < 5 ? `old ${n + 1}\n` : `new ${n}\n`]),
  ),
};

function repository(files?: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'nova-torch-write-'));
  roots.push(root);
  if (files !== undefined) mkdirSync(join(root, 'generated'));
  put(join(root, 'generated'), files ?? {});
  return root;
}

function put(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

function contents(root: string): Record<string, string> {
  const folder = join(root, 'generated');
  return Object.fromEntries(listFiles(folder).files.map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}

function which(root: string): string {
  if (!existsSync(join(root, 'generated'))) return 'absent';
  const found = JSON.stringify(contents(root));
  const names = Object.entries(trees).filter(([, tree]) => JSON.stringify(sorted(tree)) === found);
  return names[0]?.[0] ?? `a mix: ${found}`;
}

function sorted(tree: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(tree).sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function write(
  root: string,
  plan: { writes: Record<string, string>; removes: string[]; keeps: string[] },
): Promise<void> {
  await writeTree(placeOf(root, state), () => ({ ...plan, writes: new Map(Object.entries(plan.writes)) }));
}

/** Imports the built module, as a process of its own would. */
function moduleOf(name: string): string {
  return `import * as module from '${pathToFileURL(join(process.cwd(), `dist/compiler/output/${name}.js`)).href}';
    const { placeOf, writeTree, recover } = module;`;
}

/** Writes a tree in a real process and kills it: at a step, or some time after it began to write. */
async function killed(
  root: string,
  goal: 'new' | 'both',
  at: { step?: string; nth?: number; afterMs?: number },
): Promise<string> {
  const script = `${moduleOf('write')}
    import { readdirSync, readFileSync, existsSync } from 'node:fs';
    const trees = ${JSON.stringify(trees)};
    const place = placeOf(${JSON.stringify(root)}, ${JSON.stringify(state)});
    const plan = (tree) => () => {
      const files = existsSync(place.folder) ? readdirSync(place.folder, { recursive: true }).filter((path) => path.endsWith('.yaml')) : [];
      const same = files.filter((path) => tree[path] === readFileSync(place.folder + '/' + path, 'utf8'));
      return {
        writes: new Map(Object.entries(tree).filter(([path]) => !same.includes(path))),
        removes: files.filter((path) => tree[path] === undefined),
        keeps: same,
      };
    };
    let left = ${at.nth ?? 1};
    const onStep = (step) => { if (step === ${JSON.stringify(at.step ?? '')} && --left === 0) process.kill(process.pid, 'SIGKILL'); };
    await recover(place);
    console.log('writing');
    if (${JSON.stringify(goal)} === 'new') await writeTree(place, plan(trees.new), { onStep });
    else for (;;) for (const tree of [trees.new, trees.old]) await writeTree(place, plan(tree), { onStep });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.once('data', () => at.afterMs !== undefined && setTimeout(() => child.kill('SIGKILL'), at.afterMs));
  return new Promise((resolve) => child.on('exit', (code, signal) => resolve(signal ?? `exit ${code}`)));
}

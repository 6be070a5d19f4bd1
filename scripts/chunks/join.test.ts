import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build, transformSync } from 'esbuild';
import type { Metafile } from 'esbuild';
import { afterAll, expect, test } from 'vitest';
import { joinChunks } from './join.ts';

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A program and a library that share modules, with two exports of one name, an import when it is needed and a file beside. */
const SOURCES: Readonly<Record<string, string>> = {
  'program.ts': `
    import { name } from './low.ts';
    const { name: high, text } = await import('./high.ts');
    console.log(name, high, text());`,
  'library.ts': `export { name } from './low.ts'; export { base } from './base.ts';`,
  'low.ts': `import { base } from './base.ts'; export const name = base('low');`,
  'base.ts': `export function base(of: string) { return 'base of ' + of; }`,
  'middle.ts': `import { base } from './base.ts'; export const name = base('middle');`,
  'high.ts': `
    import { readFileSync } from 'node:fs';
    import path from 'node:path';
    import { name as middle } from './middle.ts';
    export const name = 'high above ' + middle + path.posix.sep;
    export const text = () => readFileSync(new URL('../text', import.meta.url), 'utf8');
    export const more = () => import('./more.ts');`,
  'more.ts': `import { name } from './middle.ts'; export const more = 'more of ' + name;`,
  'other.ts': `import { more } from './high.ts'; console.log((await more()).more);`,
};

async function built(sources = SOURCES): Promise<{ readonly folder: string; readonly outputs: Metafile['outputs'] }> {
  const folder = mkdtempSync(join(tmpdir(), 'nova-torch-join-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(sources)) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const { metafile } = await build({
    absWorkingDir: folder,
    entryPoints: ['program.ts', 'other.ts', 'library.ts'],
    outdir: 'out',
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    metafile: true,
  });
  writeFileSync(join(folder, 'out/text'), 'text');
  return { folder, outputs: metafile.outputs };
}

async function joined(sources = SOURCES): Promise<{ readonly folder: string; readonly made: readonly string[] }> {
  const { folder, outputs } = await built(sources);
  const { code } = transformSync(readFileSync(join(import.meta.dirname, 'run-script.ts'), 'utf8'), { loader: 'ts' });
  const before = process.cwd();
  process.chdir(folder);
  try {
    mkdirSync('out/chunks', { recursive: true });
    writeFileSync('out/chunks/run-script.js', code);
    const groups = [{ name: 'high', modules: ['high.ts', 'more.ts'] }];
    const made = await joinChunks({ outputs, groups, apart: ['library.ts'], folder: 'out/chunks', digest: 'x' });
    return { folder, made: [...made].sort() };
  } finally {
    process.chdir(before);
  }
}

const output = (folder: string, program: string): string =>
  execFileSync(process.execPath, [join(folder, 'out', program)], { encoding: 'utf8' });

test('programs of joined chunks do what they did', async () => {
  const { folder } = await built();
  const { folder: now } = await joined();
  expect(output(now, 'program.js')).toBe('base of low high above base of middle/ text\n');
  for (const program of ['program.js', 'other.js']) expect(output(now, program)).toBe(output(folder, program));
});

test('chunks of a group are one script, and whoever names one of them finds it where it was', async () => {
  const { made } = await joined();
  const scripts = made.filter((path) => path.endsWith('.cjs'));
  expect(scripts).toEqual(['out/chunks/joined-high-x.cjs']);
});

test('what is made is what there is, and nothing of it asks for what there is not', async () => {
  const { folder, made } = await joined();
  const names = readdirSync(join(folder, 'out'), { recursive: true, encoding: 'utf8' });
  const code = names
    .map((name) => `out/${name}`)
    .filter((path) => /\.c?js$/.test(path) && !path.endsWith('run-script.js'));
  expect(code.sort()).toEqual(made);
  for (const path of code)
    for (const [, wanted = ''] of readFileSync(join(folder, path), 'utf8').matchAll(/"(\.\.?\/[^"]+\.c?js)"/g))
      expect(names.map((name) => `out/${name}`)).toContain(join(dirname(path), wanted));
});

test('what stays apart is modules as they were', async () => {
  const { folder } = await joined();
  rmSync(join(folder, 'out/chunks/run-script.js'));
  const program = "const all = await import('./out/library.js'); console.log(Object.keys(all).join(), all.name);";
  const words = ['--input-type=module', '-e', program];
  expect(execFileSync(process.execPath, words, { cwd: folder, encoding: 'utf8' })).toBe('base,name base of low\n');
});

test('a module that nobody loads is no part of a group', async () => {
  const { outputs } = await built();
  const groups = [{ name: 'high', modules: ['nowhere.ts'] }];
  const joining = joinChunks({ outputs, groups, apart: [], folder: 'out/chunks', digest: 'x' });
  await expect(joining).rejects.toThrow('nowhere.ts is in no chunk');
});

test('a script cannot say what would mean another thing than in a module', async () => {
  const middle = `import one, { two } from 'package'; export const name = one + two;`;
  const joining = joined({ ...SOURCES, 'middle.ts': middle });
  await expect(joining).rejects.toThrow('a script cannot say: import one, { two } from "package";');
});

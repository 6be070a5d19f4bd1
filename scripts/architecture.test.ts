import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { importsOf, rooms } from './architecture.ts';
import type { CodeFile } from './architecture.ts';
import { violations } from './architecture-rules.ts';

const ROOT = join(import.meta.dirname, '..');

/** The TypeScript of the repository: tracked files and new ones that are not ignored. */
function codeFiles(): readonly CodeFile[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '*.ts'], {
    cwd: ROOT,
  });
  return String(listed)
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(ROOT, path)) && /^(spec|compiler|runtime|scripts)\//.test(path))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
}

const files = codeFiles();

test('no file of the house breaks an arrow, a promise of purity or a rule about names', () => {
  expect(violations(files)).toEqual([]);
});

test('the check saw the code: every room that exists, and imports in most files', () => {
  expect(files.length).toBeGreaterThan(100);
  for (const { path } of rooms.filter((room) => existsSync(join(ROOT, room.path)))) {
    expect(files.filter((file) => file.path.startsWith(`${path}/`)).length, path).toBeGreaterThan(0);
  }
  expect(files.filter((file) => importsOf(file).length > 0).length).toBeGreaterThan(files.length / 2);
});

test('what a command needs before it is chosen never reaches cdk8s', () => {
  const seen = new Set<string>();
  const queue = ['compiler/cli/main.ts'];
  const texts = new Map(files.map((file) => [file.path, file]));
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    const file = texts.get(path);
    if (seen.has(path) || file === undefined) continue;
    seen.add(path);
    const needed = importsOf(file).filter(({ typeOnly, lazy }) => !typeOnly && !lazy);
    expect(needed.map(({ target }) => target).filter((target) => target.startsWith('cdk8s'))).toEqual([]);
    queue.push(...needed.map(({ target }) => target));
  }
  expect(seen.size).toBeGreaterThan(5);
});

const PLANTED: readonly (readonly [path: string, text: string, said: string])[] = [
  ['spec/contract/a.ts', `import type { B } from '../../compiler/core/b.ts';`, 'must not import compiler/core/b.ts'],
  ['spec/contract/a.ts', `import { x } from 'yaml';`, 'must not import yaml'],
  ['compiler/check/a.ts', `import { all } from '../emitters/all.ts';`, 'must not import compiler/emitters/all.ts'],
  ['compiler/check/a.ts', `import fs from 'node:fs';`, 'must not import node:fs'],
  ['compiler/check/a.ts', `import {\n  a,\n} from '../load/load.ts';`, 'must not import compiler/load/load.ts'],
  ['compiler/load/parse.ts', `import { x } from 'node:fs';`, 'must not import node:fs'],
  ['compiler/core/a.ts', `import { x } from '../check/a.ts';`, 'must not import compiler/check/a.ts'],
  ['compiler/resolve/a.ts', `import { App } from 'cdk8s';`, 'must not import cdk8s'],
  ['compiler/core/a.ts', `export const at = Date.now();`, 'must not use the clock (Date.now)'],
  ['compiler/core/a.ts', `export const at = new Date();`, 'must not use the clock (new Date())'],
  ['compiler/core/a.ts', `export const r = Math.random();`, 'must not use randomness'],
  ['compiler/emitters/x/a.ts', `export const e = process.env['A'];`, 'must not use the process'],
  ['compiler/emitters/x/a.ts', `import { y } from '../y/y.ts';`, 'emitters do not know each other'],
  ['compiler/cli/a.ts', `import { s } from '../../runtime/store/s.ts';`, 'the programs meet in routing-table.json'],
  ['compiler/compile.ts', `import { c } from './cdk8s/c.ts';`, 'must load compiler/cdk8s/c.ts lazily'],
  ['compiler/core/a.ts', `import { t } from './testing/t.ts';`, 'it is for tests only'],
  ['compiler/core/path-utils.ts', `export const a = 1;`, 'has a name that says nothing'],
  ['compiler/core/pathName.ts', `export const a = 1;`, 'is not in kebab-case'],
  ['compiler/core/a.ts', `export default 1;`, 'must not export a default'],
  ['compiler/core/a.ts', `export * from './b.ts';\nexport { c } from './c.ts';`, 'only passes on what others export'],
  ['compiler/core/a.ts', `export const c = 'a'.localeCompare('b');`, 'must not depend on the locale'],
  ['compiler/core/a.ts', 'x\n'.repeat(501), 'has 502 lines'],
  ['compiler/attic/a.ts', `export const a = 1;`, 'belongs to no room'],
];

test.for(PLANTED)('a planted violation in %s is named', ([path, text, said]) => {
  expect(violations([{ path, text }]).join('\n')).toContain(said);
});

test('types may point back, lazy imports may wait, comments may say anything', () => {
  const fine: readonly CodeFile[] = [
    { path: 'compiler/check/a.ts', text: `import type { SpecDocument } from '../load/document.ts';` },
    { path: 'compiler/compile.ts', text: `const c = await import('./cdk8s/c.ts');` },
    { path: 'compiler/load/read.ts', text: `import { readFileSync } from 'node:fs';` },
    { path: 'compiler/core/a.ts', text: `/** Never Math.random(). */\n// nor Date.now()\nexport const a = 1;` },
  ];
  expect(violations(fine)).toEqual([]);
});

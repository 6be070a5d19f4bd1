import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { stateFolder } from './testing/state-folder.ts';

const REPOSITORY = resolve(import.meta.dirname, '../..');

test('time zone, locale and the order of files on disk change no byte of the example company', () => {
  const wanted = compiled({});
  expect(Object.keys(wanted).length).toBeGreaterThan(50);
  const variants: readonly Readonly<Record<string, string>>[] = [
    { TZ: 'Pacific/Kiritimati', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' },
    { TZ: 'America/St_Johns', LANG: 'C', LC_ALL: 'C' },
    { TZ: 'Asia/Kathmandu', LANG: 'sv_SE.UTF-8', LC_ALL: 'sv_SE.UTF-8', LANGUAGE: 'sv' },
  ];
  for (const env of variants) expect(compiled({ env }), JSON.stringify(env)).toEqual(wanted);
  expect(compiled({ reversed: true })).toEqual(wanted);
});

test.for([2, 3])('%i threads give the bytes of one', (workers) => {
  expect(compiled({ workers })).toEqual(compiled({}));
});

test('threads report nothing twice, and what they remember is used by the next compile', () => {
  const root = copyOfSpec(false);
  compileIn(root, {}, process.execPath, false, 2);
  const before = treeOf(root);
  const fleet = join(root, 'spec/teams/engineering/code-fixer.yaml');
  const text = readFileSync(fleet, 'utf8');
  rmSync(fleet);
  compileIn(root, {}, process.execPath, true, 2);
  expect(treeOf(root)).toEqual(before);
  writeFileSync(fleet, text);
  compileIn(root, {}, process.execPath, false, 1);
  expect(treeOf(root)).toEqual(before);
});

test('a compile that remembers gives the bytes of one that does not', () => {
  const root = copyOfSpec(false);
  compileIn(root, {}, process.execPath);
  const fleet = join(root, 'spec/teams/engineering/code-fixer.yaml');
  const old = readFileSync(fleet, 'utf8');
  cpSync(fleet, `${fleet}.bak`);
  rmSync(fleet);
  compileIn(root, {}, process.execPath, true);
  cpSync(`${fleet}.bak`, fleet);
  rmSync(`${fleet}.bak`);
  expect(readFileSync(fleet, 'utf8')).toBe(old);
  utimesSync(fleet, 1, 1);
  compileIn(root, {}, process.execPath);
  expect(treeOf(root)).toEqual(compiled({}));
});

const OTHERS = [20, 22, 24].filter((version) => !process.version.startsWith(`v${version}.`));

test.for(OTHERS)('Node %i gives the bytes of this Node', { timeout: 300_000 }, (version) => {
  const other = nodeOf(version);
  expect(execFileSync(other, ['--version'], { encoding: 'utf8' })).toMatch(`v${version}.`);
  expect(compiled({ node: other })).toEqual(compiled({}));
});

interface Variant {
  readonly env?: Readonly<Record<string, string>>;
  readonly reversed?: boolean;
  readonly node?: string;
  readonly workers?: number;
}

function compiled({
  env = {},
  reversed = false,
  node = process.execPath,
  workers = 1,
}: Variant): Record<string, string> {
  const root = copyOfSpec(reversed);
  compileIn(root, env, node, false, workers);
  return treeOf(root);
}

/** The example company in a folder of its own; `reversed` creates its files in the opposite order. */
function copyOfSpec(reversed: boolean): string {
  const root = mkdtempSync(join(tmpdir(), 'nova-torch-same-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const from = join(REPOSITORY, 'spec');
  const paths = readdirSync(from, { recursive: true, encoding: 'utf8' })
    .filter((path) => !/^(contract|examples)\b/.test(path) && statSync(join(from, path)).isFile())
    .filter((path) => /\.(yaml|json|md|txt)$/.test(path))
    .sort();
  for (const path of reversed ? paths.reverse() : paths) {
    mkdirSync(join(root, 'spec', path, '..'), { recursive: true });
    cpSync(join(from, path), join(root, 'spec', path));
  }
  return root;
}

/** Compiles in a process of its own with the built code; `broken` expects that the spec has errors. */
function compileIn(
  root: string,
  env: Readonly<Record<string, string>>,
  node: string,
  broken = false,
  workers = 1,
): void {
  const module = (path: string): string => JSON.stringify(pathToFileURL(join(REPOSITORY, 'dist/compiler', path)).href);
  const script = `
    const { compileTree } = await import(${module('incremental/compile-tree.js')});
    const { stages } = await import(${module('stages.js')});
    const { diagnostics } = await compileTree({ root: ${JSON.stringify(root)}, stateFolder: ${JSON.stringify(stateFolder)}, today: '2026-11-23', stages, mode: 'write', workers: ${workers} });
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    for (const { code, message } of errors) console.log(code, message);
    process.exitCode = errors.length === 0 ? 0 : 1;`;
  const { status, stdout, stderr } = spawnSync(node, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], ...env },
  });
  expect(status, stdout + stderr).toBe(broken ? 1 : 0);
}

function treeOf(root: string): Record<string, string> {
  const folder = join(root, 'generated');
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    statSync(join(folder, path)).isFile(),
  );
  return Object.fromEntries(paths.sort().map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}

/** A Node of a major version, installed from the registry once below `.nova-torch/`. */
function nodeOf(version: number): string {
  const folder = join(REPOSITORY, `.nova-torch/node${version}`);
  const binary = join(folder, `node_modules/node-${process.platform}-${process.arch}/bin/node`);
  const what = `node-${process.platform}-${process.arch}@${version}`;
  if (!existsSync(binary)) {
    const flags = ['--no-save', '--ignore-scripts', '--prefix', folder];
    spawnSync('npm', ['install', ...flags, what], { stdio: 'ignore', timeout: 120_000 });
  }
  if (!existsSync(binary))
    throw new Error(`this test needs Node ${version}: npm install --no-save --prefix ${folder} ${what}`);
  return binary;
}

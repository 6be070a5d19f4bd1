import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const DIST = resolve('dist');
const folder = mkdtempSync(join(tmpdir(), 'nova-torch-remembered-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A compile in a process of its own, and of each script that it ran: which it is, and whether V8 took what it had made of it. */
const COMPILE = `
  const { compileTree } = await import('file://${DIST}/compiler/incremental/compile-tree.js');
  const stages = async () => (await import('file://${DIST}/compiler/stages.js')).stages;
  const options = { root: process.argv[1], stateFolder: process.argv[1] + '-state', today: '2026-01-01', stages, mode: 'write' };
  const { written } = await compileTree(options);
  if (written.length === 0) throw new Error('nothing was compiled');
  const { scripts } = await import('file://${DIST}/compiler/chunks/run-script.js');
  const told = [...scripts].map(([file, { script }]) => [/joined-(\\w+)-/.exec(file)[1], script.cachedDataRejected]);
  console.log(JSON.stringify(Object.fromEntries(told)));`;

test('a compile compiles none of its own scripts', { timeout: 60_000 }, () => {
  const root = join(folder, 'acme');
  execFileSync(process.execPath, [join(DIST, 'compiler/cli/main.js'), 'init', root], { stdio: 'pipe' });
  const told = execFileSync(process.execPath, ['--input-type=module', '-e', COMPILE, root], { encoding: 'utf8' });
  expect(JSON.parse(told)).toEqual({ known: false, language: false, checked: false, emitted: false });
});

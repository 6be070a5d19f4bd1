import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compiledFile } from './run-script.ts';

const folder = mkdtempSync(join(tmpdir(), 'nova-torch-script-'));
const script = join(folder, 'sum.cjs');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const CODE = `(function (module, require, __url, __load) {
  const { sep } = require('node:path');
  function add(a, b) { return a + b + require('given').more; }
  module.exports = { add, sep, url: __url, load: __load };
})`;

/** Runs the script in a process of its own, and says what it gave and whether V8 took what was compiled before. */
const RUN = `
  const { runScript, scripts, compiledFile, compiledBytes } = await import('./run-script.mjs');
  const url = new URL('asker.mjs', import.meta.url).href;
  const { add, load, ...rest } = runScript('sum.cjs', url, { given: { more: 3 } });
  const [[file, { script }]] = scripts;
  console.log(JSON.stringify([add(1, 2), (await load('./other.mjs')).name, script.cachedDataRejected ?? 'none']));
  const { readFileSync, writeFileSync } = await import('node:fs');
  if (process.argv[2] === 'keep')
    writeFileSync(compiledFile(file), compiledBytes(readFileSync(file), script.createCachedData()));`;

const run = (flags: readonly string[] = [], ...words: readonly string[]): unknown =>
  JSON.parse(execFileSync(process.execPath, [...flags, join(folder, 'run.mjs'), ...words], { encoding: 'utf8' }));

beforeAll(() => {
  const { code } = transformSync(readFileSync(join(import.meta.dirname, 'run-script.ts'), 'utf8'), { loader: 'ts' });
  const files = {
    'run-script.mjs': code,
    'run.mjs': RUN,
    'sum.cjs': CODE,
    'other.mjs': "export const name = 'other';",
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
});

test('a script is given modules, packages, its place and a way to import, and is compiled where nobody did before', () => {
  expect(run([], 'keep')).toEqual([6, 'other', 'none']);
});

test('what was compiled before is taken', () => {
  expect(run()).toEqual([6, 'other', false]);
});

test('with other settings V8 does not take it, and the script runs as ever', () => {
  expect(run(['--no-lazy'])).toEqual([6, 'other', true]);
});

test('one that was damaged, cut off or made of another script is not even shown to V8, which would crash', () => {
  const whole = readFileSync(compiledFile(script));
  const damaged = Buffer.from(whole);
  damaged.fill(0xff, 100, 200);
  for (const bytes of [damaged, whole.subarray(0, -1), whole.subarray(0, 10), Buffer.alloc(0)]) {
    writeFileSync(compiledFile(script), bytes);
    expect(run()).toEqual([6, 'other', 'none']);
  }
  writeFileSync(compiledFile(script), whole);
  // As long as it was: the length is all that V8 asks for.
  writeFileSync(script, CODE.replace('a + b +', 'a - b +'));
  expect(run()).toEqual([2, 'other', 'none']);
});

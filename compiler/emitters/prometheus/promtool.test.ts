import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { goldenFiles } from '../testing/golden.ts';
import { companyFiles } from '../testing/company.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'nova-torch-rules-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Puts rules and tests where promtool reads them, and names the files that end so. */
function written(files: readonly { readonly path: string; readonly text: string }[], ending: string): string[] {
  for (const { path, text } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return files.filter(({ path }) => path.endsWith(ending)).map(({ path }) => join(folder, path));
}

const ours = (await companyFiles('prod')).filter(({ path }) => /\/prometheus\.(rules|test)\.yaml$/.test(path));
const golden = goldenFiles('prometheus').map(({ name, present }) => ({ path: `golden/${name}`, text: present }));

test('promtool accepts the rules of the example company', async () => {
  const files = written(ours, '.rules.yaml');
  expect(files.length).toBe(16);
  const { stdout } = await run('promtool', ['check', 'rules', '--lint-fatal', ...files]);
  expect(stdout.match(/SUCCESS/g)?.length).toBe(16);
});

test('every alert fires, is silent, and does what it should without data: fleets and platform of the golden files', async () => {
  const tests = written(golden, '.test.yaml');
  expect(tests.length).toBe(3);
  const { stdout } = await run('promtool', ['test', 'rules', ...tests]);
  expect(stdout).not.toContain('FAILED');
}, 240_000);

test('the same holds for the example company, a fleet of each team', async () => {
  const tests = written(ours, '.test.yaml');
  // One for each shape of objectives; every other fleet has the rules of one of these with other numbers.
  const chosen = tests.filter((path) => /query-runner|code-fixer|triage|report-writer|evaluator/.test(path));
  expect(chosen.length).toBe(5);
  const { stdout } = await run('promtool', ['test', 'rules', ...chosen]);
  expect(stdout).not.toContain('FAILED');
}, 240_000);

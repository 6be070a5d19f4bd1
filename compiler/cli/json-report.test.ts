import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runHere } from './testing/host.ts';
import { repository } from './testing/repository.ts';

const BROKEN = { 'spec/teams/engineering/code-fixer.yaml': 'apiVersion: nova-torch.dev/v1\nkind: Xyzzy\n' };

test.each([
  ['check'],
  ['compile'],
  ['compile', '--check'],
  ['diff'],
  ['graph'],
  ['explain', 'spec/company.yaml:1'],
  ['explain', 'generated/prod/manifest.json:1'],
  ['route', 'list'],
  ['route', 'test', 'task.json'],
  ['fix'],
])('a program that asks %s %s for JSON gets the problems of a broken spec as JSON', async (...words) => {
  const cwd = repository({ ...BROKEN, 'task.json': '{"task": "bug_fix"}' });
  const { code, stdout, stderr } = await runHere([...words, '--format', 'json'], { cwd });
  const { exit, diagnostics } = JSON.parse(stdout) as Record<string, unknown>;
  expect([code, stderr, exit]).toEqual([1, '', 1]);
  expect(diagnostics).toEqual(
    expect.arrayContaining([expect.objectContaining({ code: 'NT1209', line: 2, column: 7 }) as unknown]),
  );
});

test('what stands in the way of a diff is JSON as well', async () => {
  const cwd = repository();
  await runHere(['compile'], { cwd });
  mkdirSync(join(cwd, 'generated', 'd/'.repeat(21)), { recursive: true });
  const { code, stdout } = await runHere(['diff', '--format', 'json'], { cwd });
  expect([code, JSON.parse(stdout)]).toMatchObject([4, { exit: 4, diagnostics: [{ code: 'NT6007' }] }]);
});

test('fix says in JSON what it corrected and what it wrote', async () => {
  const path = 'spec/teams/engineering/code-fixer.yaml';
  const cwd = repository();
  const text = readFileSync(join(cwd, path), 'utf8').replace('skills:', 'skils:');
  const broken = repository({ [path]: text });
  const fixed = [{ file: path, code: 'NT1201', title: 'renames it to `skills`' }];
  const dry = await runHere(['fix', '--dry-run', '--format', 'json'], { cwd: broken });
  expect(JSON.parse(dry.stdout)).toMatchObject({ exit: 0, errors: 0, diagnostics: [], fixed, written: [] });
  const { code, stdout } = await runHere(['fix', '--format', 'json'], { cwd: broken });
  expect([code, JSON.parse(stdout)]).toMatchObject([0, { exit: 0, fixed, written: [path] }]);
});

test('schema says in JSON what it wrote, and is JSON in any case', async () => {
  const cwd = repository();
  const { stdout } = await runHere(['schema', 'Fleet', '--out', 'fleet.json', '--format', 'json'], { cwd });
  expect(JSON.parse(stdout)).toEqual({ version: 1, exit: 0, written: ['fleet.json'] });
  const printed = await runHere(['schema', 'Fleet', '--format', 'json'], { cwd });
  expect(printed.stdout).toBe(readFileSync(join(cwd, 'fleet.json'), 'utf8'));
});

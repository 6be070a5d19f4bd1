import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { catalog } from './catalog.ts';
import type { CatalogEntry } from './catalog/entry.ts';
import { caseNames, expectedText } from './testing/case-files.ts';
import { runCase } from './testing/run-case.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const entries: readonly (readonly [string, CatalogEntry])[] = Object.entries(catalog);

test('the base company has no problems', async () => {
  expect(await runCase('base')).toBe('exit 0\n');
});

test.each(caseNames())('the problems of %s are printed exactly as expected', async (name) => {
  expect(await runCase(name)).toBe(expectedText(name));
});

test('a case folder shows the code it is named after', () => {
  const silent = caseNames().filter((name) => !expectedText(name)?.includes(`[${name.slice(0, 6)}]`));
  expect(silent).toEqual([]);
});

test('every code has a case folder or a test that names it, and no folder is of an extinct code', () => {
  const shown = new Set(caseNames().map((name) => name.split('-')[0]));
  expect([...shown].filter((code) => code === undefined || !(code in catalog))).toEqual([]);
  const tested = codesInTests();
  expect(tested.size).toBeGreaterThan(1);
  expect(entries.map(([code]) => code).filter((code) => !shown.has(code) && !tested.has(code))).toEqual([]);
});

/** Some problems no folder of spec files can show: links, bombs that a test makes, a generated tree. */
function codesInTests(): ReadonlySet<string> {
  const paths = readdirSync(join(ROOT, 'compiler'), { recursive: true, encoding: 'utf8' });
  const tests = paths.filter((path) => path.endsWith('.test.ts') && !path.endsWith('cases.test.ts'));
  return new Set(tests.flatMap((path) => readFileSync(join(ROOT, 'compiler', path), 'utf8').match(/NT\d{4}/g) ?? []));
}

test('every message begins in lower case or with a name, and has no full stop', () => {
  expect(entries.length).toBeGreaterThan(40);
  const wrong = entries.filter(([, { message }]) => !/^(`|\{|[a-z])/.test(message) && !/^[A-Z]{2}/.test(message));
  expect(wrong.map(([code]) => code)).toEqual([]);
  expect(entries.filter(([, { message }]) => /[.!]$/.test(message)).map(([code]) => code)).toEqual([]);
});

test('every explanation says why and what to do', () => {
  const thin = entries.filter(([, { explanation }]) => explanation.trim().split(/\s+/).length < 15);
  expect(thin.map(([code]) => code)).toEqual([]);
});

test('codes are NT and four digits', () => {
  expect(entries.map(([code]) => code).filter((code) => !/^NT\d{4}$/.test(code))).toEqual([]);
});

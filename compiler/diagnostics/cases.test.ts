import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { catalog } from './catalog.ts';
import type { CatalogEntry } from './catalog/entry.ts';
import { caseNames, expectedText } from './testing/case-files.ts';
import { runCase } from './testing/run-case.ts';
import { withoutFolder } from './testing/without-folder.ts';

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

test('every code has either a case folder or a line in the list of tests, and neither names an extinct one', () => {
  const shown = new Set(caseNames().map((name) => name.slice(0, name.indexOf('-'))));
  expect([...shown, ...Object.keys(withoutFolder)].filter((code) => !(code in catalog))).toEqual([]);
  expect(entries.map(([code]) => code).filter((code) => shown.has(code) === code in withoutFolder)).toEqual([]);
});

test.each(Object.entries(withoutFolder))('%s is shown by the test that the list names: %j', (code, [file, name]) => {
  expect(testCalled(name, readFileSync(join(ROOT, file), 'utf8'))).toContain(code);
});

/** The source of a test that begins at the left edge of its file; nothing where none has the name. */
function testCalled(name: string, text: string): string | undefined {
  return text.split(/^(?=test)/m).find((one) => one.includes(`('${name}', `));
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

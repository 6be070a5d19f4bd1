import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { printText } from '../../compiler/diagnostics/print-text.ts';
import { collector } from '../../compiler/diagnostics/report.ts';
import { compileProblemsOf } from '../../compiler/diagnostics/testing/problems-of.ts';
import { readSpec } from '../../compiler/load/read.ts';

const EXAMPLES = import.meta.dirname;
const BUNDLE = join(EXAMPLES, '../contract/generated/nova-torch.schema.json');
const examples = readdirSync(EXAMPLES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

test('there are examples to look at', () => {
  expect(examples.length).toBeGreaterThan(12);
});

test.for(examples)('%s compiles without a problem', async (name) => {
  const { report, diagnostics } = collector();
  const files = readSpec(join(EXAMPLES, name), report);
  expect(files.length).toBeGreaterThan(3);
  const compiled = await compileProblemsOf(files);
  expect(printText([...diagnostics, ...compiled.diagnostics], files)).toBe('');
  expect(compiled.objects).toBeGreaterThan(20);
});

test.for(examples)('%s says what it shows', (name) => {
  expect(readFileSync(join(EXAMPLES, name, 'README.md'), 'utf8')).toMatch(/^# .+\n\n.+/);
});

test('every document of spec/ points editors to the schema', () => {
  const root = join(EXAMPLES, '..');
  const documents = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.yaml'));
  expect(documents.length).toBeGreaterThan(100);
  for (const path of documents) {
    const [, schema = ''] =
      /^# yaml-language-server: \$schema=(\S+)\n/.exec(readFileSync(join(root, path), 'utf8')) ?? [];
    expect(join(root, dirname(path), schema), path).toBe(BUNDLE);
  }
  expect(existsSync(BUNDLE)).toBe(true);
});

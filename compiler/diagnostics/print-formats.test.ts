import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { printGithub } from './print-github.ts';
import { printJson } from './print-json.ts';
import { printSarif } from './print-sarif.ts';
import { sample } from './testing/sample.ts';

test('json says everything in one stable shape', () => {
  const { files, diagnostics } = sample();
  expect(JSON.parse(printJson(diagnostics, files))).toEqual({
    version: 1,
    exit: 1,
    errors: 1,
    warnings: 1,
    diagnostics: [
      {
        code: 'NT1201',
        severity: 'error',
        message: 'unknown field `mni` in `scale`',
        file: 'spec/a b.yaml',
        line: 2,
        column: 8,
        endLine: 2,
        endColumn: 11,
        label: 'did you mean `min`?',
        related: [{ message: 'declared here', file: 'spec/b,c.yaml', line: 2, column: 1, endLine: 2, endColumn: 7 }],
        notes: ['allowed: max, min', 'a note with \\u{1b}[0m 50%\\u{d}\\u{a}'],
        fix: {
          title: 'renames it to `min`',
          edits: [
            { file: 'spec/a b.yaml', line: 2, column: 8, endLine: 2, endColumn: 11, start: 14, end: 17, text: 'min' },
          ],
        },
      },
      {
        code: 'NT1118',
        severity: 'warning',
        message: 'the file is empty',
        file: 'spec/b,c.yaml',
        line: 2,
        column: 1,
        endLine: 2,
        endColumn: 7,
        related: [],
        notes: [],
      },
    ],
  });
  expect((JSON.parse(printJson(diagnostics.slice(1), files, true)) as { exit: number }).exit).toBe(1);
});

test('sarif follows the schema of 2.1.0', () => {
  const { files, diagnostics } = sample();
  const schema = JSON.parse(
    readFileSync(new URL('testing/sarif-2.1.0.subset.json', import.meta.url), 'utf8'),
  ) as object;
  const validate = new Ajv({ strict: true, allErrors: true }).compile(schema);
  const log = JSON.parse(printSarif(diagnostics, files, '1.2.3')) as {
    runs: readonly {
      results: readonly Record<string, unknown>[];
      tool: { driver: { rules: readonly { id: string }[] } };
    }[];
  };
  validate(log);
  expect(validate.errors).toBeNull();
  const [run] = log.runs;
  expect(run?.tool.driver.rules.map(({ id }) => id)).toEqual(['NT1118', 'NT1201']);
  expect(run?.results.map(({ ruleId, ruleIndex, level }) => [ruleId, ruleIndex, level])).toEqual([
    ['NT1201', 1, 'error'],
    ['NT1118', 0, 'warning'],
  ]);
  expect(run?.results[0]?.['locations']).toEqual([
    {
      physicalLocation: {
        artifactLocation: { uri: 'spec/a%20b.yaml' },
        region: { startLine: 2, startColumn: 8, endLine: 2, endColumn: 11 },
      },
    },
  ]);
  validate(JSON.parse(printSarif([], [], '1.2.3')));
  expect(validate.errors).toBeNull();
});

test('github annotations escape what would end a property or a command', () => {
  const { files, diagnostics } = sample();
  expect(printGithub(diagnostics, files)).toBe(
    [
      '::error file=spec/a b.yaml,line=2,col=8,endColumn=11,title=NT1201::unknown field `mni` in `scale`%0Adid you mean `min`?%0Aallowed: max, min%0Aa note with \\u{1b}[0m 50%25\\u{d}\\u{a}\n',
      '::warning file=spec/b%2Cc.yaml,line=2,col=1,endColumn=7,title=NT1118::the file is empty\n',
    ].join(''),
  );
});

test('a github annotation over several lines names the last one', () => {
  const file = { path: 'spec/a:b.yaml', text: 'a\nb\n' };
  const [, warning] = sample().diagnostics;
  if (warning === undefined) throw new Error('the sample has two problems');
  expect(printGithub([{ ...warning, at: { file: file.path, start: 0, end: 3 } }], [file])).toBe(
    '::warning file=spec/a%3Ab.yaml,line=1,endLine=2,title=NT1118::the file is empty\n',
  );
});

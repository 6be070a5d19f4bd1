import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { expect, test } from 'vitest';
import type { SourceFile } from '../../spec/contract/source.ts';
import type { Diagnostic } from './diagnostic.ts';
import { printGithub } from './print-github.ts';
import { printJson } from './print-json.ts';
import { printSarif } from './print-sarif.ts';
import { caseFiles, caseNames } from './testing/case-files.ts';
import { problemsOf } from './testing/problems-of.ts';
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
        code: 'NT2050',
        severity: 'warning',
        message: 'no fleet uses `a`',
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
  expect((JSON.parse(printJson(diagnostics.slice(1), files, { strict: true })) as { exit: number }).exit).toBe(1);
});

interface Log {
  readonly runs: readonly {
    readonly results: readonly Result[];
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
  }[];
}

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly locations: readonly Place[];
  readonly relatedLocations?: readonly (Place & { readonly id: number })[];
  readonly fixes?: readonly {
    readonly artifactChanges: readonly { readonly replacements: readonly Replacement[] }[];
  }[];
}

interface Place {
  readonly physicalLocation: { readonly region: Region };
}

interface Replacement {
  readonly deletedRegion: Region;
}

type Region = Readonly<Record<'startLine' | 'startColumn' | 'endLine' | 'endColumn', number>>;

/** The log, after it was found to follow the schema of 2.1.0. */
function sarif(diagnostics: readonly Diagnostic[], files: readonly SourceFile[]): Log {
  const log = JSON.parse(printSarif(diagnostics, files, '1.2.3')) as Log;
  validate(log);
  expect(validate.errors).toBeNull();
  return log;
}

/**
 * The schema of OASIS, whole, as `@microsoft/jest-sarif` 1.0.0-beta.0 brings it (MIT). It is of draft 4, which differs here
 * in the name of `id` only, and one of its patterns is none for the `u` flag.
 */
const {
  $schema: _,
  id: __,
  ...official
} = JSON.parse(readFileSync(new URL('testing/sarif-2.1.0.schema.json', import.meta.url), 'utf8')) as Record<
  string,
  unknown
>;
const validate = formats
  .default(new Ajv({ strict: true, strictRequired: false, allErrors: true, unicodeRegExp: false }))
  .compile(official);

test('the schema that sarif is held against is the official one, and refuses what it does not know', () => {
  expect(official['title']).toBe('Static Analysis Results Format (SARIF) Version 2.1.0-rtm.5 JSON Schema');
  const tool = { driver: { name: 'nova-torch' } };
  expect(validate({ version: '2.1.0', runs: [{ tool, results: [{ message: { text: 'x' } }] }] })).toBe(true);
  expect(validate({ version: '2.1.0', runs: [{ tool, results: [{ message: { text: 'x' }, place: 1 }] }] })).toBe(false);
  expect(validate({ version: '2.1.0', runs: [{ results: [] }] })).toBe(false);
});

test('sarif follows the schema of 2.1.0', () => {
  const { files, diagnostics } = sample();
  const [run] = sarif(diagnostics, files).runs;
  expect(run?.tool.driver.rules.map(({ id }) => id)).toEqual(['NT1201', 'NT2050']);
  expect(run?.results.map(({ ruleId, ruleIndex, level }) => [ruleId, ruleIndex, level])).toEqual([
    ['NT1201', 0, 'error'],
    ['NT2050', 1, 'warning'],
  ]);
  expect(run?.results[0]?.locations).toEqual([
    {
      physicalLocation: {
        artifactLocation: { uri: 'spec/a%20b.yaml' },
        region: { startLine: 2, startColumn: 8, endLine: 2, endColumn: 11 },
      },
    },
  ]);
  expect(sarif([], []).runs[0]?.results).toEqual([]);
});

test.each(['spec/a:b.yaml', 'spec/ä ü%.yaml', 'spec/#?[x].yaml', 'spec/\u202e\ud800.yaml'])(
  'the file %j has an address in sarif',
  (path) => {
    const [, problem] = sample().diagnostics;
    if (problem === undefined) throw new Error('the sample has two problems');
    const { runs } = sarif([{ ...problem, at: { file: path, start: 0, end: 0 } }], [{ path, text: '' }]);
    expect(runs[0]?.results).toHaveLength(1);
  },
);

test('in sarif no region ends before it begins, and each result names its rule, whatever the problems', async () => {
  let seen = 0;
  for (const name of caseNames()) {
    const files = caseFiles(name);
    const [run] = sarif(await problemsOf(files), files).runs;
    const rules = run?.tool.driver.rules.map(({ id }) => id) ?? [];
    expect(new Set(rules).size).toBe(rules.length);
    for (const result of run?.results ?? []) {
      seen += 1;
      expect(rules[result.ruleIndex]).toBe(result.ruleId);
      expect(new Set(result.relatedLocations?.map(({ id }) => id)).size).toBe(result.relatedLocations?.length ?? 0);
      for (const { startLine, startColumn, endLine, endColumn } of regionsOf(result)) {
        expect(endLine > startLine || (endLine === startLine && endColumn >= startColumn), name).toBe(true);
      }
    }
  }
  expect(seen).toBeGreaterThan(150);
});

function regionsOf({ locations, relatedLocations = [], fixes = [] }: Result): Region[] {
  const changes = fixes.flatMap(({ artifactChanges }) => artifactChanges.flatMap(({ replacements }) => replacements));
  return [
    ...[...locations, ...relatedLocations].map(({ physicalLocation }) => physicalLocation.region),
    ...changes.map(({ deletedRegion }) => deletedRegion),
  ];
}

test('github annotations escape what would end a property or a command', () => {
  const { files, diagnostics } = sample();
  expect(printGithub(diagnostics, files)).toBe(
    [
      '::error file=spec/a b.yaml,line=2,col=8,endColumn=11,title=NT1201::unknown field `mni` in `scale`%0Adid you mean `min`?%0Aallowed: max, min%0Aa note with \\u{1b}[0m 50%25\\u{d}\\u{a}\n',
      '::warning file=spec/b%2Cc.yaml,line=2,col=1,endColumn=7,title=NT2050::no fleet uses `a`\n',
    ].join(''),
  );
});

test('a github annotation over several lines names the last one', () => {
  const file = { path: 'spec/a:b.yaml', text: 'a\nb\n' };
  const [, warning] = sample().diagnostics;
  if (warning === undefined) throw new Error('the sample has two problems');
  expect(printGithub([{ ...warning, at: { file: file.path, start: 0, end: 3 } }], [file])).toBe(
    '::warning file=spec/a%3Ab.yaml,line=1,endLine=2,title=NT2050::no fleet uses `a`\n',
  );
});

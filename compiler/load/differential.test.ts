import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import { collector } from '../diagnostics/report.ts';
import { parseFile } from './parse.ts';
import { valueOf } from './tree.ts';

const SPEC = fileURLToPath(new URL('../../spec', import.meta.url));

/** Null prototypes go, so that both readers' values compare. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown;
}

function ours(text: string): {
  readonly values: readonly unknown[];
  readonly problems: number;
  readonly doubts: number;
} {
  const { report, diagnostics } = collector();
  const documents = parseFile({ path: 'spec/x.yaml', text }, report);
  return {
    values: documents.map(({ root }) => plain(valueOf(root))),
    problems: diagnostics.filter(({ severity }) => severity === 'error').length,
    doubts: documents.reduce((sum, { doubts }) => sum + doubts.length, 0),
  };
}

function theirs(text: string): readonly unknown[] {
  const documents = parseAllDocuments(text, { version: '1.2', schema: 'core', uniqueKeys: false });
  return Array.isArray(documents)
    ? documents.map((document) =>
        plain(document.errors.length > 0 ? `refused: ${document.errors[0]?.code}` : document.toJS()),
      )
    : [];
}

function yamlFilesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.yaml'))
    .map((path) => join(folder, path));
}

test('every spec file of the repository means the same to the yaml package', () => {
  const files = yamlFilesBelow(SPEC);
  expect(files.length).toBeGreaterThan(5);
  for (const file of files) {
    const text = readFileSync(file, 'utf8');
    expect({ file, ...ours(text) }).toEqual({ file, values: theirs(text), problems: 0, doubts: 0 });
  }
});

const scalar = fc.oneof(
  fc.string(),
  fc.string({ unit: 'grapheme' }),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom(
    'yes',
    '0777',
    '1_000',
    '12:30',
    '~',
    '2026-01-01',
    '- a',
    '# b',
    'a: b',
    '"',
    "'",
    '|',
    '>',
    '%',
    '@',
  ),
);
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(fc.string({ minLength: 1 }), tie('tree'), { maxKeys: 4 }),
  ),
}));

test('whatever the yaml package writes and we accept means the same to both', () => {
  let accepted = 0;
  fc.assert(
    fc.property(
      tree,
      fc.constantFrom(2, 4),
      fc.constantFrom(20, 80, 0),
      fc.boolean(),
      (value, indent, lineWidth, flow) => {
        const text = stringify(value, {
          indent,
          lineWidth,
          collectionStyle: flow ? 'flow' : 'any',
          aliasDuplicateObjects: false,
        });
        const { values, problems, doubts } = ours(text);
        if (problems > 0 || doubts > 0) return;
        accepted += 1;
        expect(values).toEqual(theirs(text));
      },
    ),
    { numRuns: 3000 },
  );
  expect(accepted).toBeGreaterThan(1000);
});

const fragment = fc.constantFrom(
  ...[
    'a',
    'b: ',
    ': ',
    '- ',
    '\n',
    '\n  ',
    '\n    ',
    '"',
    "'",
    '[',
    ']',
    '{',
    '}',
    ', ',
    '# c',
    '|',
    '>-',
    '---\n',
    '...',
    '? ',
  ],
  ...['1', '0x1', 'yes', 'null', '\\', '&a ', '*a', '!t ', '<<', '%Y', '\t', '\r\n', '~', '1.5e3', '"\\u0041"', "''"],
);

/** Anything else as a document is refused later. */
function isMap(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

test('text at random never breaks the reader, and what is accepted means the same to both', () => {
  let accepted = 0;
  fc.assert(
    fc.property(fc.array(fragment, { maxLength: 30 }), (fragments) => {
      const text = fragments.join('');
      const { values, problems, doubts } = ours(text);
      if (problems > 0 || doubts > 0 || !values.every(isMap)) return;
      accepted += 1;
      expect(values).toEqual(theirs(text));
    }),
    { numRuns: 10_000 },
  );
  expect(accepted).toBeGreaterThan(50);
});

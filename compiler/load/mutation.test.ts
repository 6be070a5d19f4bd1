import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyFixes } from '../diagnostics/apply-fixes.ts';
import { printGithub } from '../diagnostics/print-github.ts';
import { printJson } from '../diagnostics/print-json.ts';
import { printText } from '../diagnostics/print-text.ts';
import { collector } from '../diagnostics/report.ts';
import { caseFiles } from '../diagnostics/testing/case-files.ts';
import { loadSpec } from './load.ts';

const BASE = caseFiles('base');

const scrap = fc.oneof(
  fc.constantFrom(
    '"',
    "'",
    '{',
    '[',
    '}',
    ']',
    ': ',
    '- ',
    '#',
    '\n',
    '\t',
    '&a ',
    '*a',
    '<<: ',
    '!!x ',
    '%',
    '---\n',
    '|',
    '\r',
    '\u0000',
  ),
  fc.constantFrom(
    'yes',
    '0x1',
    '1e9',
    '.inf',
    '-0',
    '__proto__: ',
    '\u202E',
    '\uFEFF',
    '\uD800',
    'e\u0301',
    '日本',
    '😀',
  ),
  fc.string({ maxLength: 8 }),
);
const mutation = fc.record({ at: fc.nat(), length: fc.integer({ min: 0, max: 12 }), scrap });

test('a spec damaged anywhere ends in problems with places inside its texts, never in an exception', () => {
  let damaged = 0;
  fc.assert(
    fc.property(fc.nat(), fc.array(mutation, { minLength: 1, maxLength: 4 }), (index, mutations) => {
      const target = BASE[index % BASE.length]?.path;
      const files = BASE.map((file) => {
        if (file.path !== target) return file;
        let { text } = file;
        for (const { at, length, scrap: piece } of mutations) {
          const start = at % (text.length + 1);
          text = text.slice(0, start) + piece + text.slice(start + length);
        }
        return { path: file.path, text };
      });
      const lengths = new Map(files.map(({ path, text }) => [path, text.length]));
      const { report, diagnostics } = collector();
      const { documents } = loadSpec(files, report);
      for (const { at } of diagnostics) {
        expect(at.start).toBeGreaterThanOrEqual(0);
        expect(at.end).toBeGreaterThanOrEqual(at.start);
        expect(at.end).toBeLessThanOrEqual(lengths.get(at.file) ?? -1);
      }
      for (const document of documents) document.locate(['spec', 'nothing', 0]);
      const printed = [printText(diagnostics, files), printJson(diagnostics, files), printGithub(diagnostics, files)];
      expect(printed.filter((text) => /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202E\uFEFF]/.test(text))).toEqual([]);
      applyFixes(files, diagnostics);
      if (diagnostics.length > 0) damaged += 1;
    }),
    { numRuns: 1000 },
  );
  expect(damaged).toBeGreaterThan(300);
});

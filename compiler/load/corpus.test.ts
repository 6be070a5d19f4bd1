import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { linesOf } from '../diagnostics/position.ts';
import { exitCodeOf, ordered } from '../diagnostics/order.ts';
import { printText } from '../diagnostics/print-text.ts';
import { collector } from '../diagnostics/report.ts';
import { caseFiles } from '../diagnostics/testing/case-files.ts';
import { CASE_DAY } from '../diagnostics/testing/problems-of.ts';
import { checkSpec } from '../compile.ts';
import { stages } from '../stages.ts';
import { coveredRows, expectations, recipes } from './testing/corpus.ts';
import { loadSchema } from './json-schema.ts';
import { loadSpec } from './load.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CORPUS = fileURLToPath(new URL('corpus', import.meta.url));
const PATH = 'spec/teams/research/corpus.yaml';
const BASE = caseFiles('base');
/** Files of this row are wrong together, and not each by itself. */
const GRAPH = '25-';

interface Outcome {
  readonly exit: number;
  readonly problems: readonly string[];
  readonly printed: string;
  readonly milliseconds: number;
}

/** Reads a text as one more file of the base company, as a compile does: as far as the row of its name is met. */
function outcomeOf(name: string, text: string): Outcome {
  const files = [...BASE, { path: PATH, text }];
  const { report, diagnostics } = collector();
  const begin = process.cpuUsage();
  if (name.endsWith('.json')) loadSchema({ path: PATH, text }, report);
  else if (name.startsWith(GRAPH)) diagnostics.push(...checkSpec({ files, today: CASE_DAY }, stages).diagnostics);
  else loadSpec(files, report);
  // Time of the processor: other work on the machine does not count.
  const { user, system } = process.cpuUsage(begin);
  const milliseconds = (user + system) / 1000;
  const lines = linesOf(text);
  const problems = ordered(diagnostics).map(({ code, at }) => {
    expect(at.file).toBe(PATH);
    const { line, column } = lines.positionOf(at.start);
    return `${code} ${line}:${column}`;
  });
  return { exit: exitCodeOf(diagnostics), problems, printed: printText(diagnostics, files), milliseconds };
}

const DANGEROUS = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u200B-\u200F\u2028-\u202E\u2066-\u2069]/;

test('every file of the corpus has an expectation, and every expectation a file', () => {
  expect(Object.keys(expectations).sort()).toEqual(readdirSync(CORPUS).sort());
});

test.each(Object.entries(expectations))('%s ends as expected', (name, [exit, ...problems]) => {
  const outcome = outcomeOf(name, readFileSync(join(CORPUS, name), 'utf8'));
  expect([outcome.exit, ...outcome.problems]).toEqual([exit, ...problems]);
  expect(DANGEROUS.test(outcome.printed)).toBe(false);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test.each(Object.entries(recipes))('%s ends as expected, within a second', (name, { text, exit, problems }) => {
  const outcome = outcomeOf(name, text());
  expect([outcome.exit, ...outcome.problems]).toEqual([exit, ...problems]);
  expect(outcome.milliseconds).toBeLessThan(1000);
  expect(DANGEROUS.test(outcome.printed)).toBe(false);
  expect(outcome.printed.length).toBeLessThan(20_000);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('every row of the threat model that the compiler can meet is covered', () => {
  const rows = new Set([
    ...[...Object.keys(expectations), ...Object.keys(recipes)].map((name) => Number(name.slice(0, 2))),
    ...Object.keys(coveredRows).map(Number),
  ]);
  const met = [...Array.from({ length: 20 }, (_, index) => index + 1), 23, 24, 25, 26, 27, 28, 31, 32];
  expect(met.filter((row) => !rows.has(row))).toEqual([]);
});

test.each(Object.entries(coveredRows).flatMap(([row, shown]) => shown.map((one) => [row, ...one] as const)))(
  'row %s is met by %s: %s',
  (_, path, says) => {
    const text = readFileSync(join(ROOT, path), 'utf8');
    if (path.endsWith('expected.txt')) expect(text).toMatch(new RegExp(`^error\\[${says}\\]: [^]*\\nexit [134]\\n$`));
    else expect(bodyOf(says, text)).toMatch(/\bexpect\(/);
  },
);

/** What the test of a name does; nothing when there is none, or none that runs. */
function bodyOf(name: string, text: string): string {
  const found = text
    .split(/^(?=test)/m)
    .find((one) => /^test(?:\.each[^]*?)?\(/.test(one) && one.includes(`('${name}', `));
  return found ?? '';
}

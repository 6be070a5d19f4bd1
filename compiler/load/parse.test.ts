import { parseEvents } from 'js-yaml';
import { expect, test } from 'vitest';
import { collector } from '../diagnostics/report.ts';
import { linesOf } from '../diagnostics/position.ts';
import { caseFiles } from '../diagnostics/testing/case-files.ts';
import { LIMITS } from './limits.ts';
import { parseFile } from './parse.ts';
import { valueOf } from './tree.ts';

function parsed(text: string): { readonly values: readonly unknown[]; readonly problems: readonly string[] } {
  const { report, diagnostics } = collector();
  const documents = parseFile({ path: 'spec/x.yaml', text }, report);
  const lines = linesOf(text);
  const problems = diagnostics.map(({ code, at }) => {
    const { line, column } = lines.positionOf(at.start);
    return `${code} ${line}:${column}`;
  });
  return { values: documents.map(({ root }) => JSON.parse(JSON.stringify(valueOf(root))) as unknown), problems };
}

test('a document becomes plain data', () => {
  expect(parsed('a: [1, two, "3"]\nb: { c: true, d: null }\n--- # next\n- x\n')).toEqual({
    values: [{ a: [1, 'two', '3'], b: { c: true, d: null } }, ['x']],
    problems: [],
  });
});

test('maps hold what was written and nothing else, and nothing can be changed', () => {
  const { report } = collector();
  const [document] = parseFile({ path: 'spec/x.yaml', text: 'a: { b: [1] }\n' }, report);
  if (document === undefined) throw new Error('the document was not read');
  const value = valueOf(document.root) as { a: { b: number[] } };
  expect(['constructor', 'toString', '__proto__'].filter((name) => name in value)).toEqual([]);
  expect([value, value.a, value.a.b].map(Object.isFrozen)).toEqual([true, true, true]);
});

test('a byte order mark and CRLF are accepted, and places stay right', () => {
  expect(parsed('\uFEFFa: 1\r\nb: 2\r\nb: 3\r\n')).toEqual({ values: [{ a: 1, b: 2 }], problems: ['NT1107 3:1'] });
});

test(`a map may hold ${LIMITS.keysMax} keys and no more`, () => {
  const map = (keys: number) => Array.from({ length: keys }, (_, index) => `k${index}: 1\n`).join('');
  expect(parsed(map(LIMITS.keysMax)).problems).toEqual([]);
  expect(parsed(map(LIMITS.keysMax + 2)).problems).toEqual([`NT1113 ${LIMITS.keysMax + 1}:1`]);
});

test('the places of closing brackets, quotes and absent values are right', () => {
  const { report } = collector();
  const text = 'a: [1, # one\n  2,\n ]\nb: {}\nc:\nd: "x\\n"\n';
  const [document] = parseFile({ path: 'spec/x.yaml', text }, report);
  if (document?.root.type !== 'map') throw new Error('the document was not read');
  const texts = [...document.root.entries.values()].map(({ value }) => text.slice(value.start, value.end));
  expect(texts).toEqual(['[1, # one\n  2,\n ]', '{}', '', '"x\\n"']);
});

test('a byte order mark before a directive moves its place by none', () => {
  expect(parsed('\uFEFF%YAML 1.2\n---\na: 1\n').problems).toEqual(['NT1105 1:1']);
  expect(parsed('a: 1\n...\n').problems).toEqual(['NT1105 2:1']);
});

test.each([
  ['a: &a &b 1\n', 'NT1102 1:7'],
  ['a: !!!x 1\n', 'NT1104 1:6'],
  ['a: "b\n', 'NT1101 2:1'],
])('%j that even the reader refuses has a code of its own', (text, problem) => {
  expect(parsed(text).problems).toEqual([problem]);
});

/** Least processor times of two pieces of work over rounds in which both are done. */
function leastMs(first: () => void, second: () => void): readonly [number, number] {
  const rounds = Array.from({ length: 20 }, () => [timed(first), timed(second)] as const);
  return [Math.min(...rounds.map(([ms]) => ms)), Math.min(...rounds.map(([, ms]) => ms))];
}

function timed(work: () => void): number {
  const begin = process.cpuUsage();
  for (let repeat = 0; repeat < 10; repeat++) work();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1000;
}

test('all that is refused costs a normal file less than one extra parse', () => {
  const files = caseFiles('base').filter(({ path }) => path.endsWith('.yaml'));
  const { report } = collector();
  const [ours, bare] = leastMs(
    () => files.forEach((file) => parseFile(file, report)),
    () => files.forEach(({ text }) => parseEvents(text, {})),
  );
  expect(ours / bare).toBeLessThan(2);
});

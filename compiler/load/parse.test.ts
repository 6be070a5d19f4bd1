import { expect, test } from 'vitest';
import { collector } from '../diagnostics/report.ts';
import { linesOf } from '../diagnostics/position.ts';
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

test('maps have no prototype and nothing can be changed', () => {
  const { report } = collector();
  const [document] = parseFile({ path: 'spec/x.yaml', text: 'a: { b: [1] }\n' }, report);
  if (document === undefined) throw new Error('the document was not read');
  const value = valueOf(document.root) as { a: { b: number[] } };
  expect(Object.getPrototypeOf(value)).toBeNull();
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

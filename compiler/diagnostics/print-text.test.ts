import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { printText, summary } from './print-text.ts';
import { collector } from './report.ts';
import { marked, sample } from './testing/sample.ts';

function frameOf(text: string): readonly string[] {
  const { file, at } = marked('spec/a.yaml', text);
  const { report, diagnostics } = collector();
  report('NT2050', at, { file: 'a' });
  return printText(diagnostics, [file]).split('\n').slice(1, -3);
}

test('a problem shows its line, carets, other places, notes and fix', () => {
  const { files, diagnostics } = sample();
  expect(printText(diagnostics, files)).toBe(`error[NT1201]: unknown field \`mni\` in \`scale\`
   ╭─ spec/a b.yaml:2:8
   │
 2 │   日本: { mni: 1 } # \\u{1b}[31mred
   │           ^^^ did you mean \`min\`?
   ├─ spec/b,c.yaml:2:1
   │
 2 │ # 100%
   │ ------ declared here
   = allowed: max, min
   = a note with \\u{1b}[0m 50%\\u{d}\\u{a}
   = fix: nova-torch fix --code NT1201 (renames it to \`min\`)

warning[NT2050]: no fleet uses \`a\`
   ╭─ spec/b,c.yaml:2:1
   │
 2 │ # 100%
   │ ^^^^^^

1 error, 1 warning in 2 files
`);
});

test('colour changes nothing but the colour', () => {
  const { files, diagnostics } = sample();
  const coloured = printText(diagnostics, files, { color: true });
  expect(coloured).toContain('\u001B[31merror[NT1201]\u001B[0m');
  expect(coloured).toContain('\u001B[33mwarning[NT2050]\u001B[0m');
  expect(stripVTControlCharacters(coloured)).toBe(printText(diagnostics, files));
});

test('nothing is printed for no problems', () => {
  expect(printText([], [])).toBe('');
  expect(summary([])).toBe('no problems in 0 files');
});

test('carets stay under what they mean behind tabs, wide characters and marks', () => {
  expect(frameOf('\t日本é: «word»\n')).toEqual([
    '   ╭─ spec/a.yaml:1:7',
    '   │',
    ' 1 │   日本é: word',
    '   │          ^^^^',
  ]);
  expect(frameOf('e\u0301: «x»')[3]).toBe('   │    ^');
});

test('an empty place gets one caret, and a place over several lines the rest of its first one', () => {
  expect(frameOf('abc «»def')[3]).toBe('   │     ^');
  expect(frameOf('a: «b\nc: d»\n')[3]).toBe('   │    ^');
});

test('a long line is cut around the place', () => {
  const [, , line = '', carets = ''] = frameOf(`${'a'.repeat(500)}«here»${'b'.repeat(500)}`);
  expect(line).toBe(` 1 │ …${'a'.repeat(60)}here${'b'.repeat(60)}…`);
  expect(carets.indexOf('^')).toBe(line.indexOf('here'));
  expect(frameOf(`«${'x'.repeat(500)}»`)[2]).toBe(` 1 │ ${'x'.repeat(120)}…`);
});

test('a file that is not at hand is named without a frame', () => {
  const { report, diagnostics } = collector();
  report('NT2050', { file: 'spec/gone.yaml', start: 7, end: 9 }, { file: 'a' }, { label: 'here' });
  expect(printText(diagnostics, [])).toBe(
    'warning[NT2050]: no fleet uses `a`\n   ╭─ spec/gone.yaml:1:1\n   │ here\n\n1 warning in 1 file\n',
  );
});

test('a secret in the line is never shown', () => {
  const { file, at } = marked('spec/a.yaml', `token: ghp_${'a1'.repeat(18)} «x»\n`);
  const { report, diagnostics } = collector();
  report('NT2050', at, { file: 'a' });
  expect(printText(diagnostics, [file])).toContain(` 1 │ token: ${'*'.repeat(40)} x\n`);
});

test('places and counts are in step with three digits and more', () => {
  const { file, at } = marked('spec/a.yaml', `${'\n'.repeat(1233)}a: «b»\n`);
  const { report, diagnostics } = collector();
  report('NT2050', at, { file: 'a' });
  report('NT2050', { ...at, start: at.start - 1 }, { file: 'a' });
  expect(printText(diagnostics, [file])).toContain('     ╭─ spec/a.yaml:1234:4\n     │\n1234 │ a: b\n     │    ^\n');
  expect(printText(diagnostics, [file])).toContain('2 warnings in 1 file\n');
});

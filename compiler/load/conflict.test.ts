import { expect, test } from 'vitest';
import { collector } from '../diagnostics/report.ts';
import { caseFiles } from '../diagnostics/testing/case-files.ts';
import { problemsOf } from '../diagnostics/testing/problems-of.ts';
import { checkConflict } from './conflict.ts';

function found(text: string): readonly string[] {
  const { report, diagnostics } = collector();
  expect(checkConflict('spec/a.yaml', text, report)).toBe(diagnostics.length === 0);
  return diagnostics.map(({ code, at }) => `${code} ${text.slice(at.start, at.end)}`);
}

test('a conflict is reported once, where it begins, however many there are', () => {
  const conflict = '<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> other\n';
  expect(found(`x: 1\n${conflict}${conflict}`)).toEqual(['NT1120 <<<<<<< HEAD']);
  expect(found(conflict.replaceAll('\n', '\r\n'))).toEqual(['NT1120 <<<<<<< HEAD']);
  expect(found('>>>>>>> one\n<<<<<<< two\n')).toEqual(['NT1120 >>>>>>> one']);
  expect(found('<<<<<<<\n>>>>>>>')).toEqual(['NT1120 <<<<<<<']);
});

test('one mark, or one within a line, is text', () => {
  expect(found('<<<<<<< HEAD\n')).toEqual([]);
  expect(found('Title\n=======\n')).toEqual([]);
  expect(found('a <<<<<<< b\nc >>>>>>> d\n')).toEqual([]);
  expect(found('<<<<<<<<< a\n>>>>>>>>> b\n')).toEqual([]);
});

test('a conflict in a prompt is reported as well, for agents would be told both sides', async () => {
  const files = caseFiles('base').map(({ path, text }) => ({
    path,
    text: path.endsWith('.md') ? `<<<<<<< HEAD\n${text}=======\nDo less.\n>>>>>>> other\n` : text,
  }));
  const problems = await problemsOf(files);
  expect(problems.map(({ code, at }) => `${code} ${at.file}`)).toContain(
    'NT1120 spec/teams/engineering/prompts/code-fixer.md',
  );
});

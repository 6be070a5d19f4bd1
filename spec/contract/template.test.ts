import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Task } from './task.ts';
import { isTemplate, keyOf, parseKeyPath, parseTemplate, pathsOf, render, type Template } from './template.ts';

const TASK: Task = {
  task: 'bug_fix',
  tenant: 'acme',
  labels: { channel: 'chat' },
  input: { repo: 'acme/web', commit: 'c0ffee', try: 2, dry: false, none: null, list: [1], long: 'x'.repeat(1025) },
};

function template(text: string): Template {
  const parsed = parseTemplate(text);
  if (!isTemplate(parsed)) throw new Error(parsed.message);
  return parsed;
}

test('a template is text with the values of a task', () => {
  const texts = [
    'python',
    'lang-{input.repo}',
    '{input.repo}@{input.commit}#{input.try}',
    '{tenant}{task}{labels.channel}{input.dry}',
    '',
  ];
  expect(texts.map((text) => render(template(text), TASK))).toEqual([
    'python',
    'lang-acme/web',
    'acme/web@c0ffee#2',
    'acmebug_fixchatfalse',
    '',
  ]);
});

test.each(['{input.nothing}', '{input.none}', '{input.list}', '{input.repo.x}', '{input.constructor}', '{labels.x}'])(
  'a template with %s has no text',
  (text) => {
    expect(render(template(`a-${text}`), TASK)).toBeUndefined();
  },
);

test('a text that is too long is absent, not cut', () => {
  expect(render(template('{input.long}'), TASK)).toBeUndefined();
  expect(render(template('{input.repo}'.repeat(129)), TASK)).toBeUndefined();
  expect(keyOf(['input', 'long'], TASK)).toBeUndefined();
});

test('a template knows the paths it reads, each once', () => {
  expect(pathsOf(template('{input.repo}-{tenant}-{input.repo}'))).toEqual(['input.repo', 'tenant']);
});

test.each([
  ['a}b', '`}` without `{`', 1, 1],
  ['a{b', '`{` without `}`', 1, 1],
  ['{}', 'braces hold `tenant`, `task`, `labels.<name>` or `input.<path>`', 0, 2],
  ['x{input}', 'braces hold `tenant`, `task`, `labels.<name>` or `input.<path>`', 1, 7],
  ['{{task}}', 'braces hold `tenant`, `task`, `labels.<name>` or `input.<path>`', 0, 7],
  ['{ task }', 'braces hold `tenant`, `task`, `labels.<name>` or `input.<path>`', 0, 8],
])('%s is no template', (text, message, offset, length) => {
  expect(parseTemplate(text)).toEqual({ message, offset, length });
});

test('a key path begins at a root', () => {
  expect(['tenant', 'labels.a-b', 'input.a.b_c'].map(parseKeyPath)).toEqual([
    ['tenant'],
    ['labels', 'a-b'],
    ['input', 'a', 'b_c'],
  ]);
  expect(['', 'input', 'labels', 'labels.a.b', 'repo', 'input.1', 'input..a', 'task.x'].map(parseKeyPath)).toEqual(
    Array.from({ length: 8 }, () => undefined),
  );
});

test('any text is a template or has a problem inside it', () => {
  const part = fc.constantFrom('{', '}', 'input.a', 'tenant', 'x', '-');
  fc.assert(
    fc.property(
      fc.array(part).map((parts) => parts.join('')),
      (text) => {
        const parsed = parseTemplate(text);
        if (!isTemplate(parsed)) expect(parsed.offset + parsed.length).toBeLessThanOrEqual(text.length);
        else expect(parsed.map((one) => (typeof one === 'string' ? one : `{${one.join('.')}}`)).join('')).toBe(text);
      },
    ),
  );
});

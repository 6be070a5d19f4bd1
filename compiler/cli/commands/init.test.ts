import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { contents, folderOf } from '../testing/built.ts';
import { runHere } from '../testing/host.ts';

const companyIn = (folder: string) =>
  /^ {2}name: (.*)$/m.exec(readFileSync(join(folder, 'spec/company.yaml'), 'utf8'))?.[1];

test('init keeps files that exist and says which', async () => {
  const cwd = folderOf({ 'README.md': 'Ours.\n' });
  const { code, stdout } = await runHere(['init', '--company', 'acme'], { cwd });
  expect(code).toBe(0);
  expect(stdout.split('\n').filter((line) => line.startsWith('kept'))).toEqual(['kept  README.md']);
  expect(stdout).toContain('made  spec/company.yaml\n');
  expect(stdout.endsWith('\n\nNext: nova-torch compile\n')).toBe(true);
  expect(contents(cwd)['README.md']).toBe('Ours.\n');
});

test.each([
  ['Acme Robots 2', 'acme-robots-2'],
  ['2026-agents', 'agents'],
  ['___', 'acme'],
  [`a${'b'.repeat(38)}-cd`, `a${'b'.repeat(38)}`],
])('a company in the folder %j is called %s', async (folder, name) => {
  const cwd = folderOf();
  expect((await runHere(['init', folder], { cwd })).code).toBe(0);
  expect(companyIn(join(cwd, folder))).toBe(name);
});

test.each(['Acme', 'a--b', '1st', `a${'b'.repeat(40)}`])('init refuses to call a company %s', async (company) => {
  const cwd = folderOf();
  expect(await runHere(['init', '--company', company], { cwd })).toEqual({
    code: 2,
    stdout: '',
    stderr:
      `error: \`${company}\` cannot name a company\n` +
      '  a name has at most 40 lower-case letters, digits and single hyphens, and begins with a letter\n',
  });
  expect(contents(cwd)).toEqual({});
});

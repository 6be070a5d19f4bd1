import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exitCodeOf } from '../diagnostics/order.ts';
import { printText } from '../diagnostics/print-text.ts';
import { collector } from '../diagnostics/report.ts';
import { caseFiles } from '../diagnostics/testing/case-files.ts';
import { CASE_DAY } from '../diagnostics/testing/problems-of.ts';
import { LIMITS } from '../load/limits.ts';
import { listSpec, readEntry } from '../load/read.ts';
import { folderWith } from '../load/testing/folder.ts';
import { checkRepository } from './check-repository.ts';

/** The base company of the cases on disk, without the file of a fleet that a route and another fleet name. */
function company(): string {
  const files = caseFiles('base').filter(({ path }) => path !== WRITER);
  return folderWith(Object.fromEntries(files.map(({ path, text }) => [path, text])));
}

const WRITER = 'spec/teams/engineering/test-writer.yaml';

function printed(root: string): string {
  const { diagnostics, files } = checkRepository(root, CASE_DAY);
  return `${printText(diagnostics, files)}exit ${exitCodeOf(diagnostics)}`;
}

/** What is printed about one file or folder as a whole, and nothing that follows from its loss. */
const alone = (code: string, message: string, path: string, exit: number) =>
  `error[${code}]: ${message}\n   ╭─ ${path}:1:1\n\n1 error in 1 file\nexit ${exit}`;

test('a link in the place of a file is one problem', () => {
  const root = company();
  symlinkSync('/etc/passwd', join(root, WRITER));
  const message = `\`${WRITER}\` is a symbolic link, and only regular files are read`;
  expect(printed(root)).toBe(alone('NT1001', message, WRITER, 1));
});

test('a link in the place of a folder is one problem, whatever stands in it', () => {
  const root = company();
  rmSync(join(root, 'spec/teams/engineering'), { recursive: true });
  symlinkSync('/etc', join(root, 'spec/teams/engineering'));
  const message = '`spec/teams/engineering` is a symbolic link, and only regular files are read';
  expect(printed(root)).toBe(alone('NT1001', message, 'spec/teams/engineering', 1));
});

test('a file of too many bytes is one problem', () => {
  const root = company();
  writeFileSync(join(root, WRITER), '');
  truncateSync(join(root, WRITER), LIMITS.fileBytesMax + 1);
  const message = `\`${WRITER}\` holds 262145 bytes, more than the limit of 262144`;
  expect(printed(root)).toBe(alone('NT1002', message, WRITER, 4));
});

test('too many bytes together are one problem', () => {
  const root = company();
  for (let index = 0; index <= LIMITS.totalBytesMax / LIMITS.fileBytesMax; index++) {
    const path = join(root, `spec/teams/engineering/${index}.yaml`);
    writeFileSync(path, '');
    truncateSync(path, LIMITS.fileBytesMax);
  }
  const message = 'the files of `spec/` hold more than 16777216 bytes together';
  expect(printed(root)).toBe(alone('NT1004', message, 'spec', 4));
});

test('a file that is gone before it is opened is one problem at its own place', () => {
  const root = company();
  writeFileSync(join(root, WRITER), '');
  const { report, diagnostics } = collector();
  const entry = listSpec(root, report).find(({ path }) => path === WRITER);
  rmSync(join(root, WRITER));
  expect(entry && readEntry(root, entry, report)).toBeUndefined();
  const text = `${printText(diagnostics, [])}exit ${exitCodeOf(diagnostics)}`;
  expect(text).toBe(alone('NT1006', `\`${WRITER}\` cannot be read: it is gone`, WRITER, 1));
});

test('a repository without a spec is one problem', () => {
  const root = folderWith({ 'README.md': '' });
  expect(printed(root)).toBe(alone('NT1008', `there is no spec to read in \`${root}\``, 'spec', 1));
});

test.each([
  ['nothing', ''],
  ['only comments', '# all\n# gone\n'],
])('a file that holds %s is one problem, whatever stood in it', (_, text) => {
  for (const path of [WRITER, 'spec/company.yaml', 'spec/environments/prod.yaml', 'spec/teams/engineering/team.yaml']) {
    const root = company();
    writeFileSync(join(root, WRITER), caseFiles('base').find((file) => file.path === WRITER)?.text ?? '');
    writeFileSync(join(root, path), text);
    const { diagnostics } = checkRepository(root, CASE_DAY);
    expect(diagnostics.map(({ code, severity, at }) => [code, severity, at.file])).toEqual([['NT1118', 'error', path]]);
  }
});

test('a folder in the place of a file is one problem, a fleet as well as a schema', () => {
  const schema = 'spec/teams/engineering/schemas/bug-fix.input.json';
  for (const path of [WRITER, schema]) {
    const root = company();
    writeFileSync(join(root, WRITER), caseFiles('base').find((file) => file.path === WRITER)?.text ?? '');
    rmSync(join(root, path));
    mkdirSync(join(root, path));
    const message = `\`${path}\` is a folder, and only regular files are read`;
    expect(printed(root)).toBe(alone('NT1001', message, path, 1));
  }
});

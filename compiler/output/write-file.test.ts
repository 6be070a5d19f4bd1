import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createFiles, writeFileAtomic } from './write-file.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'nova-torch-write-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test('a file is made, then replaced as a whole, and no temporary file stays', async () => {
  const root = folder();
  await writeFileAtomic(join(root, 'a.yaml'), 'one\n');
  await writeFileAtomic(join(root, 'a.yaml'), 'two\n');
  expect(readFileSync(join(root, 'a.yaml'), 'utf8')).toBe('two\n');
  expect(readdirSync(root)).toEqual(['a.yaml']);
});

test('the mode of a replaced file is kept', async () => {
  const root = folder();
  writeFileSync(join(root, 'a.sh'), '');
  chmodSync(join(root, 'a.sh'), 0o754);
  await writeFileAtomic(join(root, 'a.sh'), 'x');
  expect(statSync(join(root, 'a.sh')).mode & 0o777).toBe(0o754);
});

test('a write that fails leaves no temporary file', async () => {
  const root = folder();
  await createFiles(root, new Map([['taken/inside', '']]));
  await expect(writeFileAtomic(join(root, 'taken'), 'x')).rejects.toMatchObject({ code: 'EISDIR' });
  await expect(writeFileAtomic(join(root, 'missing/a'), 'x')).rejects.toMatchObject({ code: 'ENOENT' });
  expect(readdirSync(root)).toEqual(['taken']);
});

test('new files are made with their folders; one that exists, even as a dangling link, is never touched', async () => {
  const root = folder();
  await createFiles(
    root,
    new Map([
      ['a/b/c.txt', 'c'],
      ['d.txt', 'd'],
    ]),
  );
  expect(readFileSync(join(root, 'a/b/c.txt'), 'utf8')).toBe('c');
  await expect(createFiles(root, new Map([['d.txt', 'other']]))).rejects.toMatchObject({ code: 'EEXIST' });
  expect(readFileSync(join(root, 'd.txt'), 'utf8')).toBe('d');
  symlinkSync('/nowhere/at/all', join(root, 'link'));
  await expect(createFiles(root, new Map([['link', 'other']]))).rejects.toMatchObject({ code: 'EEXIST' });
});

test('of files of which one cannot be made none is left, nor a folder', async () => {
  const root = folder();
  await createFiles(root, new Map([['kept/a.txt', 'mine']]));
  const files = new Map([
    ['kept/b.txt', ''],
    ['new/deep/c.txt', ''],
    ['kept/a.txt', 'other'],
  ]);
  await expect(createFiles(root, files)).rejects.toMatchObject({ code: 'EEXIST' });
  expect(readdirSync(root, { recursive: true })).toEqual(['kept', 'kept/a.txt']);
  expect(readFileSync(join(root, 'kept/a.txt'), 'utf8')).toBe('mine');
});

import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { existing, findRepository, isFolder } from './read-workspace.ts';

function folder(): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'nova-torch-workspace-')));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test('the repository is the folder that holds spec/, or the nearest above with a company', () => {
  const root = folder();
  mkdirSync(join(root, 'a/b/spec'), { recursive: true });
  mkdirSync(join(root, 'a/c'), { recursive: true });
  expect(findRepository(join(root, 'a/b'))).toBe(join(root, 'a/b'));
  expect(findRepository(join(root, 'a/c'))).toBeUndefined();
  mkdirSync(join(root, 'spec'));
  expect(findRepository(join(root, 'a/c'))).toBeUndefined();
  writeFileSync(join(root, 'spec/company.yaml'), '');
  expect(findRepository(join(root, 'a/c'))).toBe(root);
});

test('what exists counts in any form, a dangling link included', () => {
  const root = folder();
  writeFileSync(join(root, 'file'), '');
  symlinkSync('/nowhere/at/all', join(root, 'link'));
  expect([...existing(root, ['file', 'link', 'none'])]).toEqual(['file', 'link']);
  expect(isFolder(root)).toBe(true);
  expect(isFolder(join(root, 'file'))).toBe(false);
  expect(isFolder(join(root, 'none'))).toBe(false);
});

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { isPlain, listFiles, readTree } from './tree.ts';

function folder(files: Readonly<Record<string, string>> = {}): string {
  const root = mkdtempSync(join(tmpdir(), 'nova-torch-tree-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

test('a folder that does not exist is an empty tree, and a link to one is none of ours', () => {
  const root = folder({ 'there/a.txt': '' });
  expect(listFiles(join(root, 'gone'))).toEqual({ files: [], foreign: [], tooDeep: [] });
  symlinkSync(join(root, 'there'), join(root, 'link'));
  expect(listFiles(join(root, 'link'))).toEqual({ files: [], foreign: [''], tooDeep: [] });
  expect(listFiles(root)).toEqual({ files: ['there/a.txt'], foreign: ['link'], tooDeep: [] });
});

test('an index that cannot be read is named', () => {
  const tree = readTree(folder({ '.index/prod/platform.json': '{"unit":', 'prod/a.yaml': 'a: 1\n' }));
  expect([tree.files, tree.brokenIndexes, tree.indexes.size]).toEqual([
    ['.index/prod/platform.json', 'prod/a.yaml'],
    ['.index/prod/platform.json'],
    0,
  ]);
  expect(tree.read('prod/a.yaml')).toBe('a: 1\n');
});

test('folders without end are not looked into, and named', () => {
  const deep = 'd/'.repeat(21);
  const { files, tooDeep } = listFiles(folder({ [`${deep}x`]: '' }));
  expect([files, tooDeep]).toEqual([[], [deep.slice(0, -1)]]);
  expect(listFiles(folder({ [`${'d/'.repeat(20)}x`]: '' }))).toMatchObject({ files: { length: 1 }, tooDeep: [] });
});

test('a tree is plain while it has only files and folders in reach', () => {
  expect(isPlain('/nowhere')).toBe(true);
  expect(isPlain(folder({ 'a/b.txt': '' }))).toBe(true);
  expect(isPlain(folder({ [`${'d/'.repeat(21)}x`]: '' }))).toBe(false);
  const linked = folder({ 'a/b.txt': '' });
  symlinkSync('b.txt', join(linked, 'a/c.txt'));
  expect(isPlain(linked)).toBe(false);
});

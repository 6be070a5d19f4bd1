import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sealOf } from './seal.ts';
import { sure } from '../../spec/contract/sure.ts';

test('a mark is believed for its content, under its name, in its repository, and for nothing else', () => {
  const [root, other, state] = [folder(), folder(), join(folder(), 'state')];
  const mark = sure(sealOf(root, state).mark('state.json', 'what was done'), 'a mark');
  const { isMark } = sealOf(root, state);
  expect(isMark(mark, 'state.json', 'what was done')).toBe(true);
  expect(isMark(mark, 'state.json', 'what was not done')).toBe(false);
  expect(isMark(mark, 'units.json', 'what was done')).toBe(false);
  expect(sealOf(other, state).isMark(mark, 'state.json', 'what was done')).toBe(false);
  expect(sealOf(root, folder()).isMark(mark, 'state.json', 'what was done')).toBe(false);
  expect(isMark(mark.slice(1), 'state.json', 'what was done')).toBe(false);
  expect(isMark('é'.repeat(64), 'state.json', 'what was done')).toBe(false);
});

test('the key is readable for nobody else, and made only when something is marked', () => {
  const [root, state] = [folder(), join(folder(), 'deep', 'state')];
  const seal = sealOf(root, state);
  expect(seal.isMark('', 'a', 'b')).toBe(false);
  expect(() => statSync(state)).toThrow('ENOENT');
  expect(seal.mark('a', 'b')).toMatch(/^[0-9a-f]{64}$/);
  expect(readdirSync(state)).toEqual(['key']);
  expect(statSync(join(state, 'key')).mode & 0o777).toBe(0o600);
});

test('a key that came with the repository is no key', () => {
  const root = folder();
  const inside = join(root, 'home', 'state');
  expect(sealOf(root, inside).mark('a', 'b')).toBe(undefined);
  expect(readdirSync(root)).toEqual([]);
  // The spec may stand deeper than the folder that Git fills.
  mkdirSync(join(root, '.git'));
  mkdirSync(join(root, 'company'));
  expect(sealOf(join(root, 'company'), inside).mark('a', 'b')).toBe(undefined);
  const link = join(folder(), 'state');
  mkdirSync(inside, { recursive: true });
  symlinkSync(inside, link);
  expect(sealOf(root, link).mark('a', 'b')).toBe(undefined);
});

test.each<readonly [string, (path: string) => void]>([
  ['others may read', (path) => chmodSync(path, 0o644)],
  ['has another length', (path) => writeFileSync(path, 'short')],
  [
    'is a link',
    (path) => (rmSync(path), writeFileSync(`${path}2`, 'x'.repeat(32), { mode: 0o600 }), symlinkSync('key2', path)),
  ],
  ['is a folder', (path) => (rmSync(path), mkdirSync(path))],
])('a key that %s is neither used nor replaced', (_, spoil) => {
  const [root, state] = [folder(), folder()];
  sealOf(root, state).mark('a', 'b');
  spoil(join(state, 'key'));
  expect(sealOf(root, state).mark('a', 'b')).toBe(undefined);
});

test('without a folder of the user, or where nothing can be written, nothing is marked', () => {
  const root = folder();
  expect(sealOf(root, undefined).mark('a', 'b')).toBe(undefined);
  expect(sealOf(root, undefined).isMark('x', 'a', 'b')).toBe(false);
  const file = join(folder(), 'file');
  writeFileSync(file, '');
  expect(sealOf(root, join(file, 'state')).mark('a', 'b')).toBe(undefined);
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'nova-torch-seal-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

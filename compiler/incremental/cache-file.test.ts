import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sealOf } from '../output/seal.ts';
import * as caches from './cache-file.ts';
import type { Cached, CacheFile, Learned } from './cache-file.ts';
import { stateFolder } from './testing/state-folder.ts';

/** Not the folder that the key is in. */
const seal = sealOf(import.meta.dirname, stateFolder);
const readCache = (path: string) => caches.readCache(path, seal);
const writeCache = (path: string, part: Cached) => caches.writeCache(path, seal, part);
const keepLearned = (path: string, before: CacheFile, learned: Learned) =>
  caches.keepLearned(path, seal, before, learned);

const LARGE = cached({ all: 'x'.repeat(4000) }, 'tail');
const SMALL = cached({ one: 1 }, 'end');

test('a cache is what was written, values and bytes, and a small part is added without writing the rest again', () => {
  const path = file();
  writeCache(path, LARGE);
  const before = readFileSync(path);
  keepLearned(path, readCache(path), { fresh: () => SMALL, whole: unasked });
  keepLearned(path, readCache(path), { fresh: () => cached({ two: 2 }, ''), whole: unasked });
  expect(said(path)).toEqual([
    [LARGE.value, 'tail'],
    [{ one: 1 }, 'end'],
    [{ two: 2 }, ''],
  ]);
  expect(readFileSync(path).subarray(0, before.length)).toEqual(before);
});

test('it is written anew when there is none, when what was learned is no addition, and when it has grown by half', () => {
  const path = file();
  keepLearned(path, readCache(path), { fresh: () => SMALL, whole: () => LARGE });
  expect(said(path)).toEqual([[LARGE.value, 'tail']]);
  keepLearned(path, readCache(path), { fresh: () => undefined, whole: () => SMALL });
  expect(said(path)).toEqual([[{ one: 1 }, 'end']]);
  writeCache(path, LARGE);
  const size = statSync(path).size;
  let rounds = 0;
  for (; rounds === 0 || readCache(path).parts.length > 1; rounds++) {
    keepLearned(path, readCache(path), { fresh: () => cached({ some: 'y'.repeat(400) }, ''), whole: () => LARGE });
    expect(statSync(path).size).toBeLessThan(2 * size);
    expect(rounds).toBeLessThan(10);
  }
  expect(rounds).toBeGreaterThan(3);
});

test('one damaged bit in any part, a part that is cut off and a line of another build leave nothing', () => {
  const path = file();
  writeCache(path, SMALL);
  for (let part = 0; part < 3; part++)
    keepLearned(path, { ...readCache(path), firstSize: 1e6 }, { fresh: () => SMALL, whole: unasked });
  const whole = readFileSync(path);
  expect(said(path)).toHaveLength(4);
  for (let at = 0; at < whole.length; at++) {
    const bytes = Buffer.from(whole);
    bytes.writeUInt8((bytes[at] ?? 0) ^ (1 << (at % 8)), at);
    writeFileSync(path, bytes);
    expect(said(path), `a bit of byte ${at}`).toEqual([]);
  }
  const ends = new Set(Array.from({ length: 5 }, (_, parts) => (whole.length / 4) * parts));
  for (let length = 0; length < whole.length; length++) {
    writeFileSync(path, whole.subarray(0, length));
    expect(said(path), `${length} bytes`).toHaveLength(ends.has(length) ? length / (whole.length / 4) : 0);
  }
  writeFileSync(path, Buffer.concat([whole, Buffer.from(`nova-torch cache 0 0.0.0 x 3 abc\n{}\n`)]));
  expect(said(path)).toEqual([]);
});

test('nothing is added to a file that somebody wrote in the meantime', () => {
  const path = file();
  writeCache(path, LARGE);
  const before = readCache(path);
  appendFileSync(path, readFileSync(path));
  keepLearned(path, before, { fresh: () => SMALL, whole: unasked });
  expect(said(path)).toEqual([
    [LARGE.value, 'tail'],
    [LARGE.value, 'tail'],
  ]);
});

function cached(value: unknown, tail: string): Cached {
  return { value, tail: Buffer.from(tail) };
}

function unasked(): never {
  throw new Error('the whole was asked for');
}

function said(path: string): readonly (readonly [unknown, string])[] {
  return readCache(path).parts.map(({ value, tail }) => [value, Buffer.from(tail).toString()] as const);
}

function file(): string {
  const folder = mkdtempSync(join(tmpdir(), 'nova-torch-cache-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'cache.json');
}

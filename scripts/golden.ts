import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CASES, caseNames, expectedText } from '../compiler/diagnostics/testing/case-files.ts';
import { goldenEmitters, goldenFiles, goldenText } from '../compiler/emitters/testing/golden.ts';
import { runCase } from '../compiler/diagnostics/testing/run-case.ts';

const ROOT = join(fileURLToPath(new URL('.', import.meta.url)), '..');

/** Files that tests compare with, by absolute path, as they should be now and as they are. Nothing for a file to go. */
export interface Golden {
  readonly path: string;
  readonly wanted: string | undefined;
  readonly present: string | undefined;
}

/** Everything that has golden files. Another kind of golden test adds its function here. */
const SOURCES: readonly (() => Promise<readonly Golden[]>)[] = [cases, emitters];

async function cases(): Promise<readonly Golden[]> {
  return Promise.all(
    caseNames().map(async (name) => ({
      path: join(CASES, name, 'expected.txt'),
      wanted: await runCase(name),
      present: expectedText(name),
    })),
  );
}

async function emitters(): Promise<readonly Golden[]> {
  const files = goldenEmitters().flatMap((emitter) => goldenFiles(emitter).map((file) => ({ emitter, file })));
  return Promise.all(
    files.map(async ({ emitter, file }) => ({
      path: file.path,
      wanted: await goldenText(emitter, file),
      present: file.present,
    })),
  );
}

/** `npm run golden` rewrites what differs; with `--check` it only names it and fails. Read the diff before you commit it. */
async function main(check: boolean): Promise<void> {
  const all = (await Promise.all(SOURCES.map((source) => source()))).flat();
  if (all.length === 0) throw new Error('no golden files were found');
  const different = all.filter(({ wanted, present }) => wanted !== present);
  for (const { path, wanted } of different) {
    console.log(`${check ? 'differs' : wanted === undefined ? 'removed' : 'written'}: ${path.slice(ROOT.length)}`);
    if (check) process.exitCode = 1;
    else if (wanted === undefined) rmSync(path);
    else writeFileSync(path, wanted);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.includes('--check'));

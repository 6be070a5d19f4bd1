import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cachedDataVersionTag, setFlagsFromString } from 'node:v8';
import type { compileTree as CompileTree } from '../compiler/incremental/compile-tree.ts';
import type { stages as Stages } from '../compiler/stages.ts';
import type * as RunScript from './chunks/run-script.ts';

/**
 * Runs what was built in the folder that is named, as people run it, and keeps beside each script what V8 made of it. Most
 * of that are functions which V8 compiles when they are first called, so they are called here: a first company is compiled
 * and then changed.
 */

interface Built {
  readonly 'compiler/incremental/compile-tree.js': { readonly compileTree: typeof CompileTree };
  readonly 'compiler/stages.js': { readonly stages: typeof Stages };
  readonly 'compiler/chunks/run-script.js': typeof RunScript;
}

const built = process.argv[1] ?? '';
const load = async <Path extends keyof Built>(path: Path): Promise<Built[Path]> =>
  (await import(`file://${join(built, path)}`)) as Built[Path];

const tag = cachedDataVersionTag();
// Or V8 forgets functions that were not called for a while.
setFlagsFromString('--no-flush-bytecode');
const folder = mkdtempSync(join(tmpdir(), 'nova-torch-build-'));
try {
  await work(join(folder, 'company'), join(folder, 'state'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
setFlagsFromString('--flush-bytecode');
// What a compile sets, and what V8 11 begins with.
if (process.versions.v8.startsWith('11.')) setFlagsFromString('--interrupt-budget=67584');
// With other settings nobody would believe it.
if (cachedDataVersionTag() !== tag) throw new Error('V8 has not the settings with which it began');
await keep();

async function work(root: string, stateFolder: string): Promise<void> {
  execFileSync(process.execPath, [join(built, 'compiler/cli/main.js'), 'init', root, '--company', 'acme'], {
    stdio: 'pipe',
  });
  const { compileTree } = await load('compiler/incremental/compile-tree.js');
  const { stages } = await load('compiler/stages.js');
  const compile = () => compileTree({ root, stateFolder, today: '2026-01-01', stages, mode: 'write' });
  await compile();
  const fleet = join(root, 'spec/teams/support/triage.yaml');
  writeFileSync(fleet, readFileSync(fleet, 'utf8').replace('slots: 2', 'slots: 3'));
  const { written, diagnostics } = await compile();
  if (written.length === 0) throw new Error(`nothing came of a change:\n${JSON.stringify(diagnostics)}`);
}

async function keep(): Promise<void> {
  const { scripts, compiledFile, compiledBytes } = await load('compiler/chunks/run-script.js');
  for (const [file, { script, exports }] of scripts) {
    const module = (await import(`file://${file.replace(/cjs$/, 'js')}`)) as Readonly<Record<string, unknown>>;
    const changed = Object.keys(module).filter((name) => module[name] !== exports[name]);
    if (changed.length > 0) throw new Error(`${file} exports what it changes later: ${changed.join(', ')}`);
    const beside = compiledFile(file);
    writeFileSync(`${beside}.new`, compiledBytes(readFileSync(file), script.createCachedData()));
    renameSync(`${beside}.new`, beside);
  }
}

import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { SourceFile } from '../../../spec/contract/source.ts';
import { checkRepository } from '../../cli/check-repository.ts';
import { checkSpec, compile } from '../../compile.ts';
import { compileTree } from '../../incremental/compile-tree.ts';
import { stages } from '../../stages.ts';
import { verifyTree } from '../../verify/tree/verify-tree.ts';
import type { Diagnostic } from '../diagnostic.ts';
import { ordered } from '../order.ts';
import { collector } from '../report.ts';

/** The day cases are compiled on. */
export const CASE_DAY = '2026-11-23';

/** Problems, and the files they stand in. */
export interface Problems {
  readonly diagnostics: readonly Diagnostic[];
  readonly files: readonly SourceFile[];
}

/** All problems of a spec, as a compile finds them before it emits anything. */
export async function problemsOf(files: readonly SourceFile[]): Promise<readonly Diagnostic[]> {
  return checkSpec({ files, today: CASE_DAY }, stages).diagnostics;
}

/** All problems of a first compile of a spec, those of what it emits among them. */
export async function compileProblemsOf(
  files: readonly SourceFile[],
): Promise<Problems & { readonly objects: number }> {
  const { diagnostics, environments } = await compile({ files, today: CASE_DAY }, stages);
  const units = environments.flatMap((environment) => environment.units);
  return { diagnostics, files, objects: units.reduce((sum, { objects }) => sum + objects, 0) };
}

/** All problems of a spec on disk, those of its files as files among them: these, with the folder `over` laid over them. */
export function problemsOnDisk(files: readonly SourceFile[], over: string): Problems {
  return inFolder((root) => {
    put(root, files);
    cpSync(join(over, 'spec'), join(root, 'spec'), { recursive: true });
    return checkRepository(root, CASE_DAY);
  });
}

/** All problems of a tree of manifests for a cluster of this version. */
export function problemsOfTree(tree: string, kubernetes: string): Problems {
  const { report, diagnostics } = collector();
  const { files } = verifyTree(tree, '.', [{ prefix: '', kubernetes }], report);
  return { diagnostics: ordered(diagnostics), files };
}

/** A repository that was compiled when it held `before`, with what was put below `generated/` since. */
export interface Repository {
  readonly before: readonly SourceFile[];
  readonly edited: readonly SourceFile[];
  readonly files: readonly SourceFile[];
}

/** All problems of the next compile, or of `compile --check` with the mode `compare`. */
export async function laterProblemsOf(
  { before, edited, files }: Repository,
  mode: 'write' | 'compare',
): Promise<Problems> {
  const root = mkdtempSync(join(tmpdir(), 'nova-torch-case-'));
  try {
    put(root, before);
    const first = await compileTree({ root, today: CASE_DAY, stages, mode: 'write' });
    if (first.written.length === 0) throw new Error(first.diagnostics.map(({ message }) => message).join('\n'));
    rmSync(join(root, 'spec'), { recursive: true });
    put(root, [...files, ...edited]);
    const { diagnostics, sourceOf } = await compileTree({ root, today: CASE_DAY, stages, mode });
    const paths = [...new Set(diagnostics.flatMap(({ at, related }) => [at, ...related.map((one) => one.at)]))];
    const named = [...new Set(paths.map(({ file }) => file))];
    return { diagnostics, files: named.map((path) => ({ path, text: sourceOf(path) ?? '' })) };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function inFolder<T>(use: (root: string) => T): T {
  const root = mkdtempSync(join(tmpdir(), 'nova-torch-case-'));
  try {
    return use(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function put(root: string, files: readonly SourceFile[]): void {
  for (const { path, text } of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

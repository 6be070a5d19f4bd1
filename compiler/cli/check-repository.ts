import { checkSpec } from '../compile.ts';
import type { CompileResult } from '../compile.ts';
import type { SourceFile } from '../../spec/contract/source.ts';
import { ordered } from '../diagnostics/order.ts';
import { collector } from '../diagnostics/report.ts';
import { readSpec, unreadOf } from '../load/read.ts';
import { stages } from '../stages.ts';

/** A spec that was read and checked, and the texts it was read from. */
export interface CheckedRepository extends CompileResult {
  readonly files: readonly SourceFile[];
}

/** Reads a repository's spec and checks it, with `instead` in the place of files of the same path; nothing is emitted. */
export function checkRepository(root: string, today: string, instead: readonly SourceFile[] = []): CheckedRepository {
  const { report, diagnostics } = collector();
  const changed = new Map(instead.map((file) => [file.path, file]));
  const files = readSpec(root, report).map((file) => changed.get(file.path) ?? file);
  const result = checkSpec({ files, today, unread: unreadOf(diagnostics) }, stages);
  return { ...result, files, diagnostics: ordered([...diagnostics, ...result.diagnostics]) };
}

/** The text of a file of the repository by its path. */
export function sourceReader({ files }: CheckedRepository): (path: string) => string | undefined {
  const byPath = new Map(files.map((file) => [file.path, file]));
  return (path) => byPath.get(path)?.text;
}

import { checkSpec, NOTHING_KNOWN } from '../compile.ts';
import type { CompileResult, Known, Stages } from '../compile.ts';
import type { SourceFile } from '../../spec/contract/source.ts';
import { ordered } from '../diagnostics/order.ts';
import { collector } from '../diagnostics/report.ts';
import { loadSpec } from '../load/load.ts';
import { readSpec, unreadOf } from '../load/read.ts';
import { stages } from '../stages.ts';

/** A spec that was read and checked, and the texts it was read from. */
export interface CheckedRepository extends CompileResult {
  readonly files: readonly SourceFile[];
}

/** What may be told to a check besides where and when. */
export interface CheckOptions {
  /** In the place of files of the same path. */
  readonly instead?: readonly SourceFile[];
  /** Told of each file and, when all are read, before the graph is checked. */
  readonly onFile?: (done: number, of: number) => void;
}

/** Reads a repository's spec and checks it; nothing is emitted. */
export function checkRepository(
  root: string,
  today: string,
  { instead = [], onFile = () => undefined }: CheckOptions = {},
): CheckedRepository {
  const { report, diagnostics } = collector();
  const changed = new Map(instead.map((file) => [file.path, file]));
  const files = readSpec(root, report).map((file) => changed.get(file.path) ?? file);
  const known: Known = { ...NOTHING_KNOWN, load: (all, tell, unread) => loadSpec(all, tell, unread, onFile) };
  const check: Stages['check'] = (...input) => {
    onFile(files.length, files.length);
    stages.check(...input);
  };
  const result = checkSpec({ files, today, unread: unreadOf(diagnostics) }, { ...stages, check }, known);
  return { ...result, files, diagnostics: ordered([...diagnostics, ...result.diagnostics]) };
}

/** The text of a file of the repository by its path. */
export function sourceReader({ files }: CheckedRepository): (path: string) => string | undefined {
  const byPath = new Map(files.map((file) => [file.path, file]));
  return (path) => byPath.get(path)?.text;
}

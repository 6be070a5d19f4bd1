import type { SourceFile } from '../../../spec/contract/source.ts';
import { checkSpec } from '../../compile.ts';
import { stages } from '../../stages.ts';
import type { Diagnostic } from '../diagnostic.ts';

/** The day cases are compiled on. */
export const CASE_DAY = '2026-11-23';

/** All problems of a spec, as a compile finds them before it emits anything. */
export async function problemsOf(files: readonly SourceFile[]): Promise<readonly Diagnostic[]> {
  return checkSpec({ files, today: CASE_DAY }, stages).diagnostics;
}

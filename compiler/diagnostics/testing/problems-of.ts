import type { SourceFile } from '../../../spec/contract/source.ts';
import { loadSpec } from '../../load/load.ts';
import type { Diagnostic } from '../diagnostic.ts';
import { collector } from '../report.ts';

/** All problems of a spec, as a compile finds them. */
export async function problemsOf(files: readonly SourceFile[]): Promise<readonly Diagnostic[]> {
  const { report, diagnostics } = collector();
  loadSpec(files, report);
  return diagnostics;
}

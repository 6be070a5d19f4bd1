import { join } from 'node:path';
import type { SourceFile } from '../../../spec/contract/source.ts';
import { compile } from '../../compile.ts';
import { collector } from '../../diagnostics/report.ts';
import { CASE_DAY } from '../../diagnostics/testing/problems-of.ts';
import { readSpec } from '../../load/read.ts';
import { stages } from '../../stages.ts';

const ROOT = join(import.meta.dirname, '../../..');

export interface MadeFile {
  /** Below `generated/<environment>/`. */
  readonly path: string;
  readonly text: string;
}

/** The spec of the example company. */
export function companySources(): readonly SourceFile[] {
  return readSpec(ROOT, collector().report);
}

/** Everything that the example company compiles to in one environment. */
export async function companyFiles(environment: string): Promise<readonly MadeFile[]> {
  const files = companySources();
  const { environments } = await compile({ files, today: CASE_DAY, environments: [environment] }, stages);
  return (environments[0]?.units ?? []).flatMap((unit) =>
    unit.files.map(({ path, text }) => ({ path: path.replace(`${environment}/`, ''), text })),
  );
}

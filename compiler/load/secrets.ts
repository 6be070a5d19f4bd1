import type { SourceFile } from '../../spec/contract/source.ts';
import type { Report } from '../diagnostics/report.ts';
import { secretShapes } from '../diagnostics/secret-shapes.ts';

/** Whether nothing in the file, comments included, looks like a secret. The value is never repeated. */
export function checkSecrets({ path, text }: SourceFile, report: Report): boolean {
  const shapes = secretShapes(text);
  for (const { start, end, what } of shapes) {
    const notes = ['revoke it, store a new one in the secrets engine, and refer to it by `path` and `field`'];
    report('NT1301', { file: path, start, end }, { what }, { notes });
  }
  return shapes.length === 0;
}

import { exitCodeOf } from '../order.ts';
import { printText } from '../print-text.ts';
import { caseFiles } from './case-files.ts';
import { problemsOf } from './problems-of.ts';

/** What a case prints, and its last line `exit <n>`. */
export async function runCase(name: string): Promise<string> {
  const files = caseFiles(name);
  const diagnostics = await problemsOf(files);
  return `${printText(diagnostics, files)}exit ${exitCodeOf(diagnostics)}\n`;
}

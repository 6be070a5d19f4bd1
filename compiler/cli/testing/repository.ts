import { caseFiles } from '../../diagnostics/testing/case-files.ts';
import { folderOf } from './built.ts';

/** A repository of its own for one test: the base company of the cases, with these files laid over it. */
export function repository(files: Readonly<Record<string, string>> = {}): string {
  const base = Object.fromEntries(caseFiles('base').map(({ path, text }) => [path, text]));
  return folderOf({ ...base, ...files });
}

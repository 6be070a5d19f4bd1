import { exitCodeOf } from '../order.ts';
import { printText } from '../print-text.ts';
import { caseFiles, caseFolder, caseTree, filesBefore, generatedFiles } from './case-files.ts';
import { compileProblemsOf, laterProblemsOf, problemsOf, problemsOfTree, problemsOnDisk } from './problems-of.ts';
import type { Problems } from './problems-of.ts';

/** Codes of what is found after the checks: in what was emitted, and in the tree. */
const FOUND_LATER = /^NT(30|31|60[01])/;

/** Codes of files as files: which are read, and whether they are text. */
const FOUND_ON_DISK = /^NT10/;

/** Codes that only `compile --check` says. */
const OUT_OF_DATE = /^NT600[56]/;

/** The cluster that trees of cases are for. */
const TREE_VERSION = '1.34';

/** What a case prints, and its last line `exit <n>`. */
export async function runCase(name: string): Promise<string> {
  const { diagnostics, files } = await problemsOfCase(name);
  return `${printText(diagnostics, files)}exit ${exitCodeOf(diagnostics)}\n`;
}

async function problemsOfCase(name: string): Promise<Problems> {
  const tree = caseTree(name);
  if (tree !== undefined) return problemsOfTree(tree, TREE_VERSION);
  const files = caseFiles(name);
  if (FOUND_ON_DISK.test(name)) return problemsOnDisk(files, caseFolder(name));
  const before = filesBefore(name);
  if (before !== undefined) {
    const repository = { before, edited: generatedFiles(name), files };
    return laterProblemsOf(repository, OUT_OF_DATE.test(name) ? 'compare' : 'write');
  }
  if (FOUND_LATER.test(name)) return compileProblemsOf(files);
  return { diagnostics: await problemsOf(files), files };
}

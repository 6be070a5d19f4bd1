import { lstatSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { complain, refuse } from '../context.ts';
import type { Context } from '../context.ts';
import { exits } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import { systemProblem } from '../system-problem.ts';
import { attributes } from './surroundings.ts';

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
/** The company's name is also that of its organisation on GitHub, and those end here. */
const NAME_LENGTH_MAX = 39;

export interface NewRepository {
  /** As the person wrote it. */
  readonly dir: string;
  /** The company's name; that of the folder where it is not said. */
  readonly company: string | undefined;
  /** All files, by path, in the order in which a newcomer should read them. */
  readonly files: (company: string, editorSchema: string) => ReadonlyMap<string, string>;
  /** What is said before the next step. */
  readonly notes?: readonly string[];
}

/** Makes a repository where there is no spec; files that exist are kept. All of it is there afterwards, or nothing. */
export async function makeRepository(
  context: Context,
  { dir, files: filesOf, ...more }: NewRepository,
): Promise<ExitCode> {
  const root = resolve(context.directory, dir);
  const company = more.company ?? companyOf(root);
  if (!NAME.test(company) || company.length > NAME_LENGTH_MAX) {
    return refuse(context, `\`${company}\` cannot name a company`, [
      `a name has at most ${NAME_LENGTH_MAX} lower-case letters, digits and single hyphens, and begins with a letter`,
    ]);
  }
  if (!isPlaceForFolder(root)) return refuse(context, `\`${dir}\` is no folder`, ['nothing was written']);
  const { existing } = await import('../../load/read-workspace.ts');
  if (existing(root, ['spec']).size > 0) {
    complain(context, `there is a spec in \`${dir}\` already`, ['nothing was written']);
    return exits.usage;
  }
  const { readEditorSchema } = await import('../../load/read-schema.ts');
  const { createFiles } = await import('../../output/write-file.ts');
  const { readRegular } = await import('../../output/read-regular.ts');
  const files = filesOf(company, readEditorSchema());
  const kept = existing(root, [...files.keys()]);
  const made = new Map([...files].filter(([path]) => !kept.has(path)));
  try {
    await createFiles(root, made);
  } catch (error) {
    return refused(error, dir, context);
  }
  const { out } = context;
  for (const path of files.keys()) {
    out.line(kept.has(path) ? `${out.style.dim('kept')}  ${path}` : `${out.style.green('made')}  ${path}`);
  }
  if (kept.has(ATTRIBUTES) && !keepsLineEnds(readRegular(join(root, ATTRIBUTES))?.toString('utf8') ?? ''))
    out.line(`\nAdd to ${ATTRIBUTES}, or Git may change line ends and with them what is generated:\n\n${attributes}`);
  for (const note of more.notes ?? []) out.line(note);
  out.line();
  out.line(dir === '.' ? 'Next: nova-torch compile' : `Next: nova-torch -C ${shellWord(dir)} compile`);
  return exits.ok;
}

const ATTRIBUTES = '.gitattributes';

/** Whether Git leaves all line ends as they are, or those of what the compiler reads and writes. */
function keepsLineEnds(text: string): boolean {
  return /^(?:\*|spec\/\*\*)\s.*\beol=lf\b/m.test(text);
}

/** Whether a folder is there, or may be made. A dangling link is none. */
function isPlaceForFolder(root: string): boolean {
  try {
    const stats = statSync(root, { throwIfNoEntry: false });
    return stats?.isDirectory() ?? lstatSync(root, { throwIfNoEntry: false }) === undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return false;
    throw error;
  }
}

/** Says why nothing could be written. Throws what the file system did not say. */
function refused(error: unknown, dir: string, context: Context): ExitCode {
  const problem = systemProblem(error);
  if (problem === undefined) throw error;
  // A file system that takes no folders says that the new one does not exist.
  const isOdd = (error as NodeJS.ErrnoException).code === 'ENOENT';
  const reason = isOdd ? 'the file system takes no folders there' : problem.message;
  complain(context, `a repository cannot be made in \`${dir}\``, [reason, 'nothing was left behind']);
  return problem.exit;
}

/** A word as a shell takes it for one. */
function shellWord(word: string): string {
  return /^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** A name made from the folder's. */
function companyOf(root: string): string {
  const words =
    basename(root)
      .toLowerCase()
      .match(/[a-z0-9]+/g) ?? [];
  const name = words
    .join('-')
    .replace(/^[0-9-]+/, '')
    .slice(0, NAME_LENGTH_MAX)
    .replace(/-+$/, '');
  return name === '' ? 'acme' : name;
}

import { lstatSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { defineCommand } from '../command.ts';
import { complain, refuse } from '../context.ts';
import type { Context } from '../context.ts';
import { exits } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import { attributes } from '../init/surroundings.ts';
import { text } from '../option.ts';
import { systemProblem } from '../system-problem.ts';

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
/** The company's name is also that of its organisation on GitHub, and those end here. */
const NAME_LENGTH_MAX = 39;

export const init = defineCommand({
  description:
    'Makes a repository that compiles: a company, three environments, one team with one fleet and one route, the schemas ' +
    'of its task, a README and what editors and Git need. A folder that holds a spec already is refused; any other file ' +
    'that exists is kept as it is.',
  arguments: [{ name: 'dir', summary: 'Where; made when it does not exist', required: false, complete: 'directory' }],
  options: { company: text('name', "The company's name; the folder's where it is not said") },
  examples: [
    { line: 'nova-torch init fleets', summary: 'begin in a new folder' },
    { line: 'nova-torch init --company acme', summary: 'begin in this folder, for the company `acme`' },
  ],
  exits: [exits.limit],
  exitMeanings: { [exits.limit]: 'the disk is full' },
  async run({ arguments: [dir = '.'], options, context }) {
    const root = resolve(context.directory, dir);
    const company = options.company ?? companyOf(root);
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
    const { scaffold } = await import('../init/scaffold.ts');
    const { readEditorSchema } = await import('../../load/read-schema.ts');
    const { createFiles } = await import('../../output/write-file.ts');
    const { readRegular } = await import('../../output/read-regular.ts');
    const files = scaffold({ company }, readEditorSchema());
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
    out.line();
    out.line(dir === '.' ? 'Next: nova-torch compile' : `Next: nova-torch -C ${shellWord(dir)} compile`);
    return exits.ok;
  },
});

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

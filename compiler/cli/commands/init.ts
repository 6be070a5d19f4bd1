import { basename, resolve } from 'node:path';
import { defineCommand } from '../command.ts';
import { complain, refuse } from '../context.ts';
import { exits } from '../exit.ts';
import { text } from '../option.ts';

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const NAME_LENGTH_MAX = 40;

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
  exits: [],
  async run({ arguments: [dir = '.'], options, context }) {
    const root = resolve(context.directory, dir);
    const company = options.company ?? companyOf(root);
    if (!NAME.test(company) || company.length > NAME_LENGTH_MAX) {
      return refuse(context, `\`${company}\` cannot name a company`, [
        `a name has at most ${NAME_LENGTH_MAX} lower-case letters, digits and single hyphens, and begins with a letter`,
      ]);
    }
    const { existing } = await import('../../load/read-workspace.ts');
    if (existing(root, ['spec']).size > 0) {
      complain(context, `there is a spec in \`${dir}\` already`, ['nothing was written']);
      return exits.usage;
    }
    const { scaffold } = await import('../init/scaffold.ts');
    const { readEditorSchema } = await import('../../load/read-schema.ts');
    const { createFiles } = await import('../../output/write-file.ts');
    const files = scaffold({ company }, readEditorSchema());
    const kept = existing(root, [...files.keys()]);
    const made = new Map([...files].filter(([path]) => !kept.has(path)));
    await createFiles(root, made);
    const { out } = context;
    for (const path of files.keys()) {
      out.line(kept.has(path) ? `${out.style.dim('kept')}  ${path}` : `${out.style.green('made')}  ${path}`);
    }
    out.line();
    out.line(dir === '.' ? 'Next: nova-torch compile' : `Next: nova-torch -C ${dir} compile`);
    return exits.ok;
  },
});

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

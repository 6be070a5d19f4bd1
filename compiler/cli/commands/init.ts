import { defineCommand } from '../command.ts';
import { exits } from '../exit.ts';
import { text } from '../option.ts';

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
    const { makeRepository } = await import('../init/make-repository.ts');
    const { scaffold } = await import('../init/scaffold.ts');
    const files = (company: string, editorSchema: string) => scaffold({ company }, editorSchema);
    return makeRepository(context, { dir, company: options.company, files });
  },
});

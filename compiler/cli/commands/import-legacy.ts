import { complain, refuse } from '../context.ts';
import { defineCommand } from '../command.ts';
import { exits } from '../exit.ts';
import { text } from '../option.ts';
import { printable } from '../usage.ts';

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const NAME_MAX = 40;
const BYTES_MAX = 1_048_576;
const FILES_MAX = 5000;
const SHOWN_MAX = 20;

export const importLegacy = defineCommand({
  description:
    'Turns the settings of the Python Nova-Torch into a repository that compiles. Agents of one role with the same skills are ' +
    'a fleet; a task goes to fleets that have all skills it names, where any of them was enough before; priorities, slots, ' +
    'memory, processor and the time an agent may be silent are taken over. What has no place here is listed with what does ' +
    'it now. Nothing is read but these files, and nothing is written when one of them cannot be understood.',
  arguments: [
    { name: 'config', summary: 'Its `config.yaml`', required: true, complete: 'file' },
    { name: 'agents', summary: 'The files of its agents', required: true, several: true, complete: 'file' },
  ],
  options: {
    out: text('dir', 'Where; made when it does not exist (default: this folder)', 'directory'),
    company: text('name', "The company's name; the folder's where it is not said"),
    team: text('name', 'The team that its agents belong to; `agents` where it is not said'),
    image: text(
      'image',
      'Container image of its agents; `ghcr.io/<company>/nova-torch-agent:0.1.0` where it is not said',
    ),
  },
  examples: [
    {
      line: 'nova-torch import legacy /etc/nova-torch/config.yaml /etc/nova-torch/agents/*.yaml --out fleets',
      summary: 'begin in a new folder with what runs today',
    },
  ],
  exits: [exits.invalid, exits.limit],
  exitMeanings: {
    [exits.invalid]: 'a file cannot be understood',
    [exits.limit]: 'their agents differ in too many ways, or the disk is full',
  },
  async run({ arguments: [config = '', ...agents], options, context }) {
    const { out: dir = '.', team = 'agents' } = options;
    if (!NAME.test(team) || team.length > NAME_MAX) return refuse(context, `\`${team}\` cannot name a team`);
    if (agents.length > FILES_MAX) return refuse(context, `these are more than ${FILES_MAX} files`);
    const { readGiven } = await import('../given-file.ts');
    const { readLegacy } = await import('../legacy/read-legacy.ts');
    const given = (path: string) => ({ path, text: readGiven(path, BYTES_MAX, context, 'refused') });
    const { legacy, problems } = readLegacy(given(config), agents.map(given));
    if (problems.length > 0) {
      const lines = problems.slice(0, SHOWN_MAX).map(({ at, what }) => `${at}  ${what}`);
      const more = problems.length - SHOWN_MAX;
      complain(context, 'these files cannot be understood', [
        ...lines,
        ...(more > 0 ? [`and ${more} more`] : []),
        'nothing was written',
      ]);
      return exits.invalid;
    }
    const { tooVaried } = await import('../legacy/legacy-routes.ts');
    const reason = tooVaried(legacy.fleets);
    if (reason !== undefined) {
      complain(context, reason, [
        'give agents of a role the same skills, or import them in parts with a --team each',
        'nothing was written',
      ]);
      return exits.limit;
    }
    const { makeRepository } = await import('../init/make-repository.ts');
    const { surroundings } = await import('../init/surroundings.ts');
    const { legacyDocuments } = await import('../legacy/legacy-documents.ts');
    const { whatWasLeft } = await import('../legacy/what-was-left.ts');
    const files = (company: string, editorSchema: string): ReadonlyMap<string, string> => {
      const image = options.image ?? `ghcr.io/${company}/nova-torch-agent:0.1.0`;
      return new Map([
        ...legacyDocuments({ company, team, image }, legacy),
        ...surroundings(company),
        ['nova-torch.schema.json', editorSchema],
      ]);
    };
    const left = whatWasLeft(legacy).map((line) => printable(`left  ${line}`));
    return makeRepository(context, { dir, company: options.company, files, notes: left });
  },
});

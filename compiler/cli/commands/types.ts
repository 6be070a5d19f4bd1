import { existsSync } from 'node:fs';
import { defineCommand } from '../command.ts';
import { complain, refuse } from '../context.ts';
import { environmentOf } from '../environment-of.ts';
import { exits } from '../exit.ts';
import { readGiven } from '../given-file.ts';
import { flag, many, text } from '../option.ts';
import { soundRepository } from '../sound-repository.ts';

/** More than any spec within its limits comes to. */
const BYTES_MAX = 256 * 1024 * 1024;

export const types = defineCommand({
  description:
    'Writes the task types of the spec as one file of TypeScript: `Tasks` for `client<Tasks>()`, and `Fleets` for ' +
    "`worker<Fleets['team/fleet']>()`. Names of tasks, inputs and results that the spec does not have are then errors of " +
    'the TypeScript compiler. What a type cannot say is checked by the scheduler alone.',
  arguments: [],
  options: {
    out: text('file', 'Write it to this file; printed where it is not said', 'file'),
    check: flag('With `--out`: write nothing; end with 5 when the file is out of date'),
    env: many('environment', 'Only tasks of this environment; of all where it is not said', 'environment'),
  },
  examples: [
    { line: 'nova-torch types --out ../agents/src/tasks.ts', summary: 'write them to where agents are written' },
    { line: 'nova-torch types --out ../agents/src/tasks.ts --check', summary: 'in CI: are they up to date?' },
  ],
  exits: [exits.invalid, exits.denied, exits.limit, exits.outOfDate],
  async run({ options: { out, check, env }, context }) {
    if (check && out === undefined) return refuse(context, '`--check` needs `--out`: the file to look at');
    const checked = await soundRepository(context, 'text');
    if (typeof checked === 'number') return checked;
    const { model } = checked;
    const { tasksFile } = await import('../types/tasks-file.ts');
    const environments = env.length === 0 ? model.environments : env.map((name) => environmentOf(model, name));
    const file = tasksFile(model.company.name, environments);
    if (out === undefined) {
      context.out.write(file);
      return exits.ok;
    }
    const { outFile } = await import('../out-file.ts');
    const path = outFile(out, 'the types are', context);
    if (!check) {
      const { writeFileAtomic } = await import('../../output/write-file.ts');
      await writeFileAtomic(path, file);
      return exits.ok;
    }
    // Editors and Git may have changed how lines end, and nothing else.
    const there = existsSync(path) ? readGiven(out, BYTES_MAX, context, 'refused').replaceAll('\r\n', '\n') : undefined;
    if (there === file) return exits.ok;
    const state = there === undefined ? 'is not there' : 'is out of date';
    complain(context, `\`${out}\` ${state}`, [`nova-torch types --out ${out} writes it`]);
    return exits.outOfDate;
  },
});

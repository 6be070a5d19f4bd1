import { defineCommand } from '../command.ts';
import { compileOnce } from '../compile/once.ts';
import { exits } from '../exit.ts';
import { flag, integer, many } from '../option.ts';
import { formatOption } from '../show-problems.ts';
import { refuse } from '../context.ts';
import { repositoryOf } from '../workspace.ts';

export const compile = defineCommand({
  description:
    'Compiles the spec into `generated/`, for every environment: everything is checked and proven first, and with one ' +
    'error nothing is written. Only what changed is made again; files that belong to nobody are left alone.',
  arguments: [],
  options: {
    env: many('environment', 'Compile only this environment', 'environment'),
    check: flag('Write nothing; end with 5 when a generated file is out of date'),
    watch: flag('Go on, and compile again whenever a file of the spec changes'),
    discardEdits: flag('Overwrite generated files that were edited by hand'),
    workers: integer('n', 'Emit in this many threads: for hundreds of fleets', [1, 32], 1),
    strict: flag('Let warnings count as errors'),
    format: formatOption,
  },
  examples: [
    { line: 'nova-torch compile', summary: 'compile for every environment' },
    { line: 'nova-torch compile --check', summary: 'in CI: are the generated files up to date?' },
    { line: 'nova-torch compile --watch', summary: 'compile at every change' },
  ],
  exits: [exits.invalid, exits.denied, exits.limit, exits.outOfDate],
  async run({ options, context }) {
    const root = repositoryOf(context);
    if (options.watch && options.check) return refuse(context, '`--watch` and `--check` exclude each other');
    if (!options.watch) return compileOnce(root, options, context);
    const { watch } = await import('../compile/watch.ts');
    return watch(root, () => compileOnce(root, options, context), context);
  },
});

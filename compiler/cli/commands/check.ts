import { defineCommand } from '../command.ts';
import { exits } from '../exit.ts';
import { flag } from '../option.ts';
import { formatOption, showProblems } from '../show-problems.ts';
import { repositoryOf } from '../workspace.ts';
import { sure } from '../../../spec/contract/sure.ts';

export const check = defineCommand({
  description:
    'Reads the whole spec and checks it as one graph, for every environment: names, owners, routes, capacity, objectives ' +
    'and rollouts. Nothing is written. All problems are shown, not only the first.',
  arguments: [],
  options: { format: formatOption, strict: flag('Let warnings count as errors') },
  examples: [
    { line: 'nova-torch check', summary: 'check this repository' },
    { line: 'nova-torch check --format github', summary: 'annotate a pull request' },
  ],
  exits: [exits.invalid, exits.denied, exits.limit],
  async run({ options, context }) {
    const root = repositoryOf(context);
    const { checkRepository, sourceReader } = await import('../check-repository.ts');
    const { exitCodeOf } = await import('../../diagnostics/order.ts');
    const started = context.host.now();
    const checked = checkRepository(root, context.host.today());
    const { diagnostics, model } = checked;
    const environments = model.environments.map(({ name, fleets, routes }) => ({
      name,
      fleets: fleets.size,
      routes: routes.length,
    }));
    await showProblems(
      options.format,
      { diagnostics, sourceOf: sourceReader(checked), strict: options.strict, more: { environments } },
      context,
    );
    const code = exitCodeOf(diagnostics, options.strict);
    if (options.format === 'text' && code === exits.ok) {
      const { style, line } = context.out;
      const first = sure(model.environments[0], 'an environment of a sound spec');
      const { counted } = await import('../../diagnostics/print-text.ts');
      const fleets = counted(first.fleets.size, 'fleet');
      const routes = counted(first.routes.length, 'route');
      const everywhere = counted(environments.length, 'environment');
      const took = Math.round(context.host.now() - started);
      line(`${style.green('ok')}  ${fleets} and ${routes} in ${everywhere} (${took} ms)`);
    }
    return code;
  },
});

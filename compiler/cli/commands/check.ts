import { defineCommand } from '../command.ts';
import { exits } from '../exit.ts';
import { flag } from '../option.ts';
import { progressLine } from '../progress.ts';
import { formatOption, showProblems } from '../show-problems.ts';
import { repositoryOf } from '../workspace.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { CheckedRepository } from '../check-repository.ts';
import { sure } from '../../../spec/contract/sure.ts';

export const check = defineCommand({
  description:
    'Reads the whole spec and checks it as one graph, for every environment: names, owners, routes, capacity, objectives ' +
    'and rollouts; where there are patches, whether they fit. Nothing is written. All problems are shown, not only the first.',
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
    const today = context.host.today();
    const progress = progressLine(context, 'checking', 'files');
    const checked = checkRepository(root, today, { onFile: progress.show });
    const { model } = checked;
    const diagnostics = await withPatches(checked, today);
    progress.clear();
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

/** The problems of a spec, those of its patches among them: a patch is right or wrong about what is emitted. */
async function withPatches({ diagnostics, model }: CheckedRepository, today: string): Promise<readonly Diagnostic[]> {
  const { exitCodeOf, ordered } = await import('../../diagnostics/order.ts');
  if (exitCodeOf(diagnostics) !== exits.ok) return diagnostics;
  const { checkPatches } = await import('../../compile.ts');
  const { stages } = await import('../../stages.ts');
  return ordered([...diagnostics, ...(await checkPatches(model, stages, today))]);
}

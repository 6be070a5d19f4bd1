import { defineCommand } from '../command.ts';
import type { CompileResult } from '../../compile.ts';
import type { Context } from '../context.ts';
import { exits } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import { choice, text } from '../option.ts';
import { progressLine } from '../progress.ts';
import { problemFormat, showProblems } from '../show-problems.ts';
import { soundRepository } from '../sound-repository.ts';
import { repositoryOf } from '../workspace.ts';

export const diff = defineCommand({
  description:
    'Says what the spec as it is would change, and for whom: objects, restarts, network paths that open or close, secrets, ' +
    'capacity, routing, and changes that the cluster would refuse. It compares with `generated/` as it lies here, or as it ' +
    'is at a Git ref. Nothing is written.',
  arguments: [],
  options: {
    base: text('ref', 'Compare with `generated/` at this branch, tag or commit'),
    format: choice(['text', 'markdown', 'json'], 'format', 'How to print; never longer than 65,536 characters'),
  },
  examples: [
    { line: 'nova-torch diff', summary: 'what would `compile` change?' },
    { line: 'nova-torch diff --base origin/main --format markdown', summary: 'a comment for a pull request' },
  ],
  exits: [exits.invalid, exits.denied, exits.limit, exits.outOfDate],
  async run({ options, context }) {
    const root = repositoryOf(context);
    const progress = progressLine(context, 'compiling', 'fleets');
    const { generatedAt } = await import('../diff/git-tree.ts');
    const before =
      options.base === undefined ? await onDisk(root, options.format, context) : generatedAt(root, options.base);
    if (typeof before === 'number') return before;
    const checked = await soundRepository(context, options.format);
    if (typeof checked === 'number') return checked;
    const { compile } = await import('../../compile.ts');
    const { sourceReader } = await import('../check-repository.ts');
    const { stages } = await import('../../stages.ts');
    const compiled = await compile(
      { files: checked.files, today: context.host.today(), onUnit: progress.show },
      stages,
    );
    progress.clear();
    const refused = await shownErrors(compiled, options.format, sourceReader(checked), context);
    if (refused !== exits.ok) return refused;
    const after = new Map(
      compiled.environments.flatMap(({ name, units }) =>
        units.flatMap(({ files }) => files.map((file) => [`${name}/${file.path}`, file.text] as const)),
      ),
    );
    const { diffTrees, inPromotionOrder } = await import('../../output/diff.ts');
    const { printDiff } = await import('../../output/diff-print.ts');
    const order = compiled.environments.map(({ name }) => name);
    const found = inPromotionOrder(diffTrees(before, after), order);
    if (found.environments.length === 0 && options.format !== 'json') context.out.line('nothing changes');
    else context.out.write(printDiff(found, options.format));
    return exits.ok;
  },
});

/** What stops the compile of a sound spec: a patch that fits nothing, what the cluster would refuse, a broken proof. */
async function shownErrors(
  { diagnostics }: CompileResult,
  format: string,
  sourceOf: (path: string) => string | undefined,
  context: Context,
): Promise<ExitCode> {
  const { exitCodeOf } = await import('../../diagnostics/order.ts');
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0)
    await showProblems(problemFormat(format), { diagnostics: errors, sourceOf, strict: false }, context);
  return exitCodeOf(errors);
}

/** The files below `generated/`; an exit code where it is no tree of files, or the half of a write that was killed. */
async function onDisk(root: string, format: string, context: Context): Promise<ReadonlyMap<string, string> | ExitCode> {
  const { collector } = await import('../../diagnostics/report.ts');
  const { exitCodeOf } = await import('../../diagnostics/order.ts');
  const { reportStrange, reportUnfinished } = await import('../../output/plan.ts');
  const { readTree } = await import('../../output/tree.ts');
  const { isUnfinished, placeOf } = await import('../../output/write.ts');
  const place = placeOf(root);
  const tree = readTree(place.folder);
  const { report, diagnostics } = collector();
  reportStrange(tree, report);
  if (isUnfinished(place)) reportUnfinished(report, 'compare');
  if (diagnostics.length > 0) {
    await showProblems(problemFormat(format), { diagnostics, sourceOf: () => undefined, strict: false }, context);
    return exitCodeOf(diagnostics);
  }
  return new Map(tree.files.map((path) => [path, tree.read(path)]));
}

import { join } from 'node:path';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { nearest } from '../../diagnostics/nearest.ts';
import { defineCommand } from '../command.ts';
import { refuse } from '../context.ts';
import { exits } from '../exit.ts';
import { choice, flag, many } from '../option.ts';
import { showProblems } from '../show-problems.ts';
import { meant } from '../usage.ts';
import { repositoryOf } from '../workspace.ts';
import { sure } from '../../../spec/contract/sure.ts';

export const fix = defineCommand({
  description:
    'Applies the corrections that are certain: a misspelt field with one near name, a value that needs quotes. Everything ' +
    'else about the files stays as it is. What it cannot correct is left for `nova-torch check` to explain.',
  arguments: [],
  options: {
    code: many('code', 'Correct only problems with this code'),
    dryRun: flag('Show what would change, and write nothing'),
    format: choice(
      ['text', 'json'],
      'format',
      'How to print: in JSON what was corrected, and the problems that are left',
    ),
  },
  examples: [
    { line: 'nova-torch fix --dry-run', summary: 'see what would change' },
    { line: 'nova-torch fix --code NT1201', summary: 'correct only unknown fields' },
  ],
  exits: [exits.invalid, exits.denied, exits.limit],
  async run({ options, context }) {
    const { catalog } = await import('../../diagnostics/catalog.ts');
    const unknown = options.code.find((code) => !Object.hasOwn(catalog, code));
    if (unknown !== undefined)
      return refuse(context, `there is no code \`${unknown}\``, meant(nearest(unknown, Object.keys(catalog))));
    const root = repositoryOf(context);
    const { checkRepository, sourceReader } = await import('../check-repository.ts');
    const { exitCodeOf } = await import('../../diagnostics/order.ts');
    const { counted } = await import('../../diagnostics/print-text.ts');
    const { applyFixes } = await import('../../diagnostics/apply-fixes.ts');
    const { writeFileAtomic } = await import('../../output/write-file.ts');
    const today = context.host.today();
    const { files, diagnostics } = checkRepository(root, today);
    const wanted = diagnostics.filter(
      ({ code, fix: change }) => change !== undefined && (options.code.length === 0 || options.code.includes(code)),
    );
    const { files: changed, applied } = applyFixes(files, wanted);
    if (!options.dryRun) for (const { path, text } of changed) await writeFileAtomic(join(root, path), text);
    // One correction may answer several problems.
    const after = checkRepository(root, today, { instead: changed });
    const left = after.diagnostics.filter(({ severity }) => severity === 'error');
    const code = exitCodeOf(left);
    if (options.format === 'json') {
      const fixed = applied.map((one) => ({ file: one.at.file, code: one.code, title: titleOf(one) }));
      const more = { fixed, written: options.dryRun ? [] : changed.map(({ path }) => path) };
      await showProblems('json', { diagnostics: left, sourceOf: sourceReader(after), strict: false, more }, context);
      return code;
    }
    const { line, style } = context.out;
    const verb = style.green(options.dryRun ? 'would fix' : 'fixed');
    for (const one of applied) line(`${verb}  ${one.at.file}: ${one.code} ${titleOf(one)}`);
    const done = options.dryRun ? 'would be corrected' : 'corrected';
    line(applied.length === 0 ? 'nothing can be corrected with certainty' : `${applied.length} ${done}`);
    if (left.length > 0) context.err.line(`${counted(left.length, 'error')} left: see \`nova-torch check\``);
    return code;
  },
});

function titleOf({ fix: change }: Diagnostic): string {
  return sure(change, 'the fix that was made').title;
}

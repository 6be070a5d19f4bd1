import { join } from 'node:path';
import { defineCommand } from '../command.ts';
import { exits } from '../exit.ts';
import { flag, many } from '../option.ts';
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
  },
  examples: [
    { line: 'nova-torch fix --dry-run', summary: 'see what would change' },
    { line: 'nova-torch fix --code NT1201', summary: 'correct only unknown fields' },
  ],
  exits: [exits.invalid],
  async run({ options, context }) {
    const root = repositoryOf(context);
    const { checkRepository } = await import('../check-repository.ts');
    const { counted } = await import('../../diagnostics/print-text.ts');
    const { applyFixes } = await import('../../diagnostics/apply-fixes.ts');
    const { writeFileAtomic } = await import('../../output/write-file.ts');
    const today = context.host.today();
    const { files, diagnostics } = checkRepository(root, today);
    const wanted = diagnostics.filter(
      ({ code, fix: change }) => change !== undefined && (options.code.length === 0 || options.code.includes(code)),
    );
    const { files: changed, applied } = applyFixes(files, wanted);
    const { line, style } = context.out;
    for (const { code, at, fix: change } of applied)
      line(
        `${style.green(options.dryRun ? 'would fix' : 'fixed')}  ${at.file}: ${code} ${sure(change, 'the fix that was made').title}`,
      );
    if (!options.dryRun) for (const { path, text } of changed) await writeFileAtomic(join(root, path), text);
    // One correction may answer several problems.
    const after = checkRepository(root, today, changed).diagnostics;
    const left = after.filter(({ severity }) => severity === 'error').length;
    line(applied.length === 0 ? 'nothing can be corrected with certainty' : `${applied.length} corrected`);
    if (left > 0) context.err.line(`${counted(left, 'error')} left: see \`nova-torch check\``);
    return left > 0 ? exits.invalid : exits.ok;
  },
});

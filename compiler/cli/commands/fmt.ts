import { join } from 'node:path';
import { defineCommand } from '../command.ts';
import { complain } from '../context.ts';
import { exits } from '../exit.ts';
import { flag } from '../option.ts';
import { showProblems } from '../show-problems.ts';
import { repositoryOf } from '../workspace.ts';

export const fmt = defineCommand({
  description:
    'Formats the spec: keys in the order of the language, two spaces a level, quotes only where they are needed. Comments ' +
    'stay, and no value changes: a file whose values would is left alone.',
  arguments: [],
  options: { check: flag('Write nothing; end with 1 when a file would change') },
  examples: [
    { line: 'nova-torch fmt', summary: 'format every spec file' },
    { line: 'nova-torch fmt --check', summary: 'in CI: is everything formatted?' },
  ],
  exits: [exits.invalid, exits.limit],
  async run({ options, context }) {
    const root = repositoryOf(context);
    const { readSpec } = await import('../../load/read.ts');
    const { collector } = await import('../../diagnostics/report.ts');
    const { exitCodeOf } = await import('../../diagnostics/order.ts');
    const { formatText } = await import('../format/format-text.ts');
    const { sameValues } = await import('../format/same-values.ts');
    const { writeFileAtomic } = await import('../../output/write-file.ts');
    const { report, diagnostics } = collector();
    const files = readSpec(root, report).filter(({ path }) => path.endsWith('.yaml'));
    const unread = diagnostics.filter(({ severity }) => severity === 'error');
    await showProblems('text', { diagnostics: unread, sourceOf: () => undefined, strict: false }, context);
    const { line, style } = context.out;
    let changed = 0;
    let refused = 0;
    for (const { path, text } of files) {
      const formatted = formatText(text);
      if (typeof formatted !== 'string' || !sameValues(text, formatted)) {
        refused += 1;
        complain(context, `\`${path}\` is left as it is`, [
          typeof formatted === 'string' ? 'its values would change' : formatted.reason,
        ]);
      } else if (formatted !== text) {
        changed += 1;
        line(`${style.green(options.check ? 'would format' : 'formatted')}  ${path}`);
        if (!options.check) await writeFileAtomic(join(root, path), formatted);
      }
    }
    if (changed === 0 && refused === 0 && unread.length === 0) line(`${files.length} files are formatted`);
    if (unread.length > 0) return exitCodeOf(unread);
    return refused > 0 || (options.check && changed > 0) ? exits.invalid : exits.ok;
  },
});

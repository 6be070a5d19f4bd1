import { join } from 'node:path';
import { defineCommand } from '../command.ts';
import { complain } from '../context.ts';
import { exits } from '../exit.ts';
import { choice, flag } from '../option.ts';
import { problemFormat, showProblems } from '../show-problems.ts';
import { repositoryOf } from '../workspace.ts';

export const fmt = defineCommand({
  description:
    'Formats the spec: keys in the order of the language, two spaces a level, quotes only where they are needed. Comments ' +
    'stay, and no value changes: a file whose values would is left alone, as is one that the compiler cannot read.',
  arguments: [],
  options: {
    check: flag('Write nothing; end with 1 when a file would change'),
    format: choice(['text', 'json'], 'format', 'How to print: in JSON what was formatted, what was left, and why'),
  },
  examples: [
    { line: 'nova-torch fmt', summary: 'format every spec file' },
    { line: 'nova-torch fmt --check', summary: 'in CI: is everything formatted?' },
  ],
  exits: [exits.invalid, exits.limit],
  exitMeanings: { [exits.invalid]: 'a file cannot be formatted, or with `--check` is not' },
  async run({ options, context }) {
    const root = repositoryOf(context);
    const { readSpec } = await import('../../load/read.ts');
    const { collector } = await import('../../diagnostics/report.ts');
    const { exitCodeOf } = await import('../../diagnostics/order.ts');
    const { formatFile } = await import('../format/format-file.ts');
    const { writeFileAtomic } = await import('../../output/write-file.ts');
    const { report, diagnostics } = collector();
    const reading = collector();
    const files = readSpec(root, reading.report).filter(({ path }) => path.endsWith('.yaml'));
    // A stray file is no matter of its format.
    diagnostics.push(...reading.diagnostics.filter(({ severity }) => severity === 'error'));
    const formatted: string[] = [];
    const left: { readonly file: string; readonly reason?: string }[] = [];
    for (const file of files) {
      const result = formatFile(file, report);
      if (result.state === 'left')
        left.push({ file: file.path, ...(result.reason !== undefined && { reason: result.reason }) });
      if (result.state !== 'changed') continue;
      formatted.push(file.path);
      if (!options.check) await writeFileAtomic(join(root, file.path), result.text);
    }
    const isRefused = left.some(({ reason }) => reason !== undefined) || (options.check && formatted.length > 0);
    const code = exitCodeOf(diagnostics) || (isRefused ? exits.invalid : exits.ok);
    const texts = new Map(files.map(({ path, text }) => [path, text]));
    const more = { exit: code, files: files.length, formatted, left };
    const problems = { diagnostics, sourceOf: (path: string) => texts.get(path), strict: false, more };
    await showProblems(problemFormat(options.format), problems, context);
    if (options.format === 'json') return code;
    const { line, style } = context.out;
    for (const path of formatted) line(`${style.green(options.check ? 'would format' : 'formatted')}  ${path}`);
    for (const { file, reason } of left)
      if (reason !== undefined) complain(context, `\`${file}\` is left as it is`, [reason]);
    if (formatted.length + left.length === 0) line(`${files.length} files are formatted`);
    return code;
  },
});

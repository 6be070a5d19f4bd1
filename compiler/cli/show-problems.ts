import type { SourceFile } from '../../spec/contract/source.ts';
import { VERSION } from '../core/version.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Context } from './context.ts';
import { choice } from './option.ts';

export const FORMATS = ['text', 'json', 'sarif', 'github'] as const;
export type Format = (typeof FORMATS)[number];

/** The option of every command that shows problems. */
export const formatOption = choice(FORMATS, 'format', 'How problems are printed');

/** How a command that answers in `format` shows problems: a program that asked for JSON gets JSON. */
export function problemFormat(format: string): Format {
  return format === 'json' ? 'json' : 'text';
}

/** What a command knows about problems: which, in which texts, and whether warnings count. */
export interface Problems {
  readonly diagnostics: readonly Diagnostic[];
  readonly sourceOf: (path: string) => string | undefined;
  readonly strict: boolean;
  /** What the command says besides, in JSON. */
  readonly more?: object;
}

/** Prints problems: text for people to standard error, one document or a line each for programs to standard output. */
export async function showProblems(format: Format, problems: Problems, context: Context): Promise<void> {
  const { diagnostics, strict } = problems;
  const files = sourcesOf(problems);
  if (format === 'json') {
    const { printJson } = await import('../diagnostics/print-json.ts');
    context.out.write(printJson(diagnostics, files, { strict, more: problems.more ?? {} }));
  } else if (format === 'sarif') {
    const { printSarif } = await import('../diagnostics/print-sarif.ts');
    context.out.write(printSarif(diagnostics, files, VERSION));
  } else if (format === 'github') {
    const { printGithub } = await import('../diagnostics/print-github.ts');
    context.out.write(printGithub(diagnostics, files));
  } else if (diagnostics.length > 0) {
    const { printText } = await import('../diagnostics/print-text.ts');
    context.err.write(printText(diagnostics, files, { color: context.err.style.colored }));
  }
}

/** The texts that problems refer to, each once. */
function sourcesOf({ diagnostics, sourceOf }: Problems): SourceFile[] {
  const paths = diagnostics.flatMap(({ at, related, fix }) => [
    at.file,
    ...related.map((other) => other.at.file),
    ...(fix?.edits.map((edit) => edit.at.file) ?? []),
  ]);
  return [...new Set(paths)].map((path) => ({ path, text: sourceOf(path) ?? '' }));
}

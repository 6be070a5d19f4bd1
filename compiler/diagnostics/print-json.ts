import type { SourceFile } from '../../spec/contract/source.ts';
import { printable } from './clean.ts';
import type { Diagnostic, Fix } from './diagnostic.ts';
import { locator } from './located.ts';
import { exitCodeOf, ordered } from './order.ts';
import { masked } from './secret-shapes.ts';

/**
 * All problems for programs. The shape is stable; `version` is raised when a field changes its meaning:
 *
 * `{version: 1, exit, errors, warnings, diagnostics: [{code, severity, message, file, line, column, endLine, endColumn,
 * label?, related: [{message, file, line, ...}], notes: [], fix?: {title, edits: [{file, line, ..., start, end, text}]}}], ...more}`
 *
 * Lines and columns count from 1 (columns in UTF-16 code units), ends are exclusive, `start` and `end` are offsets.
 */
export function printJson(
  diagnostics: readonly Diagnostic[],
  files: readonly SourceFile[],
  { strict = false, more = {} }: { readonly strict?: boolean; readonly more?: object } = {},
): string {
  const locate = locator(files);
  const all = ordered(diagnostics);
  const errors = all.filter(({ severity }) => severity === 'error').length;
  const document = {
    version: 1,
    exit: exitCodeOf(all, strict),
    errors,
    warnings: all.length - errors,
    diagnostics: all.map(({ code, severity, message, at, label, related, notes, fix }) => ({
      code,
      severity,
      message: printable(message),
      ...locate(at),
      ...(label !== undefined && { label: printable(label) }),
      related: related.map((place) => ({ message: printable(place.message), ...locate(place.at) })),
      notes: notes.map(printable),
      ...(fix !== undefined && { fix: fixOf(fix, locate) }),
    })),
    ...more,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function fixOf({ title, edits }: Fix, locate: ReturnType<typeof locator>): object {
  return {
    title: printable(title),
    edits: edits.map(({ at, text }) => ({ ...locate(at), start: at.start, end: at.end, text: masked(text) })),
  };
}

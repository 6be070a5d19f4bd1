import { entryOf } from './catalog.ts';
import type { Diagnostic } from './diagnostic.ts';
import { compareText } from '../../spec/contract/text.ts';

/** Sorted by file, place, code and message; the same problem at the same place is kept once. */
export function ordered(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const kept = new Map<string, Diagnostic>();
  for (const diagnostic of diagnostics) {
    const { at, code, message } = diagnostic;
    const key = JSON.stringify([at.file, at.start, at.end, code, message]);
    if (!kept.has(key)) kept.set(key, diagnostic);
  }
  return [...kept.values()].sort(compareDiagnostics);
}

function compareDiagnostics(a: Diagnostic, b: Diagnostic): number {
  return (
    compareText(a.at.file, b.at.file) ||
    a.at.start - b.at.start ||
    a.at.end - b.at.end ||
    compareText(a.code, b.code) ||
    compareText(a.message, b.message)
  );
}

/** What the strongest reason to stop is: a limit that was hit hides the rest, then a denial, a mistake, a stale file. */
const PRECEDENCE = [4, 3, 1, 5] as const;

/**
 * Exit code of a set of problems: 0 without errors, else the first of 4 (limit), 3 (ownership or policy), 1 (invalid
 * spec) and 5 (generated files out of date) that one of the errors has. `strict` counts warnings as errors.
 */
export function exitCodeOf(diagnostics: readonly Diagnostic[], strict = false): 0 | 1 | 3 | 4 | 5 {
  const exits = new Set(
    diagnostics.filter(({ severity }) => strict || severity === 'error').map(({ code }) => entryOf(code).exit),
  );
  return PRECEDENCE.find((exit) => exits.has(exit)) ?? 0;
}

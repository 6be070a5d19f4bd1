import type { SourceFile } from '../../spec/contract/source.ts';
import type { Diagnostic, Fix, TextEdit } from './diagnostic.ts';
import { ordered } from './order.ts';

export interface Fixed {
  /** Files whose text changed, with their new text. */
  readonly files: readonly SourceFile[];
  readonly applied: readonly Diagnostic[];
  /** Fixes that touch a place another one changed: run again to apply them. */
  readonly skipped: readonly Diagnostic[];
}

/**
 * Applies the fixes of the problems to the texts, in the order of their places. A fix is applied whole or not at all: one
 * that overlaps an earlier one waits for the next run, except when both make the same edit.
 */
export function applyFixes(files: readonly SourceFile[], diagnostics: readonly Diagnostic[]): Fixed {
  const accepted = new Map<string, TextEdit[]>();
  const applied: Diagnostic[] = [];
  const skipped: Diagnostic[] = [];
  const known = new Set(files.map(({ path }) => path));
  for (const diagnostic of ordered(diagnostics)) {
    const { fix } = diagnostic;
    if (fix === undefined) continue;
    const fits = fix.edits.every(({ at }) => known.has(at.file)) && !conflicts(fix, accepted);
    (fits ? applied : skipped).push(diagnostic);
    if (fits) for (const edit of fix.edits) add(edit, accepted);
  }
  const changed = files.flatMap((file) => changedFile(file, accepted.get(file.path) ?? []));
  return { files: changed, applied, skipped };
}

function conflicts({ edits }: Fix, accepted: ReadonlyMap<string, readonly TextEdit[]>): boolean {
  return edits.some((edit) =>
    (accepted.get(edit.at.file) ?? []).some((other) => !same(edit, other) && touch(edit, other)),
  );
}

function same(a: TextEdit, b: TextEdit): boolean {
  return a.at.start === b.at.start && a.at.end === b.at.end && a.text === b.text;
}

/** Two edits of one file touch when they share a character, or begin at the same place. */
function touch(a: TextEdit, b: TextEdit): boolean {
  return a.at.start === b.at.start || (a.at.start < b.at.end && b.at.start < a.at.end);
}

function add(edit: TextEdit, accepted: Map<string, TextEdit[]>): void {
  const edits = accepted.get(edit.at.file) ?? [];
  if (!edits.some((other) => same(edit, other))) edits.push(edit);
  accepted.set(edit.at.file, edits);
}

function changedFile({ path, text }: SourceFile, edits: readonly TextEdit[]): readonly SourceFile[] {
  let changed = '';
  let from = 0;
  for (const edit of [...edits].sort((a, b) => a.at.start - b.at.start)) {
    changed += text.slice(from, edit.at.start) + edit.text;
    from = edit.at.end;
  }
  changed += text.slice(from);
  return changed === text ? [] : [{ path, text: changed }];
}

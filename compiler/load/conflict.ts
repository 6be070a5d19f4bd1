import type { Report } from '../diagnostics/report.ts';

/** The lines that Git writes around the two sides of a conflict. */
const BEGIN = /^<{7}(?: .*)?$/m;
const END = /^>{7}(?: .*)?$/m;

/**
 * Whether a text is of one piece. One with the marks of a merge conflict is reported once, at its first mark: nobody knows
 * which side is meant. A text for people may quote one of the two marks.
 */
export function checkConflict(file: string, text: string, report: Report): boolean {
  const begin = text.includes('<<<<<<<') ? BEGIN.exec(text) : null;
  const end = text.includes('>>>>>>>') ? END.exec(text) : null;
  if (begin === null || end === null) return true;
  const first = begin.index < end.index ? begin : end;
  const line = first[0].trimEnd();
  report('NT1120', { file, start: first.index, end: first.index + line.length }, {});
  return false;
}

import type { SourceFile } from '../../../spec/contract/source.ts';
import { collector } from '../../diagnostics/report.ts';
import type { Report } from '../../diagnostics/report.ts';
import { parseFile } from '../../load/parse.ts';
import { formatText } from './format-text.ts';
import { commentsOf, sameValues } from './same-values.ts';

/** What formatting a file comes to. */
export type Formatted =
  | { readonly state: 'same' }
  | { readonly state: 'changed'; readonly text: string }
  /** Its problems were reported, or there is a reason that is none of the file's. */
  | { readonly state: 'left'; readonly reason?: string };

/**
 * Formats a file that the compiler can read: one with problems is left to whoever solves them. So is one whose values or
 * comments would change, or that would change again the next time; then the formatter is to blame.
 */
export function formatFile(file: SourceFile, report: Report): Formatted {
  const { report: collect, diagnostics } = collector();
  parseFile(file, (...problem) => {
    collect(...problem);
    report(...problem);
  });
  if (diagnostics.length > 0) return { state: 'left' };
  const text = formatText(file.text);
  if (typeof text !== 'string') return { state: 'left', reason: text.reason };
  if (text === file.text) return { state: 'same' };
  if (!sameValues(file.text, text)) return { state: 'left', reason: 'its values would change' };
  if (commentsOf(file.text).join('\n') !== commentsOf(text).join('\n'))
    return { state: 'left', reason: 'a comment would get lost' };
  return { state: 'changed', text };
}

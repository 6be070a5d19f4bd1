import type { SourceFile, Span } from '../../../spec/contract/source.ts';
import type { Diagnostic } from '../diagnostic.ts';
import { collector } from '../report.ts';

/** A text with one place marked: `a: «b»` is the text `a: b` and the span of `b`. */
export function marked(path: string, text: string): { readonly file: SourceFile; readonly at: Span } {
  const start = text.indexOf('«');
  const end = text.indexOf('»') - 1;
  return { file: { path, text: text.replace(/[«»]/g, '') }, at: { file: path, start, end } };
}

/** One problem with everything a problem can have, and one warning; the texts hold what printers must survive. */
export function sample(): { readonly files: readonly SourceFile[]; readonly diagnostics: readonly Diagnostic[] } {
  const first = marked('spec/a b.yaml', 'scale:\n\t日本: { «mni»: 1 } # \u001B[31mred\n');
  const second = marked('spec/b,c.yaml', 'x: 1\n«# 100%»\r\n');
  const { report, diagnostics } = collector();
  report(
    'NT1201',
    first.at,
    { field: 'mni', place: '`scale`' },
    {
      label: 'did you mean `min`?',
      notes: ['allowed: max, min', 'a note with \u001B[0m 50%\r\n'],
      related: [{ message: 'declared here', at: second.at }],
      fix: { title: 'renames it to `min`', edits: [{ at: first.at, text: 'min' }] },
    },
  );
  report('NT2050', second.at, { file: 'a' });
  return { files: [first.file, second.file], diagnostics };
}

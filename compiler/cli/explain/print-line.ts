import type { Voice } from '../context.ts';
import type { ExplainedLine, Produced } from './explain-line.ts';

/** The field of a generated line and the line of the spec it comes from. */
export function printGenerated({ object, field, traced, from }: ExplainedLine, { line, style }: Voice): void {
  line(`${style.bold(object)}  ${field}`);
  line();
  const number = String(from.line);
  const margin = ' '.repeat(number.length + 1);
  line(`${margin}╭─ ${from.file}:${from.line}:${from.column}`);
  line(`${margin}│`);
  line(`${number} │ ${from.text}`);
  line(`${margin}│ ${' '.repeat(from.indent)}${style.cyan(`${'^'.repeat(from.length)} comes from here`)}`);
  if (traced !== field) {
    line();
    line(
      style.dim(
        `nobody wrote this very field; the nearest one that the spec decides is ${traced === '' ? 'the object' : traced}`,
      ),
    );
  }
}

/** Most fields that are shown of one object. */
const FIELDS_MAX = 12;

/** What a place in the spec leads to, file by file and object by object. */
export function printProduced(produced: readonly Produced[], { line, style }: Voice): void {
  if (produced.length === 0) return line('nothing that is generated comes from here');
  const files = grouped(produced, ({ file }) => file);
  for (const [file, inFile] of files) {
    line(style.bold(file));
    for (const [object, fields] of grouped(inFile, (each) => each.object)) {
      const shown = fields.slice(0, FIELDS_MAX).map(({ field }) => field);
      const more = fields.length > FIELDS_MAX ? ` and ${fields.length - FIELDS_MAX} more` : '';
      line(`  ${object}`);
      for (const field of shown) line(`    ${field}`);
      if (more !== '') line(style.dim(`   ${more}`));
    }
  }
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

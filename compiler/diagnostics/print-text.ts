import type { SourceFile, Span } from '../../spec/contract/source.ts';
import { printable } from './clean.ts';
import type { Diagnostic } from './diagnostic.ts';
import { excerpt } from './frame.ts';
import { ordered } from './order.ts';
import { masked } from './secret-shapes.ts';
import { linesOf } from './position.ts';
import type { Lines } from './position.ts';

export interface TextOptions {
  /** ANSI colours. Decided by the command line, never here. */
  readonly color: boolean;
}

type Paint = 'red' | 'yellow' | 'blue' | 'bold' | 'green';
type Painter = (paint: Paint, text: string) => string;

const ANSI: Readonly<Record<Paint, string>> = { red: '31', yellow: '33', blue: '34', green: '32', bold: '1' };

/**
 * All problems as a person reads them: a headline, the source line with carets, other places, notes and the fix; a
 * summary line at the end. Empty for no problems. `files` are the texts that places refer to.
 */
export function printText(
  diagnostics: readonly Diagnostic[],
  files: readonly SourceFile[],
  options: TextOptions = { color: false },
): string {
  if (diagnostics.length === 0) return '';
  const paint: Painter = (name, text) => (options.color ? `\u001B[${ANSI[name]}m${text}\u001B[0m` : text);
  const sources = lazyLines(files);
  const all = ordered(diagnostics);
  return `${all.map((diagnostic) => one(diagnostic, sources, paint)).join('\n')}\n${summary(all)}\n`;
}

/** `2 errors, 1 warning in 3 files` */
export function summary(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const warnings = diagnostics.length - errors;
  const files = new Set(diagnostics.map(({ at }) => at.file)).size;
  const counts = [counted(errors, 'error'), counted(warnings, 'warning')].filter((count) => !count.startsWith('0 '));
  return `${counts.length === 0 ? 'no problems' : counts.join(', ')} in ${counted(files, 'file')}`;
}

/** `1 error`, `2 errors`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function lazyLines(files: readonly SourceFile[]): (file: string) => Lines {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const known = new Map<string, Lines>();
  return (file) => {
    const lines = known.get(file) ?? linesOf(masked(texts.get(file) ?? ''));
    known.set(file, lines);
    return lines;
  };
}

function one(diagnostic: Diagnostic, sources: (file: string) => Lines, paint: Painter): string {
  const { code, severity, message, at, label, related, notes, fix } = diagnostic;
  const tone = severity === 'error' ? 'red' : 'yellow';
  const places = [at, ...related.map((place) => place.at)];
  const margin = Math.max(2, ...places.map((place) => String(sources(place.file).positionOf(place.start).line).length));
  const notesShown = [...notes, ...(fix === undefined ? [] : [`fix: nova-torch fix --code ${code} (${fix.title})`])];
  return [
    `${paint(tone, `${severity}[${code}]`)}${paint('bold', `: ${printable(message)}`)}`,
    ...frame({ at, lines: sources(at.file), margin, opening: '╭─', mark: '^', tone, label }, paint),
    ...related.flatMap(({ at: place, message: text }) =>
      frame(
        { at: place, lines: sources(place.file), margin, opening: '├─', mark: '-', tone: 'blue', label: text },
        paint,
      ),
    ),
    ...notesShown.map((note) => `${' '.repeat(margin)} ${paint('blue', '=')} ${printable(note)}`),
    '',
  ].join('\n');
}

interface Frame {
  readonly at: Span;
  readonly lines: Lines;
  readonly margin: number;
  readonly opening: string;
  readonly mark: string;
  readonly tone: Paint;
  readonly label: string | undefined;
}

function frame({ at, lines, margin, opening, mark, tone, label }: Frame, paint: Painter): string[] {
  const { line, column, text, indent, length } = excerpt(lines, at);
  const gutter = ' '.repeat(margin);
  const bar = paint('blue', '│');
  const place = `${gutter} ${paint('blue', opening)} ${printable(at.file)}:${line}:${column}`;
  const said = label === undefined ? '' : ` ${printable(label)}`;
  if (text === '') return label === undefined ? [place] : [place, `${gutter} ${bar}${said}`];
  return [
    place,
    `${gutter} ${bar}`,
    `${paint('blue', String(line).padStart(margin))} ${bar} ${text}`,
    `${gutter} ${bar} ${' '.repeat(indent)}${paint(tone, `${mark.repeat(length)}${said}`)}`,
  ];
}

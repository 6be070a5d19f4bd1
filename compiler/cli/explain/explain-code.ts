import { catalog } from '../../diagnostics/catalog.ts';
import type { CatalogEntry } from '../../diagnostics/catalog/entry.ts';
import { nearest } from '../../diagnostics/nearest.ts';
import type { Voice } from '../context.ts';
import { exitMeanings } from '../exit.ts';
import { meant, UsageError } from '../usage.ts';
import { wrap } from '../wrap.ts';
import { WIDTH_DEFAULT } from '../help.ts';

/** A code of the catalogue and all that is said about it. */
export interface ExplainedCode extends CatalogEntry {
  readonly code: string;
}

const entries: Readonly<Record<string, CatalogEntry>> = catalog;

/** Whether a word looks like the code of a problem. */
export function isCode(word: string): boolean {
  return /^nt[0-9]+$/i.test(word);
}

/** The entry of a code. Throws UsageError for one that does not exist. */
export function explainCode(word: string): ExplainedCode {
  const code = word.toUpperCase();
  const entry = Object.hasOwn(entries, code) ? entries[code] : undefined;
  if (entry !== undefined) return { code, ...entry };
  throw new UsageError(`there is no problem \`${code}\``, meant(nearest(code, Object.keys(entries))));
}

/** The long form: the message with its parameters named, what the problem does to the exit code, and the explanation. */
export function printCode({ code, severity, exit, message, explanation }: ExplainedCode, { style, line }: Voice): void {
  const color = severity === 'error' ? style.red : style.yellow;
  line(`${style.bold(color(`${severity}[${code}]`))}: ${style.bold(message.replace(/\{(\w+)\}/g, '<$1>'))}`);
  line();
  for (const text of paragraphs(explanation.trim())) line(text);
  line();
  const ends =
    severity === 'error' ? `exit code ${exit}: ${exitMeanings[exit]}` : 'a warning does not stop the compile';
  line(style.dim(ends));
}

/** Wraps prose and leaves code blocks, lists and headings as they are. */
function paragraphs(markdown: string): string[] {
  let fenced = false;
  return markdown.split('\n').flatMap((text) => {
    const fence = text.startsWith('```');
    if (fence) fenced = !fenced;
    return fence || fenced || /^([-#|]|\d+\.)/.test(text) ? [text] : wrap(text, WIDTH_DEFAULT);
  });
}

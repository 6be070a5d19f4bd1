import type { Span } from '../../spec/contract/source.ts';
import type { Report } from '../diagnostics/report.ts';
import { CONTROL, INVISIBLE, characterName, invisibleIn } from '../../spec/contract/characters.ts';

/** Most problems of this kind that are reported for one file: a binary file would have thousands. */
const REPORTED_MAX = 10;

const PLAIN_ASCII = /^[\t\n\r\x20-\x7E]*$/;
const LONE = '\\uD800-\\uDFFF';
/** `\r` is refused unless it is part of `\r\n`. */
const REFUSED = new RegExp(`[${CONTROL}${INVISIBLE}${LONE}]|\\r(?!\\n)`, 'gu');
const TAB_INDENT = /^ *\t+/gm;

/** Whether the text holds only characters a spec may hold; the others are reported. A byte order mark may begin it. */
export function checkCharacters(file: string, text: string, report: Report): boolean {
  if (PLAIN_ASCII.test(text) && !text.includes('\r')) return true;
  const from = text.startsWith('\uFEFF') ? 1 : 0;
  let reported = 0;
  for (const { 0: found, index } of text.slice(from).matchAll(REFUSED)) {
    if (reported++ === REPORTED_MAX) break;
    reportCharacter(found, { file, start: index + from, end: index + from + found.length }, report);
  }
  return reported === 0;
}

/** Whether a decoded value holds only characters a spec may hold: escapes (`"\u202E"`) can bring in others. */
export function checkDecoded(value: string, at: Span, report: Report): boolean {
  if (PLAIN_ASCII.test(value)) return true;
  const found = new RegExp(REFUSED.source, 'u').exec(value)?.[0];
  if (found !== undefined) reportCharacter(found, at, report);
  return found === undefined;
}

/** Whether no line is indented with a tab; the first ones that are get reported. */
export function checkIndentation(file: string, text: string, report: Report): boolean {
  if (!text.includes('\t')) return true;
  let reported = 0;
  for (const { 0: blanks, index } of text.matchAll(TAB_INDENT)) {
    if (reported++ === REPORTED_MAX) break;
    const start = index + blanks.indexOf('\t');
    report('NT1112', { file, start, end: index + blanks.length }, {});
  }
  return reported === 0;
}

function reportCharacter(found: string, at: Span, report: Report): void {
  const code = invisibleIn(found) === undefined ? 'NT1110' : 'NT1111';
  report(code, at, { character: characterName(found) });
}

import { codePointOf } from '../../spec/contract/text.ts';

/**
 * How one scalar is written so that every reader sees the same value: YAML 1.1 (PyYAML, go-yaml, sigs.k8s.io/yaml),
 * YAML 1.2 and Go's decoders.
 *
 * A string is plain only where its form can be nothing else in any of them. All others are JSON strings, in which
 * whatever a reader could take for a line break, hide or reorder is an escape: go-yaml ends a line at U+0085, U+2028 and
 * U+2029, and what follows `---` would be another document.
 */

/** Words, paths, images and sentences: begins with a letter or `/`; no colon before a space, no `#`, no double space. */
const PLAIN_VALUE = /^[A-Za-z/](?:[A-Za-z0-9_./@+=,;()-]|:(?=[A-Za-z0-9_./@+=,;()-])| (?=[A-Za-z0-9_./@+=,;()-]))*$/;

/** Names: no space, no colon, nothing a flow or an explicit key could begin with. */
const PLAIN_KEY = /^[A-Za-z][A-Za-z0-9_./-]*$/;

/** Amounts: `250m`, `10Gi`, `30s`. Digits and a unit that no reader knows as part of a number. */
const AMOUNT = /^[1-9][0-9]{0,14}(?:m|s|h|d|ms|Ki|Mi|Gi|Ti)$/;

/** What some reader takes for a boolean, a null or a number, in any letter case; `e5` is one for the `yaml` package as 1.1. */
const RESERVED = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf|infinity|e[-+]?[0-9]+)$/i;

/**
 * C0, DEL, C1, soft hyphen, marks and controls of writing direction, zero-width characters, U+2028 and U+2029, the byte
 * order mark, interlinear marks and non-characters. JSON.stringify has dealt with C0 and lone surrogates.
 */
const UNSAFE =
  /[\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f\u205f-\u206f\u3164\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff]|[\u{e0000}-\u{e0fff}]|[\u{1fffe}\u{1ffff}\u{2fffe}\u{2ffff}\u{10fffe}\u{10ffff}]/gu;

const LONE_SURROGATE = /\p{Surrogate}/u;

/** Longest key that may stand before its colon on one line; YAML allows 1,024 characters, the quotes included. */
export const KEY_LENGTH_MAX = 1000;

/** A string as the value of an entry or a list item. */
export function stringScalar(text: string): string {
  if (text.length <= 200 && PLAIN_VALUE.test(text)) return RESERVED.test(text) ? `"${text}"` : text;
  return AMOUNT.test(text) ? text : quoted(text);
}

/** A string as a key. */
export function keyScalar(text: string): string {
  return text.length <= 200 && PLAIN_KEY.test(text) && !RESERVED.test(text) ? text : quoted(text);
}

/** A finite number. An exponent gets a fraction before it: YAML 1.1 takes `1e+21` for a string. */
export function numberScalar(value: number): string {
  if (!Number.isFinite(value)) throw new Error(`cannot write ${value} as YAML`);
  const text = JSON.stringify(value);
  return text.includes('e') && !text.includes('.') ? text.replace('e', '.0e') : text;
}

/** Nothing unsafe in it, as almost always. */
const ASCII = /^[\x00-\x7e]*$/;

/** A JSON string with every unsafe character escaped. */
export function quoted(text: string): string {
  if (ASCII.test(text)) return JSON.stringify(text);
  if (LONE_SURROGATE.test(text)) throw new Error('cannot write a lone surrogate: no encoding of it is text');
  return escapeUnsafe(JSON.stringify(text), 'yaml');
}

/** JSON text with every unsafe character escaped. Beyond U+FFFF YAML has one escape (`\U`, Go knows no other) and JSON two. */
export function escapeUnsafe(text: string, language: 'yaml' | 'json'): string {
  // Most texts have none, and large ones are looked through for it several times as quickly.
  if (ASCII.test(text)) return text;
  return text.replace(UNSAFE, (character) => {
    const point = codePointOf(character);
    if (point > 0xffff && language === 'yaml') return `\\U${point.toString(16).padStart(8, '0')}`;
    return Array.from({ length: character.length }, (_, index) => escape(character.charCodeAt(index))).join('');
  });
}

function escape(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}

/** Printable ASCII without a tab, or letters beyond it that are not `UNSAFE`. */
const ASCII_LITERAL = /^[\x21-\x7e][\x20-\x7e\n]*$/;
const LITERAL = /^[^\s](?:[\x20-\x7e\n]|[^\x00-\xff])*$/;

/**
 * Whether a text reads better, and as safely, as a literal block: several lines, none of them with spaces at its end,
 * the first neither empty nor indented (readers would have to guess the indentation), at most one break at the end.
 */
export function isLiteral(text: string): boolean {
  const first = text.indexOf('\n');
  if (first < 1 || first === text.length - 1) return false;
  if (text.endsWith('\n\n') || text.endsWith(' ') || text.includes(' \n')) return false;
  // Most large texts, and the rest costs them as much again.
  if (ASCII_LITERAL.test(text)) return true;
  if (!LITERAL.test(text)) return false;
  UNSAFE.lastIndex = 0;
  return !LONE_SURROGATE.test(text) && !UNSAFE.test(text);
}

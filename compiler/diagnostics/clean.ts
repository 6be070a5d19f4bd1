import { secretShapes } from './secret-shapes.ts';

/** Longest value of a spec that a message repeats, in characters. */
const VALUE_LENGTH_MAX = 64;

/** Also half a character, which no encoding can write. */
const UNPRINTABLE =
  /[\p{Cs}\u0000-\u001F\u007F-\u009F\u00AD\u061C\u180E\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB]/gu;

/** Text that is safe to show anywhere: control, bidi and invisible characters are written as `\u{...}`. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`);
}

/** A value of a spec as a message may repeat it: safe, cut to 64 characters, and never a secret. */
export function shown(value: string): string {
  if (secretShapes(value).length > 0) return '<redacted>';
  const points = Array.from(value.slice(0, VALUE_LENGTH_MAX * 2 + 2));
  const cut = points.length > VALUE_LENGTH_MAX ? `${points.slice(0, VALUE_LENGTH_MAX - 1).join('')}…` : value;
  return printable(cut);
}

import { codePointOf } from './text.ts';

/**
 * Characters that no text of a spec may hold, however they come into it: written as they are, or as an escape of YAML, JSON
 * or a condition.
 */
export const CONTROL =
  '\\u0000-\\u0008\\u000B\\u000C\\u000E-\\u001F\\u007F-\\u009F\\u2028\\u2029\\uFFF9-\\uFFFB\\uFFFE\\uFFFF';
/** They turn the writing direction or take no room, and let a text look different from what it is. */
export const INVISIBLE =
  '\\u00AD\\u034F\\u061C\\u115F\\u1160\\u17B4\\u17B5\\u180E\\u200B-\\u200F\\u202A-\\u202E\\u2060-\\u206F\\u3164\\uFEFF\\uFFA0\\u{E0000}-\\u{E0FFF}';

const IS_INVISIBLE = new RegExp(`[${INVISIBLE}]`, 'u');

/** The first character of a text that nobody sees. */
export function invisibleIn(text: string): string | undefined {
  return IS_INVISIBLE.exec(text)?.[0];
}

/** `U+202E` */
export function characterName(character: string): string {
  return `U+${codePointOf(character).toString(16).toUpperCase().padStart(4, '0')}`;
}

/**
 * A PromQL string literal that holds exactly `text`. Everything that a spec contributes to a query goes through here.
 * Written for the rules of Go: JSON's way would give surrogate pairs as two escapes, which PromQL refuses.
 */
export function stringLiteral(text: string): string {
  // Almost every name.
  if (/^[\w./:-]*$/.test(text)) return `"${text}"`;
  return `"${text.replace(/\p{Cs}/gu, '\ufffd').replace(/["\\\p{Cc}\u2028\u2029\ufeff]/gu, escapeOf)}"`;
}

/** A literal of a regular expression (RE2) that matches one of the texts and nothing else. */
export function patternLiteral(texts: readonly string[]): string {
  return stringLiteral(texts.map(escapePattern).join('|'));
}

function escapeOf(character: string): string {
  if (character === '"' || character === '\\') return `\\${character}`;
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}

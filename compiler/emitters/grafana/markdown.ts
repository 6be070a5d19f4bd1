/**
 * Free text of a spec for a text panel: it shows as it was written and means nothing. Grafana fills in variables first and
 * reads the rest as Markdown, so every sign that either could take for its own becomes an HTML entity, which Markdown shows
 * and never takes for structure; line breaks become spaces.
 */
export function markdownText(text: string): string {
  return text
    .replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[\p{Cs}]/gu, '\ufffd')
    .replace(/[^\p{L}\p{M}\p{N} ,]/gu, (sign) => `&#${sign.codePointAt(0) ?? 0};`);
}

/** A table; cells are Markdown already. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

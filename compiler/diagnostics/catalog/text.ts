/** Joins the paragraphs of an explanation. */
export function paragraphs(...parts: readonly string[]): string {
  return parts.join('\n\n');
}

/** A piece of spec in an explanation, one argument a line. */
export function yaml(...lines: readonly string[]): string {
  return ['```yaml', ...lines, '```'].join('\n');
}

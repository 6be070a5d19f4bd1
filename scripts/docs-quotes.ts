import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const QUOTE = /<!-- file: (\S+) -->\n+```yaml\n[\s\S]*?```/g;

/**
 * Fills every quote of a text with the file it names: a comment `file: <path>` and a YAML block after it. The line that
 * points editors to the schema is left out, since its path is only right in the file.
 */
export function withQuotes(text: string): string {
  return text.replace(QUOTE, (_, path: string) => `<!-- file: ${path} -->\n\n\`\`\`yaml\n${quoted(path)}\`\`\``);
}

/** Paths that a text quotes. */
export function quotesOf(text: string): readonly string[] {
  return [...text.matchAll(QUOTE)].map(([, path = '']) => path);
}

function quoted(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8').replace(/^# yaml-language-server:.*\n/, '');
}

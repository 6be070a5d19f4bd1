import { catalog } from './catalog.ts';
import type { CatalogEntry } from './catalog/entry.ts';

const EXITS: Readonly<Record<CatalogEntry['exit'], string>> = {
  1: 'invalid spec',
  3: 'policy or ownership',
  4: 'limit',
  5: 'generated files out of date',
};

/** The long form of a code in Markdown, for `nova-torch explain NT1107`; nothing for a code that does not exist. */
export function explainCode(code: string): string | undefined {
  const entries: Readonly<Record<string, CatalogEntry>> = catalog;
  const entry = Object.hasOwn(entries, code) ? entries[code] : undefined;
  if (entry === undefined) return undefined;
  const { severity, exit, message, explanation } = entry;
  const readable = message.replace(/\{(\w+)\}/g, '<$1>');
  return `# ${code}: ${readable}\n\n${severity}, exit code ${exit} (${EXITS[exit]})\n\n${explanation.trim()}\n`;
}

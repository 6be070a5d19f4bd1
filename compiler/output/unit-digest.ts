import { createHash } from 'node:crypto';
import { VERSION } from '../core/version.ts';
import type { Emitter } from '../core/emitter.ts';

/**
 * SHA-256 of everything a unit depends on: the compiler, the emitters and every value of its model. Places do not count:
 * they change no byte of the output. The file a node stands in does, because files name it on their first line.
 */
export function unitDigest(emitters: readonly Emitter[], parts: readonly unknown[]): string {
  const made = emitters.map(({ name, version }) => `${name}@${version}`).join(',');
  const hash = createHash('sha256').update(`${VERSION} ${made}\n`);
  for (const part of parts) hash.update(textOf(part)).update('\n');
  return hash.digest('hex');
}

/** A value as a text that is different for every different value: keys sorted, maps in their order, functions left out. */
function textOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'u';
  if (Array.isArray(value)) return `[${value.map(textOf).join(',')}]`;
  if (value instanceof Map) return `<${[...value].map(([key, item]) => `${textOf(key)}:${textOf(item)}`).join(',')}>`;
  if (isPlace(value)) return JSON.stringify(value.document.file);
  let text = '{';
  const entries = value as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(entries).sort()) {
    const item = entries[key];
    if (item !== undefined && typeof item !== 'function') text += `${JSON.stringify(key)}:${textOf(item)},`;
  }
  return `${text}}`;
}

function isPlace(value: object): value is { document: { file: string } } {
  if (!('document' in value) || !('path' in value)) return false;
  const { document } = value;
  return typeof document === 'object' && document !== null && 'locate' in document && 'file' in document;
}

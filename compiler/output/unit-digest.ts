import { createHash } from 'node:crypto';
import { VERSION } from '../core/version.ts';
import type { Emitter } from '../core/emitter.ts';

/**
 * SHA-256 of everything a unit depends on: the compiler, the emitters and every value of its model. Places do not count:
 * they change no byte of the output. The file a node stands in does, because files name it on their first line.
 */
export function unitDigest(emitters: readonly Emitter[], parts: readonly unknown[]): string {
  let text = `${madeBy(emitters)}\n`;
  for (const part of parts) text += `${textOf(part)}\n`;
  return createHash('sha256').update(text).digest('hex');
}

/** Who makes a unit: the part of its digest that no model has. */
export function madeBy(emitters: readonly Emitter[]): string {
  return `${VERSION} ${emitters.map(({ name, version }) => `${name}@${version}`).join(',')}`;
}

/** Texts of facts that many fleets share: an environment's and a team's. */
const shared = new WeakMap<object, string>();
const SHARED: ReadonlySet<string> = new Set(['environment', 'team', 'facts', 'company']);

/** A value as a text that is different for every different value: keys and maps in their order, functions left out. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(textOf).join(',')}]`;
  if (value instanceof Map) return `<${[...value].map(([key, item]) => `${textOf(key)}:${textOf(item)}`).join(',')}>`;
  if (isPlace(value)) return JSON.stringify(value.document.file);
  let text = '{';
  for (const key of Object.keys(value)) {
    const item = (value as Readonly<Record<string, unknown>>)[key];
    if (item === undefined || typeof item === 'function') continue;
    const isShared = typeof item === 'object' && item !== null && SHARED.has(key);
    text += `${keyText(key)}:${isShared ? sharedText(item) : textOf(item)},`;
  }
  return `${text}}`;
}

// The same few hundred keys stand in every fleet. Bounded, because people's maps have keys of their own.
const keyTexts = new Map<string, string>();

/** Keys of the model are identifiers; those of people's maps may be anything. */
function keyText(key: string): string {
  let text = keyTexts.get(key);
  if (text === undefined) {
    text = /^\w+$/.test(key) ? key : JSON.stringify(key);
    if (keyTexts.size < 10_000) keyTexts.set(key, text);
  }
  return text;
}

function sharedText(value: object): string {
  let text = shared.get(value);
  if (text === undefined) shared.set(value, (text = textOf(value)));
  return text;
}

function isPlace(value: object): value is { document: { file: string } } {
  // Reading what most objects have not is cheaper than asking whether they have it.
  const { document } = value as { readonly document?: unknown };
  if (typeof document !== 'object' || document === null) return false;
  return 'path' in value && 'locate' in document && 'file' in document;
}

import { createHash } from 'node:crypto';
import type { Json } from '../../spec/contract/source.ts';
import type { CompiledUnit } from '../compile.ts';
import { VERSION } from '../core/version.ts';
import { isList, isObject } from './json.ts';
import { compareText } from '../../spec/contract/text.ts';

/**
 * What a unit owns in the generated tree: `generated/.index/<environment>/<unit>.json`. One small file per unit, so that
 * two pull requests for two fleets never touch the same file; outside `generated/<environment>`, because Argo CD reads
 * every JSON file of an Application's folder.
 */
export interface UnitIndex {
  readonly unit: string;
  readonly digest: string;
  /** Version of the compiler that wrote it. */
  readonly compiler: string;
  /** Spec files its documents stand in. */
  readonly inputs: readonly string[];
  /** By path below `generated/<environment>/`. */
  readonly files: Readonly<Record<string, { readonly sha256: string; readonly emitter: string }>>;
  /** What the cluster would refuse to change later: volume sizes, names, selectors. */
  readonly immutable: Json;
}

/** Folder of the indexes below `generated/`. */
export const INDEX_FOLDER = '.index';

/** Path of a unit's index below `generated/`. */
export function indexPath(environment: string, unit: string): string {
  return `${INDEX_FOLDER}/${environment}/${unit}.json`;
}

/** Whether a file below `generated/` says, or should say, what a unit owns. */
export function isIndexPath(path: string): boolean {
  return path.startsWith(`${INDEX_FOLDER}/`);
}

/** The index of what a unit compiled to. */
export function indexOf(unit: CompiledUnit): UnitIndex {
  const files: Record<string, { sha256: string; emitter: string }> = {};
  for (const { path, sha256, emitter } of [...unit.files].sort((a, b) => compareText(a.path, b.path))) {
    files[path] = { sha256, emitter };
  }
  return {
    unit: unit.id,
    digest: unit.digest,
    compiler: VERSION,
    inputs: [...unit.inputs].sort(),
    files,
    get immutable() {
      return unit.immutable;
    },
  };
}

/** The text of an index; the same index gives the same bytes. */
export function printIndex(index: UnitIndex): string {
  const { unit, digest, compiler, inputs, files, immutable } = index;
  return `${JSON.stringify({ unit, digest, compiler, inputs, files, immutable }, null, 2)}\n`;
}

/** The file of a unit's index. Its text is made when it is wanted: an index that was written before is known by its digest. */
export interface IndexFile {
  readonly sha256: string;
  readonly text: () => string;
}

const indexFiles = new WeakMap<CompiledUnit, IndexFile>();

/** The file that says what a unit owns. */
export function indexFile(unit: CompiledUnit): IndexFile {
  let file = indexFiles.get(unit);
  if (file === undefined) {
    const text = (): string => printIndex(indexOf(unit));
    file = { sha256: unit.indexSha256 ?? sha256(text()), text };
    indexFiles.set(unit, file);
  }
  return file;
}

/** An index as it was read; nothing when the text is not one (a merge conflict, another program's file). */
export function parseIndex(text: string): UnitIndex | undefined {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  const { unit, digest, compiler, inputs, files, immutable } = value;
  if (typeof unit !== 'string' || typeof digest !== 'string' || typeof compiler !== 'string') return undefined;
  if (!isList(inputs) || !isObject(files) || !Object.values(files).every(isFile)) return undefined;
  if (!Object.keys(files).every(isSafePath)) return undefined;
  // Every part was looked at above.
  return { unit, digest, compiler, inputs, files, immutable: immutable ?? null } as UnitIndex;
}

function isFile(value: Json): boolean {
  return isObject(value) && typeof value['sha256'] === 'string' && typeof value['emitter'] === 'string';
}

/**
 * `generated/<environment>/manifest.json`: which compiler made the environment and, one line per unit, the digest of its
 * index. The Merkle root is not in it: it would be one line that every pull request changes and every merge conflicts in.
 * `merkleRoot` computes it from the lines.
 */
export function printManifest(environment: string, compiled: readonly CompiledUnit[]): string {
  const units: Record<string, string> = {};
  for (const unit of [...compiled].sort((a, b) => compareText(a.id, b.id))) units[unit.id] = indexFile(unit).sha256;
  return `${JSON.stringify({ schema: 1, environment, compiler: VERSION, units }, null, 2)}\n`;
}

/** One SHA-256 over a whole environment: of its units' names and index digests, in order. Nothing for what is no manifest. */
export function merkleRoot(manifest: Json): string | undefined {
  const units = isObject(manifest) ? manifest['units'] : undefined;
  if (!isObject(units)) return undefined;
  const names = Object.keys(units).sort();
  return sha256(names.map((name) => `${name} ${String(units[name])}\n`).join(''));
}

/** Hex SHA-256 of a text or bytes. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Parts that begin with a letter, a digit or `_`, a dot before it at most. */
const SAFE = /^\.?[A-Za-z0-9_][A-Za-z0-9._-]*(?:\/\.?[A-Za-z0-9_][A-Za-z0-9._-]*)*$/;

/** Whether a path stays below the folder it is joined to, on any file system: no `..`, no drive, no odd character. */
export function isSafePath(path: string): boolean {
  return path.length <= 400 && SAFE.test(path) && !path.includes('./') && !path.endsWith('.');
}

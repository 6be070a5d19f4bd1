import type { Json } from '../../spec/contract/source.ts';
import type { CompiledUnit, KnownUnit, RenderedFile } from '../compile.ts';
import { indexFile } from '../output/unit-index.ts';
import type { Cached } from './cache-file.ts';

/** What a unit compiled to, without its texts: they are in the generated tree. */
interface UnitMemory {
  /** SHA-256 of everything it was made from. */
  readonly from: string;
  readonly digest: string;
  readonly inputs: readonly string[];
  readonly files: readonly (readonly [path: string, sha256: string, emitter: string])[];
  readonly objects: number;
  /** SHA-256 of its index. */
  readonly index: string;
  /** SHA-256 of its summary. */
  readonly facts: string;
}

/** Where a unit's details begin and end in the cache's tail. */
interface Stored extends UnitMemory {
  readonly at: readonly [start: number, end: number];
}

interface Kept {
  readonly memory: UnitMemory;
  /** `[immutable, summary]` as JSON: nobody asks an untouched unit for it, and bytes are copied sooner than read. */
  readonly details: Uint8Array;
}

/** The head of the cache. Details are its tail. */
interface Head {
  readonly units: Readonly<Record<string, Stored>>;
  /** By environment, SHA-256 of all that was proven without a word. */
  readonly proven: Readonly<Record<string, string>>;
}

const NO_UNITS: Cached = { value: { units: {}, proven: {} } satisfies Head, tail: Buffer.alloc(0) };

/** The generated tree as far as units need it. */
export interface TreeFiles {
  /** SHA-256 of a file below `generated/`; nothing when there is none. */
  readonly digestOf: (path: string) => string | undefined;
  readonly read: (path: string) => string;
}

export interface UnitLoader {
  readonly unit: (environment: string, unit: string, from: string) => KnownUnit | undefined;
  readonly keep: (environment: string, known: KnownUnit) => void;
  readonly isProven: (environment: string, from: string) => boolean;
  readonly keepProof: (environment: string, from: string) => void;
  /** What is known now; nothing when that is no more than before. */
  readonly learned: () => Cached | undefined;
}

/** Takes a unit from the tree when its digest is the same and its files hold what they held; otherwise it is made again. */
export function unitLoader({ value, tail }: Cached = NO_UNITS, tree: TreeFiles): UnitLoader {
  // Only our own build's caches are read.
  const before = value as Head;
  const kept = new Map<string, Kept>();
  const proven: Record<string, string> = {};
  let learned = false;
  return {
    unit(environment, id, from) {
      const key = `${environment}/${id}`;
      const memory = Object.hasOwn(before.units, key) ? before.units[key] : undefined;
      if (memory?.from !== from) return undefined;
      const intact = memory.files.every(([path, sha256]) => tree.digestOf(`${environment}/${path}`) === sha256);
      if (!intact) return undefined;
      const details = tail.subarray(...memory.at);
      kept.set(key, { memory, details });
      return knownUnit(id, environment, memory, details, tree);
    },
    keep(environment, known) {
      kept.set(`${environment}/${known.unit.id}`, keptOf(known));
      learned = true;
    },
    isProven(environment, from) {
      const isSame = Object.hasOwn(before.proven, environment) && before.proven[environment] === from;
      if (isSame) proven[environment] = from;
      return isSame;
    },
    keepProof(environment, from) {
      proven[environment] = from;
      learned = true;
    },
    learned: () => (learned ? cachedOf(kept, proven) : undefined),
  };
}

function keptOf({ from, unit, facts, summary }: KnownUnit): Kept {
  const { digest, inputs, objects, immutable } = unit;
  const files = unit.files.map(({ path, sha256, emitter }) => [path, sha256, emitter] as const);
  return {
    memory: { from, digest, inputs, files, objects, index: indexFile(unit).sha256, facts },
    details: Buffer.from(JSON.stringify([immutable, summary])),
  };
}

function cachedOf(kept: ReadonlyMap<string, Kept>, proven: Head['proven']): Cached {
  const units: Record<string, Stored> = {};
  let end = 0;
  for (const [key, { memory, details }] of kept) {
    const start = end;
    end += details.length;
    units[key] = { ...memory, at: [start, end] };
  }
  return { value: { units, proven } satisfies Head, tail: Buffer.concat([...kept.values()].map((one) => one.details)) };
}

function knownUnit(
  id: string,
  environment: string,
  { from, digest, inputs, files, objects, index, facts }: UnitMemory,
  details: Uint8Array,
  tree: TreeFiles,
): KnownUnit {
  let read: readonly [immutable: Json, summary: Json] | undefined;
  const detailsOf = () => (read ??= JSON.parse(Buffer.from(details).toString('utf8')) as [Json, Json]);
  const unit: CompiledUnit = {
    id,
    digest,
    inputs,
    files: files.map(([path, sha256, emitter]) => lazyFile(`${environment}/${path}`, path, sha256, emitter, tree)),
    objects,
    indexSha256: index,
    get immutable() {
      return detailsOf()[0];
    },
  };
  return {
    from,
    unit,
    facts,
    get summary() {
      return detailsOf()[1];
    },
  };
}

function lazyFile(from: string, path: string, sha256: string, emitter: string, tree: TreeFiles): RenderedFile {
  return {
    path,
    sha256,
    emitter,
    get text() {
      return tree.read(from);
    },
  };
}

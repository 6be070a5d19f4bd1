import type { Json } from '../../spec/contract/source.ts';
import type { CompiledUnit, KnownUnit, RenderedFile } from '../compile.ts';
import { indexFile } from '../output/unit-index.ts';

/** What a unit compiled to, without its texts: they are in the generated tree. */
export interface UnitMemory {
  /** SHA-256 of everything it was made from. */
  readonly from: string;
  readonly digest: string;
  readonly inputs: readonly string[];
  readonly files: readonly (readonly [path: string, sha256: string, emitter: string])[];
  readonly objects: number;
  /** As JSON: nobody asks an untouched unit for it, and texts are read and written sooner than objects. */
  readonly immutable: string;
  /** SHA-256 of its index. */
  readonly index: string;
  readonly summary: Json;
}

export type KnownUnits = Readonly<Record<string, UnitMemory>>;

/** The generated tree as far as units need it. */
export interface TreeFiles {
  /** SHA-256 of a file below `generated/`; nothing when there is none. */
  readonly digestOf: (path: string) => string | undefined;
  readonly read: (path: string) => string;
}

export interface UnitLoader {
  readonly unit: (environment: string, unit: string, from: string) => KnownUnit | undefined;
  readonly keep: (environment: string, known: KnownUnit) => void;
  readonly result: () => { readonly known: KnownUnits; readonly learned: boolean };
}

/** Takes a unit from the tree when its digest is the same and its files hold what they held; otherwise it is made again. */
export function unitLoader(before: KnownUnits, tree: TreeFiles): UnitLoader {
  const known: Record<string, UnitMemory> = {};
  let learned = false;
  return {
    unit(environment, id, from) {
      const key = `${environment}/${id}`;
      const memory = Object.hasOwn(before, key) ? before[key] : undefined;
      if (memory?.from !== from) return undefined;
      const intact = memory.files.every(([path, sha256]) => tree.digestOf(`${environment}/${path}`) === sha256);
      if (!intact) return undefined;
      known[key] = memory;
      return { from, unit: unitOf(id, environment, memory, tree), summary: memory.summary };
    },
    keep(environment, { from, unit, summary }) {
      const { id, digest, inputs, files, objects, immutable } = unit;
      const remembered = files.map(({ path, sha256, emitter }) => [path, sha256, emitter] as const);
      const index = indexFile(unit).sha256;
      known[`${environment}/${id}`] = {
        from,
        digest,
        inputs,
        files: remembered,
        objects,
        immutable: JSON.stringify(immutable),
        index,
        summary,
      };
      learned = true;
    },
    result: () => ({ known, learned }),
  };
}

function unitOf(id: string, environment: string, memory: UnitMemory, tree: TreeFiles): CompiledUnit {
  const files = memory.files.map(([path, sha256, emitter]) =>
    lazyFile(`${environment}/${path}`, path, sha256, emitter, tree),
  );
  const { digest, inputs, objects, index } = memory;
  return {
    id,
    digest,
    inputs,
    files,
    objects,
    indexSha256: index,
    get immutable() {
      return JSON.parse(memory.immutable) as Json;
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

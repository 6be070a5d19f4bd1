import type { Json } from '../../spec/contract/source.ts';
import type { CompiledUnit, KnownUnit, RenderedFile, Silence } from '../compile.ts';
import type { EnvironmentModel, FleetModel } from '../core/model.ts';
import { indexFile } from '../output/unit-index.ts';
import type { Cached, Learned } from './cache-file.ts';
import type { Sources } from './sources.ts';
import { sure } from '../../spec/contract/sure.ts';

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
  /** What its fleet came of; nothing for a shared part. */
  readonly sources?: string;
  /** The rules of one fleet had nothing to say about it. */
  readonly silent?: true;
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

/** The head of a part of the cache. Details are its tail. */
interface Head {
  /** What all fleets came of, and what emitted them. */
  readonly common: string;
  readonly emitters: string;
  readonly units: Readonly<Record<string, Stored>>;
  /** By environment, SHA-256 of all that was proven without a word. */
  readonly proven: Readonly<Record<string, string>>;
}

interface Remembered extends Omit<Head, 'units'> {
  readonly units: ReadonlyMap<string, Kept>;
}

/** What the parts of a cache say together: of one unit the last that said something. All are of the same sources. */
function rememberedOf(cache: readonly Cached[]): Remembered {
  // Only our own build's caches are read.
  const heads = cache.map(({ value }) => value as Head);
  const { common = '', emitters = '', proven = {} } = heads.at(-1) ?? {};
  const units = new Map<string, Kept>();
  if (heads.some((head) => head.common !== common || head.emitters !== emitters))
    return { common: '', emitters: '', units, proven: {} };
  for (const [index, { tail }] of cache.entries()) {
    const stored = sure(heads[index], 'the head of a part').units;
    // Kept as it was read: to leave out a field is to copy all others, and there is one for every unit.
    for (const key in stored) units.set(key, keptIn(tail, sure(stored[key], 'a unit')));
  }
  return { common, emitters, units, proven };
}

function keptIn(tail: Uint8Array, memory: Stored): Kept {
  return { memory, details: tail.subarray(...memory.at) };
}

/** The generated tree as far as units need it. */
export interface TreeFiles {
  /** SHA-256 of a file below `generated/`; nothing when there is none. */
  readonly digestOf: (path: string) => string | undefined;
  readonly read: (path: string) => string;
}

export interface UnitLoader {
  /** Told what the fleets come of before one is asked for. Until then none is known by it. */
  readonly begin: (sources: Sources) => void;
  /** The digest of a fleet's unit, when it came of the same sources and the same emitters made it. */
  readonly from: (environment: EnvironmentModel, fleet: FleetModel, emitters: string) => string | undefined;
  readonly silence: Silence;
  readonly unit: (environment: string, unit: string, from: string) => KnownUnit | undefined;
  readonly keep: (environment: string, known: KnownUnit) => void;
  readonly isProven: (environment: string, from: string) => boolean;
  readonly keepProof: (environment: string, from: string) => void;
  /** What is known now; nothing when that is no more than before. */
  readonly learned: () => Learned | undefined;
}

/** Takes a unit from the tree when its digest is the same and its files hold what they held; otherwise it is made again. */
export function unitLoader(cache: readonly Cached[], tree: TreeFiles): UnitLoader {
  const before = rememberedOf(cache);
  const kept = new Map<string, Kept>();
  const fresh = new Map<string, Kept>();
  const proven: Record<string, string> = {};
  const sources = new Map<string, string>();
  const silent = new Set<string>();
  let common = '';
  let emitters = '';
  let learned = false;
  let sourceOf: Sources['of'] | undefined;

  /** What is remembered of a fleet that comes of the same as then. */
  function ofSameSources(environment: EnvironmentModel, fleet: FleetModel): UnitMemory | undefined {
    const key = keyOf(environment, fleet);
    const from = sourceOf?.(fleet);
    if (from !== undefined) sources.set(key, from);
    if (common !== before.common) return undefined;
    const memory = before.units.get(key)?.memory;
    return memory?.sources === from ? memory : undefined;
  }

  /** Remembers a unit again, with what was found out about its fleet this time. */
  function remember(key: string, { memory, details }: Kept, isNew: boolean): void {
    const from = sources.get(key);
    const isSame = !isNew && memory.sources === from && (memory.silent ?? false) === silent.has(key);
    if (isSame) return void kept.set(key, { memory, details });
    learned = true;
    const { sources: _, silent: __, ...rest } = memory;
    const found = { ...(from !== undefined && { sources: from }), ...(silent.has(key) && ({ silent: true } as const)) };
    kept.set(key, { memory: { ...rest, ...found }, details });
    fresh.set(key, { memory: { ...rest, ...found }, details });
  }

  return {
    begin(from) {
      ({ common, of: sourceOf } = from);
      learned ||= common !== before.common;
    },
    from(environment, fleet, by) {
      emitters = by;
      learned ||= by !== before.emitters;
      return by === before.emitters ? ofSameSources(environment, fleet)?.from : undefined;
    },
    silence: {
      isKnown(environment, fleet) {
        const isSilent = ofSameSources(environment, fleet)?.silent === true;
        if (isSilent) silent.add(keyOf(environment, fleet));
        return isSilent;
      },
      keep: (environment, fleet) => silent.add(keyOf(environment, fleet)),
    },
    unit(environment, id, from) {
      const key = `${environment}/${id}`;
      const known = before.units.get(key);
      if (known?.memory.from !== from) return undefined;
      const { memory, details } = known;
      const intact = memory.files.every(([path, sha256]) => tree.digestOf(`${environment}/${path}`) === sha256);
      if (!intact) return undefined;
      remember(key, known, false);
      return knownUnit(id, environment, memory, details, tree);
    },
    keep(environment, known) {
      remember(`${environment}/${known.unit.id}`, keptOf(known), true);
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
    learned: () => {
      const about = { common, emitters, proven };
      const isAbout = common === before.common && emitters === before.emitters;
      const part = () => (isAbout ? cachedOf(fresh, about) : undefined);
      return learned ? { fresh: part, whole: () => cachedOf(kept, about) } : undefined;
    },
  };
}

function keyOf({ name }: EnvironmentModel, { id }: FleetModel): string {
  return `${name}/teams/${id}`;
}

function keptOf({ from, unit, facts, summary }: KnownUnit): Kept {
  const { digest, inputs, objects, immutable } = unit;
  const files = unit.files.map(({ path, sha256, emitter }) => [path, sha256, emitter] as const);
  return {
    memory: { from, digest, inputs, files, objects, index: indexFile(unit).sha256, facts },
    details: Buffer.from(JSON.stringify([immutable, summary])),
  };
}

function cachedOf(kept: ReadonlyMap<string, Kept>, found: Omit<Head, 'units'>): Cached {
  const units: Record<string, Stored> = {};
  let end = 0;
  for (const [key, { memory, details }] of kept) {
    const start = end;
    end += details.length;
    units[key] = { ...memory, at: [start, end] };
  }
  return {
    value: { ...found, units } satisfies Head,
    tail: Buffer.concat([...kept.values()].map((one) => one.details)),
  };
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

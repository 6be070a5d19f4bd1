import type { SourceFile } from '../../spec/contract/source.ts';
import { bareMap } from '../core/bare-map.ts';
import { collector } from '../diagnostics/report.ts';
import type { Report } from '../diagnostics/report.ts';
import type { Kind, LoadedSpec } from '../load/document.ts';
import type { Cached, Learned } from './cache-file.ts';
import { joinFiles, loadAsset, loadFile } from '../load/load.ts';
import type { LoadedFile } from '../load/load.ts';
import { placeOf } from '../load/places.ts';
import { sha256 } from '../output/unit-index.ts';
import { documentFromCache } from '../load/spec-document.ts';
import type { DocumentData } from '../load/spec-document.ts';
import { sure } from '../../spec/contract/sure.ts';

/** Documents of files without problems, by the SHA-256 of path and text. Plain data. */
type KnownFiles = Readonly<Record<string, readonly DocumentData[]>>;

export interface DocumentLoader {
  /** Does what `loadSpec` does, and parses only what is new. */
  readonly load: (files: readonly SourceFile[], report: Report, unread?: readonly string[]) => LoadedSpec;
  /** SHA-256 of a file of documents as it was loaded. */
  readonly digestOf: (path: string) => string;
  /** What is known now; nothing when that is no more than before. */
  readonly learned: () => Learned | undefined;
}

/** `digestOf` gives the SHA-256 of a file's bytes by its path, as of when the spec was listed. */
export function documentLoader(cache: readonly Cached[], digestOf: (path: string) => string): DocumentLoader {
  // Only our own build's caches are read.
  const before = new Map(cache.flatMap(({ value }) => Object.entries(value as KnownFiles)));
  const known: Record<string, readonly DocumentData[]> = {};
  const fresh: Record<string, readonly DocumentData[]> = {};
  const digests = new Map<string, string>();
  let learned = false;

  function loadOne(file: SourceFile, report: Report): LoadedFile {
    const digest = digestOf(file.path);
    const key = keyOf(digest, file);
    const data = before.get(key);
    if (data !== undefined) {
      digests.set(file.path, digest);
      known[key] = data;
      return { documents: data.map((one) => revived(one, file)), broken: [] };
    }
    const { report: collect, diagnostics } = collector();
    const counting: Report = (...problem) => {
      collect(...problem);
      report(...problem);
    };
    const loaded = loadFile(file, counting);
    learned = true;
    // Of the text that was parsed: the file may have been written since it was looked at.
    const parsed = sha256(file.text);
    digests.set(file.path, parsed);
    // A file with a problem is read again each time, so that the problem is said each time.
    if (diagnostics.length === 0)
      known[keyOf(parsed, file)] = fresh[keyOf(parsed, file)] = loaded.documents.map(dataOf);
    return loaded;
  }

  return {
    load(files, report, unread = []) {
      const assets = new Map<string, SourceFile>();
      const loaded: LoadedFile[] = [];
      const lost = [...unread];
      for (const file of files) {
        const { type } = placeOf(file.path);
        if (type === 'documents') loaded.push(loadOne(file, report));
        if (type !== 'asset') continue;
        if (loadAsset(file, report)) assets.set(file.path, file);
        else lost.push(file.path);
      }
      return { ...joinFiles(loaded, report, lost), assets };
    },
    digestOf: (path) => sure(digests.get(path), 'the digest of a file that was loaded'),
    learned: () => (learned ? { fresh: () => cached(fresh), whole: () => cached(known) } : undefined),
  };
}

function cached(value: KnownFiles): Cached {
  return { value, tail: new Uint8Array() };
}

function keyOf(digest: string, { path }: SourceFile): string {
  return `${digest} ${path}`;
}

function dataOf({ file, index, kind, name, team, value }: DocumentData & { readonly kind: Kind }): DocumentData {
  return { file, index, kind, name, ...(team !== undefined && { team }), value };
}

function revived(data: DocumentData, file: SourceFile): ReturnType<typeof documentFromCache> {
  return documentFromCache({ ...data, value: bare(data.value) }, () => file.text);
}

/** As the loader makes values: objects that inherit nothing, so that no name of a spec finds what nobody wrote. */
function bare(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return Object.freeze(value.map(bare));
  const copy = bareMap();
  const read = value as Readonly<Record<string, unknown>>;
  for (const key in read) copy[key] = bare(read[key]);
  return Object.freeze(copy);
}

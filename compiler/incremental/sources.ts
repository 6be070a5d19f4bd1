import type { FleetModel } from '../core/model.ts';
import type { Kind, LoadedSpec } from '../load/document.ts';
import { unitDigest } from '../output/unit-digest.ts';
import { sha256 } from '../output/unit-index.ts';

/**
 * What fleets come of, told from files and without looking at what they became. A fleet that comes of the same is the same
 * fleet: it has the digest it had, and of rules that see nothing but one fleet those that were silent are silent.
 */
export interface Sources {
  /** What any fleet may take something from; it stands for all of it. */
  readonly common: string;
  /** The fleet's own file, and the one thing that it takes from other fleets, its edges; these as they were resolved. */
  readonly of: (fleet: FleetModel) => string;
}

/** Kinds of documents from which no fleet takes more than an edge. Whatever is new is taken from until somebody says so here. */
const APART: ReadonlySet<Kind> = new Set(['Fleet', 'Route', 'Schedule']);

/** The sources of a spec. `digestOf` gives the SHA-256 of a file of documents, as it was loaded. */
export function sourcesOf(spec: LoadedSpec, digestOf: (path: string) => string): Sources {
  const shared = new Set<string>();
  for (const { kind, file } of spec.documents) if (!APART.has(kind)) shared.add(file);
  let common = '';
  for (const path of shared) common += `${digestOf(path)} ${path}\n`;
  for (const { path, text } of spec.assets.values()) common += `${sha256(text)} ${path}\n`;
  const known = new Map<FleetModel, string>();
  const of = (fleet: FleetModel): string => {
    let sources = known.get(fleet);
    if (sources === undefined) known.set(fleet, (sources = sourcesOfFleet(fleet, digestOf)));
    return sources;
  };
  return { common: sha256(common), of };
}

function sourcesOfFleet({ at, calls, calledBy }: FleetModel, digestOf: (path: string) => string): string {
  const { file } = at.document;
  const own = `${digestOf(file)} ${file}`;
  return calls.length + calledBy.length === 0 ? own : `${own} ${unitDigest([], [calls, calledBy])}`;
}

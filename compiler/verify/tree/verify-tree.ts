import type { SourceFile } from '../../../spec/contract/source.ts';
import type { Report } from '../../diagnostics/report.ts';
import { readEntry } from '../../load/read.ts';
import { factsOf } from '../../closure/extract.ts';
import type { UnitFacts } from '../../closure/facts.ts';
import { nameOf } from '../../closure/facts.ts';
import { closureObject } from '../../closure/object.ts';
import { reportProblem } from '../../closure/prove.ts';
import { manifestSchemas } from '../schema/schemas.ts';
import { minorOf } from '../versions.ts';
import { verifyObject } from '../verify-object.ts';
import { withDefinitions } from './definitions.ts';
import { TREE_LIMITS } from './limits.ts';
import { listTree } from './list-tree.ts';
import { proveTree } from './prove-tree.ts';
import { readObjects } from './tree-object.ts';
import type { TreeObject } from './tree-object.ts';

/** A part of a tree that goes to one cluster. */
export interface TreePart {
  /** Files that begin with it belong to the part; empty for the whole tree. */
  readonly prefix: string;
  /** Minor version of Kubernetes: `1.34`. */
  readonly kubernetes: string;
}

/** What was looked at, so that nobody takes an empty folder for a sound one. */
export interface VerifiedTree {
  readonly files: readonly SourceFile[];
  readonly objects: number;
  readonly kinds: number;
  /** Documents that are not for Kubernetes. */
  readonly others: number;
  /** Versions that something was verified against. */
  readonly versions: readonly string[];
}

/** Told before each, for whoever waits. */
export interface VerifyListeners {
  readonly onFile?: (done: number, of: number) => void;
  readonly onObject?: (done: number, of: number) => void;
}

/** Verifies the manifests below `path` (from `root`): each against its schema and the API server's rules, then all as a graph. */
export function verifyTree(
  root: string,
  path: string,
  parts: readonly TreePart[],
  report: Report,
  { onFile, onObject }: VerifyListeners = {},
): VerifiedTree {
  const files: SourceFile[] = [];
  const byPart = new Map(parts.map((part) => [part, [] as TreeObject[]]));
  let others = 0;
  const entries = listTree(root, path, report);
  for (const [index, entry] of entries.entries()) {
    onFile?.(index, entries.length);
    const file = readEntry(root, entry, report, TREE_LIMITS.fileBytesMax);
    if (file === undefined) continue;
    files.push(file);
    const part = parts.find(({ prefix }) => file.path.startsWith(prefix));
    if (part === undefined) throw new Error(`${file.path} belongs to no part`);
    const found = readObjects(file, report);
    others += found.others;
    byPart.get(part)?.push(...found.objects);
  }
  const all = [...byPart.values()].flat();
  let done = 0;
  const onEach = () => onObject?.(done++, all.length);
  for (const [{ kubernetes }, objects] of byPart) verifyObjects(objects, minorOf(kubernetes), report, onEach);
  const kinds = new Set(all.map(({ value }) => `${String(value['apiVersion'])} ${String(value['kind'])}`));
  const used = parts.filter((part) => (byPart.get(part)?.length ?? 0) > 0);
  const versions = [...new Set(used.map(({ kubernetes }) => kubernetes))].sort();
  return { files, objects: all.length, kinds: kinds.size, others, versions };
}

/** What one cluster is given: each object by itself, then all as a graph. */
export function verifyObjects(
  objects: readonly TreeObject[],
  minor: number,
  report: Report,
  onEach: () => void = () => undefined,
): void {
  const pool = withDefinitions(
    manifestSchemas(),
    objects.map(({ value }) => value),
  );
  const facts = new Map<string, UnitFacts>();
  const byId = new Map<string, TreeObject>();
  for (const object of objects) {
    onEach();
    const problems = verifyObject(object.value, minor, pool);
    const name = nameOf(object.value);
    for (const problem of problems) {
      const place = object.spanOf(problem.field, problem.code === 'NT3101' ? 'key' : undefined);
      reportProblem({ ...problem, object: name, place: [] }, place, report);
    }
    byId.set(object.id, object);
    const closure = {
      ...closureObject({ value: object.value, origins: new Map() }),
      placeOf: (field: string) => [field],
    };
    const refusals = new Map(problems.length === 0 ? [] : [[object.value, problems.map(({ field }) => field)]]);
    facts.set(object.id, factsOf([closure], refusals));
  }
  proveTree(facts, (id, field) => byId.get(id)?.spanOf(field) ?? { file: id, start: 0, end: 0 }, report);
}

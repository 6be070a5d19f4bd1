import type { CompiledEnvironment, CompiledUnit } from '../compile.ts';
import type { Report } from '../diagnostics/report.ts';
import { DEPTH_MAX } from './tree.ts';
import type { GeneratedTree } from './tree.ts';
import { INDEX_FOLDER, indexFile, indexPath, isSafePath, printManifest, sha256 } from './unit-index.ts';

/** What a write would do. Paths are relative to `generated/`. */
export interface WritePlan {
  /** Text by path: files that are new or differ. */
  readonly writes: ReadonlyMap<string, string>;
  /** Owned files whose unit, or whose place in it, is gone. */
  readonly removes: readonly string[];
  /** Everything else, ours and others'. */
  readonly keeps: readonly string[];
}

export interface PlanInput {
  readonly compiled: readonly CompiledEnvironment[];
  /** Every environment of the company; the tree of any other is pruned. */
  readonly environmentNames: readonly string[];
  readonly tree: GeneratedTree;
  /** SHA-256 of a file of the tree. */
  readonly digestOf: (path: string) => string;
  /** Overwrites files that were edited by hand. */
  readonly discardEdits?: boolean;
  readonly report: Report;
}

/**
 * Decides what to write and what to remove, and touches nothing. A file is ours only when an index says so: others are
 * never removed, and one that stands where we would write is a problem. A file of ours whose bytes are not those of its
 * index was edited by hand; it is a problem unless it holds exactly what we would write.
 */
export function planWrite(input: PlanInput): WritePlan {
  refuseForeign(input);
  const owned = ownedFiles(input);
  const wanted = wantedFiles(input);
  const present = new Set(input.tree.files);
  const writes = new Map<string, string>();
  for (const [path, { text, sha256: digest }] of wanted) {
    if (!present.has(path)) writes.set(path, text());
    else if (input.digestOf(path) !== digest) overwrite(input, path, text(), owned, writes);
  }
  refuseOtherShapes(
    [...writes.keys()].filter((path) => !present.has(path)),
    present,
    input.report,
  );
  const removes = [...owned.keys()].filter((path) => present.has(path) && !wanted.has(path)).sort();
  for (const path of removes) refuseEdited(input, path, undefined, owned);
  const gone = new Set(removes);
  return { writes, removes, keeps: input.tree.files.filter((path) => !writes.has(path) && !gone.has(path)) };
}

interface Wanted {
  readonly sha256: string;
  readonly text: () => string;
}

function wantedFiles({ compiled }: PlanInput): Map<string, Wanted> {
  const wanted = new Map<string, Wanted>();
  const folded = new Set<string>();
  const add = (path: string, file: Wanted): void => {
    if (!isSafePath(path)) throw new Error(`an emitter would write outside of generated/: ${path}`);
    // Two paths that differ only in letter case are one file on some machines.
    if (folded.has(path.toLowerCase())) throw new Error(`two emitters would write ${path}`);
    folded.add(path.toLowerCase());
    wanted.set(path, file);
  };
  for (const { name, units } of compiled) {
    for (const unit of units) addUnit(name, unit, add);
    const manifest = printManifest(name, units);
    add(`${name}/manifest.json`, { sha256: sha256(manifest), text: () => manifest });
  }
  return wanted;
}

function addUnit(environment: string, unit: CompiledUnit, add: (path: string, file: Wanted) => void): void {
  for (const file of unit.files) add(`${environment}/${file.path}`, { sha256: file.sha256, text: () => file.text });
  add(indexPath(environment, unit.id), indexFile(unit));
}

/** SHA-256 by path of what may be removed or replaced; nothing for indexes and manifests, which nobody needs to edit. */
function ownedFiles({ compiled, environmentNames, tree }: PlanInput): Map<string, string | undefined> {
  const known = new Set(environmentNames);
  const managed = new Set(compiled.map(({ name }) => name));
  const owned = new Map<string, string | undefined>();
  for (const [path, index] of tree.indexes) {
    const environment = path.slice(INDEX_FOLDER.length + 1).split('/', 1)[0] as string;
    if (known.has(environment) && !managed.has(environment)) continue;
    owned.set(path, undefined);
    owned.set(`${environment}/manifest.json`, undefined);
    for (const [file, { sha256: digest }] of Object.entries(index.files)) owned.set(`${environment}/${file}`, digest);
  }
  return owned;
}

/** A file where a folder must be made, and a folder where a file must be written: whoever put it there has files in it. */
function refuseOtherShapes(added: readonly string[], present: ReadonlySet<string>, report: Report): void {
  if (added.length === 0) return;
  const folders = new Set([...present].flatMap(foldersAround));
  const inTheWay = added.flatMap((path) => [
    ...foldersAround(path).filter((folder) => present.has(folder)),
    ...(folders.has(path) ? [path] : []),
  ]);
  for (const path of new Set(inTheWay)) {
    report('NT6002', { file: `generated/${path}`, start: 0, end: 0 }, { path: `generated/${path}` });
  }
}

/** `a` and `a/b` of `a/b/c`. */
function foldersAround(path: string): string[] {
  const folders: string[] = [];
  for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) folders.push(path.slice(0, end));
  return folders;
}

function overwrite(
  input: PlanInput,
  path: string,
  text: string,
  owned: ReadonlyMap<string, string | undefined>,
  writes: Map<string, string>,
): void {
  const { report, tree } = input;
  // It was said already that this index cannot be read.
  if (tree.brokenIndexes.includes(path)) return;
  if (!owned.has(path)) return report('NT6002', place(path, tree.read(path), 0), { path: `generated/${path}` });
  if (!refuseEdited(input, path, text, owned)) writes.set(path, text);
}

/** Whether the file was edited by hand and may not be lost. */
function refuseEdited(
  { tree, digestOf, discardEdits, report }: PlanInput,
  path: string,
  text: string | undefined,
  owned: ReadonlyMap<string, string | undefined>,
): boolean {
  const recorded = owned.get(path);
  if (recorded === undefined || discardEdits === true || digestOf(path) === recorded) return false;
  const edited = tree.read(path);
  const line = text === undefined ? 0 : firstDifference(edited, text);
  report(
    'NT6001',
    place(path, edited, line),
    { path: `generated/${path}`, line: line + 1 },
    {
      label:
        text === undefined
          ? 'the compiler would remove this file'
          : 'the first line that the compiler writes differently',
      notes: [
        `to drop the edit: git checkout -- generated/${path}, or nova-torch compile --discard-edits`,
        'to keep it: say it in the spec, or in a Patch with an owner, a reason and a last day',
      ],
    },
  );
  return true;
}

function refuseForeign({ tree, report }: PlanInput): void {
  reportStrange(tree, report);
  for (const path of tree.brokenIndexes) {
    report('NT6004', place(path, tree.read(path), 0), { path: `generated/${path}` });
  }
}

/** Says what stands in the tree that is not even looked into: links and pipes, and folders without end. */
export function reportStrange({ foreign, tooDeep }: Pick<GeneratedTree, 'foreign' | 'tooDeep'>, report: Report): void {
  for (const path of foreign) {
    const name = path === '' ? 'generated' : `generated/${path}`;
    const expected = path === '' ? 'a folder' : 'a regular file or folder';
    report('NT6003', { file: name, start: 0, end: 0 }, { path: name, expected });
  }
  for (const path of tooDeep) {
    const name = `generated/${path}`;
    report('NT6007', { file: name, start: 0, end: 0 }, { path: name, limit: DEPTH_MAX });
  }
}

/** Says that a write was killed: to whoever only reads, or to whoever writes and found that it was not ours. */
export function reportUnfinished(report: Report, mode: 'write' | 'compare'): void {
  const theirs = [
    'its list of changes is not one that your nova-torch wrote on this machine, so nothing of it is used',
    'to begin anew: git checkout -- generated, rm -r .nova-torch/swap, and compile',
  ];
  const notes = mode === 'write' ? theirs : ['nova-torch compile finishes it'];
  report('NT6008', { file: 'generated', start: 0, end: 0 }, { path: 'generated' }, { notes });
}

/** Number of the first line, from 0, that is not the same in both texts. */
function firstDifference(left: string, right: string): number {
  const lefts = left.split('\n');
  const rights = right.split('\n');
  const at = lefts.findIndex((line, index) => line !== rights[index]);
  return at < 0 ? lefts.length - 1 : at;
}

/** The span of a line of a generated file. */
function place(path: string, text: string, line: number): { file: string; start: number; end: number } {
  let start = 0;
  for (let passed = 0; passed < line; passed++) start = text.indexOf('\n', start) + 1;
  const end = text.indexOf('\n', start);
  return { file: `generated/${path}`, start, end: end < 0 ? text.length : end };
}

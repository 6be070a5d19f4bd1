import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceFile } from '../../spec/contract/source.ts';
import type { CompiledUnit, CompileResult, KnownUnit, Stages } from '../compile.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { ordered } from '../diagnostics/order.ts';
import { collector } from '../diagnostics/report.ts';
import { listSpec, readEntry, unreadOf } from '../load/read.ts';
import type { SpecEntry } from '../load/read.ts';
import { placeOf as placeInSpec } from '../load/places.ts';
import type { WritePlan } from '../output/plan.ts';
import { readRegular } from '../output/read-regular.ts';
import { listFiles, readTree } from '../output/tree.ts';
import { indexFile, indexOf, indexPath, isIndexPath, printManifest, sha256 } from '../output/unit-index.ts';
import type { UnitIndex } from '../output/unit-index.ts';
import { isUnfinished, notFolders, placeOf, recover, writeTree } from '../output/write.ts';
import type { Place } from '../output/write.ts';
import { keepLearned, readCache, writeCache } from './cache-file.ts';
import { immutableOf } from './immutable-of.ts';
import { optimizeLate } from './optimize-late.ts';
import { waitFor } from './wait-for.ts';
import type { Workers } from './workers.ts';
import { clockAfter } from './file-clock.ts';
import { FileDigests } from './file-digests.ts';
import type { KnownFile } from './file-digests.ts';
import { sure } from '../../spec/contract/sure.ts';

export interface CompileTreeOptions {
  /** Folder that holds `spec/` and `generated/`. */
  readonly root: string;
  /** A folder of the user's own, in no repository: without it nothing is remembered, and no memory is believed. */
  readonly stateFolder?: string;
  /** `YYYY-MM-DD` */
  readonly today: string;
  /** Or a way to them: a run without a change imports none of them. */
  readonly stages: Stages | (() => Promise<Stages>);
  readonly environments?: readonly string[];
  /** `compare` writes nothing at all, and reports every file that is out of date. */
  readonly mode: 'write' | 'compare';
  readonly discardEdits?: boolean;
  /** A warning is as good a reason to write nothing as an error. */
  readonly strict?: boolean;
  /** Threads that emit; 1 by default. They cost memory and processor, and give time and the same bytes. */
  readonly workers?: number;
  /** Told after each fleet, for whoever waits. */
  readonly onUnit?: (done: number, of: number) => void;
  /** Awaited now and then until the tree is about to be swapped. What it throws ends the compile, and nothing is written. */
  readonly pause?: () => Promise<void>;
}

export interface CompiledTree {
  readonly diagnostics: readonly Diagnostic[];
  readonly environments: readonly EnvironmentSummary[];
  /** Paths below `generated/` that were, or would be, written and removed. */
  readonly written: readonly string[];
  readonly removed: readonly string[];
  /** Nothing had changed since the last compile, and nothing was compiled. */
  readonly unchanged: boolean;
  /** A name that was asked for and is none of the spec's, `names`: nothing was written. */
  readonly unknown?: { readonly name: string; readonly names: readonly string[] };
  /** The text of a file that a diagnostic names. */
  readonly sourceOf: (path: string) => string | undefined;
}

/** What an environment compiled to, in numbers. */
export interface EnvironmentSummary {
  readonly name: string;
  readonly fleets: number;
  readonly routes: number;
  readonly objects: number;
  readonly files: number;
}

interface State {
  /** What the last compile without an error depended on. */
  readonly key: string;
  readonly spec: Readonly<Record<string, KnownFile>>;
  readonly generated: Readonly<Record<string, KnownFile>>;
  /** SHA-256 by path of everything of ours that it left in `generated/`, and of the indexes of other environments. */
  readonly owned: Readonly<Record<string, string>>;
  readonly diagnostics: readonly Diagnostic[];
  readonly environments: readonly EnvironmentSummary[];
}

const EMPTY: State = { key: '', spec: {}, generated: {}, owned: {}, diagnostics: [], environments: [] };

/**
 * Compiles a repository's spec into its generated tree and does only what a change asks for: nothing changed, nothing is
 * parsed; one fleet changed, one document is parsed and one unit emitted. What is remembered lies in
 * `.nova-torch/cache/` with a mark whose key only this user has, or it would be a way to say anything: files are known by
 * size, times and inode (and read again when in doubt), documents and units by SHA-256, and with or without a memory the same
 * bytes and the same problems come out.
 */
export async function compileTree(options: CompileTreeOptions): Promise<CompiledTree> {
  const place = placeOf(options.root, options.stateFolder);
  const { report, diagnostics } = collector();
  for (const path of notFolders(place))
    report('NT6003', { file: path, start: 0, end: 0 }, { path, expected: 'a folder' });
  if (diagnostics.length === 0 && options.mode === 'write') await recover(place);
  if (diagnostics.length === 0 && isUnfinished(place))
    (await import('../output/plan.ts')).reportUnfinished(report, options.mode);
  if (diagnostics.length > 0) return { ...fromMemory({ ...EMPTY, diagnostics }, options.root), unchanged: false };
  const cache = cacheOf(place);
  const state = (readCache(cache.state, place.seal).parts[0]?.value as State | undefined) ?? EMPTY;
  const entries = listSpec(options.root, report);
  const spec = new FileDigests(options.root, state.spec);
  const generated = new FileDigests(place.folder, state.generated);
  const key = diagnostics.length === 0 ? keyOf(entries, spec, options) : '';
  if (key !== '' && key === state.key && isIntact(state, generated, place.folder)) {
    if ((spec.learned || generated.learned) && options.mode === 'write')
      writeState(place, { ...state, spec: spec.entries(), generated: generated.entries() });
    return fromMemory(state, options.root);
  }

  const [{ compile }, { documentLoader }, { unitLoader }, { sourcesOf }, stages] = await Promise.all([
    import('../compile.ts'),
    import('./known-documents.ts'),
    import('./known-units.ts'),
    import('./sources.ts'),
    typeof options.stages === 'function' ? options.stages() : options.stages,
    // As it is built, all that emits comes with it.
    import('../output/plan.ts'),
  ]);
  // Not before all is loaded: V8 takes code that was compiled before only under the settings with which it was.
  optimizeLate();
  const files = entries.flatMap((entry) => sourceFile(entry, options.root, spec, report) ?? []);
  const tree = {
    digestOf: (path: string) => {
      const stat = generated.stat(path);
      return stat === undefined ? undefined : generated.of(path, stat);
    },
    read: (path: string) => readFileSync(join(place.folder, path), 'utf8'),
  };
  const listed = new Map(entries.map((entry) => [entry.path, entry]));
  const remembered = {
    documents: readCache(cache.documents, place.seal),
    units: readCache(cache.units, place.seal),
  };
  const documents = documentLoader(remembered.documents.parts, (path) => spec.of(path, listed.get(path)));
  const units = unitLoader(remembered.units.parts, tree);
  const { environments, today, onUnit, pause } = options;
  const workers = await workersFor(options);
  const fromWorker = (environment: string, unit: string, from: string): KnownUnit | undefined => {
    const made = workers?.unit(environment, unit, from);
    if (made !== undefined) units.keep(environment, made);
    return made;
  };
  const input = {
    files,
    unread: unreadOf(diagnostics),
    today,
    ...(environments !== undefined && { environments }),
    onUnit: async (done: number, of: number) => {
      onUnit?.(done, of);
      await pause?.();
    },
  };
  const result = await compile(input, stages, {
    load: (sources, tell, unread) => {
      const loaded = documents.load(sources, tell, unread);
      units.begin(sourcesOf(loaded, documents.digestOf));
      return loaded;
    },
    from: units.from,
    silence: units.silence,
    unit: (environment, unit, from) => units.unit(environment, unit, from) ?? fromWorker(environment, unit, from),
    keep: units.keep,
    isProven: units.isProven,
    keepProof: units.keepProof,
    immutable: immutableOf(place.folder),
    ...(workers !== undefined && { ready: () => waitFor(workers.ready(), async () => pause?.()) }),
  });
  diagnostics.push(...result.diagnostics);

  const names = result.model.environments.map(({ name }) => name);
  const unknown = environments?.find((name) => !names.includes(name));
  const warned = options.strict === true && diagnostics.length > 0;
  const refused = hasErrors(diagnostics) || warned || unknown !== undefined;
  const plan = refused ? undefined : await applyPlan({ ...options, stages }, place, result, generated, diagnostics);
  const found = ordered(diagnostics);
  const summary = result.environments.map((environment) => summaryOf(environment, result));
  const failed = hasErrors(found);
  const isKept = options.mode === 'write';
  const learned = isKept ? { documents: documents.learned(), units: failed ? undefined : units.learned() } : {};
  if (learned.documents !== undefined)
    keepLearned(cache.documents, place.seal, remembered.documents, learned.documents);
  if (learned.units !== undefined) keepLearned(cache.units, place.seal, remembered.units, learned.units);
  if (!failed && plan !== undefined && isKept) {
    const owned = ownedBy(result, plan, generated, await clockAfterWrites(plan, generated, cache.clock));
    writeState(place, {
      key,
      spec: spec.entries(),
      generated: generated.entries(),
      owned,
      diagnostics: found,
      environments: summary,
    });
  }
  return {
    diagnostics: found,
    environments: summary,
    written: [...(plan?.writes.keys() ?? [])],
    removed: plan?.removes ?? [],
    unchanged: false,
    ...(unknown !== undefined && { unknown: { name: unknown, names } }),
    sourceOf: sourceReader(options.root),
  };
}

async function workersFor({
  workers = 1,
  root,
  today,
  environments,
}: CompileTreeOptions): Promise<Workers | undefined> {
  if (workers < 2) return undefined;
  const { startWorkers } = await import('./workers.ts');
  return startWorkers(workers, { root, today, environments });
}

interface CachePaths {
  readonly state: string;
  readonly documents: string;
  readonly units: string;
  /** Off whose times the file system's clock is read. */
  readonly clock: string;
}

function cacheOf({ work }: Place): CachePaths {
  const file = (name: string): string => join(work, 'cache', `${name}.json`);
  return { state: file('state'), documents: file('documents'), units: file('units'), clock: join(work, 'clock') };
}

function writeState(place: Place, value: State): void {
  writeCache(cacheOf(place).state, place.seal, { value, tail: new Uint8Array() });
}

/** Everything the outcome depends on besides the compiler itself, whose build is in the cache's first line; '' when that cannot be read. */
function keyOf(entries: readonly SpecEntry[], spec: FileDigests, options: CompileTreeOptions): string {
  let text = `${options.today} ${options.environments?.join(',') ?? '*'}\n`;
  try {
    for (const entry of entries) text += `${spec.of(entry.path, entry)} ${entry.path}\n`;
  } catch {
    // Whoever reads the file next says what is wrong with it.
    return '';
  }
  return sha256(text);
}

/**
 * Whether a compile would find in the tree what the last one left. A link or a pipe that was put there, or an index that a
 * merge brought back and whose files would go, leaves all other files as they are, and must be seen all the same.
 */
function isIntact({ owned }: State, generated: FileDigests, folder: string): boolean {
  for (const path in owned) {
    const stat = generated.stat(path);
    if (stat === undefined || generated.of(path, stat) !== owned[path]) return false;
  }
  const { files, foreign, tooDeep } = listFiles(folder);
  const isNew = (path: string): boolean => isIndexPath(path) && !Object.hasOwn(owned, path);
  return foreign.length === 0 && tooDeep.length === 0 && !files.some(isNew);
}

function fromMemory(state: State, root: string): CompiledTree {
  const { diagnostics, environments } = state;
  return { diagnostics, environments, written: [], removed: [], unchanged: true, sourceOf: sourceReader(root) };
}

/** A spec file whose text is read when somebody asks for it; at once when it must be checked as a text. */
function sourceFile(
  entry: SpecEntry,
  root: string,
  spec: FileDigests,
  report: Parameters<typeof readEntry>[2],
): SourceFile | undefined {
  const { path } = entry;
  if (placeInSpec(path).type !== 'documents' || spec.unchanged(path, entry) === undefined) {
    return readEntry(root, entry, report);
  }
  let file: SourceFile | undefined;
  return {
    path,
    get text() {
      file ??= readEntry(root, entry, report);
      return file?.text ?? '';
    },
  };
}

async function applyPlan(
  options: CompileTreeOptions & { readonly stages: Stages },
  place: Place,
  { environments: compiled, model }: CompileResult,
  generated: FileDigests,
  diagnostics: Diagnostic[],
): Promise<WritePlan | undefined> {
  const { planWrite, reportUnfinished } = await import('../output/plan.ts');
  const { report, diagnostics: problems } = collector();
  const makePlan = (): WritePlan => {
    const discard = options.discardEdits === undefined ? {} : { discardEdits: options.discardEdits };
    const environmentNames = model.environments.map(({ name }) => name);
    // The lock is held: what was looked at once is not looked at again.
    const digests = takenFiles(compiled);
    const digestOf = (path: string): string => {
      const digest = digests.get(path) ?? generated.of(path);
      digests.set(path, digest);
      return digest;
    };
    const tree = readTree(place.folder, knownIndexes(compiled, digestOf));
    const plan = planWrite({ compiled, environmentNames, tree, digestOf, ...discard, report });
    for (const path of plan.removes) {
      const index = tree.indexes.get(path);
      if (index === undefined || index.immutable === null) continue;
      // Whoever removed the files as well has said that they may go.
      const folder = sure(path.split('/')[1], 'the environment of an index');
      if (!Object.keys(index.files).some((file) => plan.removes.includes(`${folder}/${file}`))) continue;
      options.stages.compare?.({ unit: index.unit, before: index.immutable, place: () => wholeOf(path) }, report);
    }
    return plan;
  };
  let plan: WritePlan | undefined;
  if (options.mode === 'compare') {
    plan = makePlan();
    for (const path of plan.writes.keys()) report('NT6005', wholeOf(path), { path: `generated/${path}` });
    for (const path of plan.removes) report('NT6006', wholeOf(path), { path: `generated/${path}` });
  } else {
    const soundPlan = (): WritePlan | undefined => {
      const made = makePlan();
      return hasErrors(problems) ? undefined : made;
    };
    plan = await writeTree(place, soundPlan, { ...(options.pause !== undefined && { pause: options.pause }) });
    // Another process was killed since we looked.
    if (plan === undefined && isUnfinished(place)) reportUnfinished(report, 'write');
  }
  diagnostics.push(...problems);
  return plan;
}

function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'error');
}

function wholeOf(path: string): { file: string; start: number; end: number } {
  return { file: `generated/${path}`, start: 0, end: 0 };
}

/**
 * Digests of files that were looked at when their unit was taken as it stands. They are neither written nor removed, so what
 * happens to them meanwhile is seen by the next compile, as what happens to them afterwards is.
 */
function takenFiles(compiled: CompileResult['environments']): Map<string, string> {
  const digests = new Map<string, string>();
  for (const { name, units } of compiled) {
    const taken = units.filter(({ indexSha256 }) => indexSha256 !== undefined);
    for (const { path, sha256: digest } of taken.flatMap(({ files }) => files)) digests.set(`${name}/${path}`, digest);
  }
  return digests;
}

/** Indexes that stand in the tree as the compile would write them. */
function knownIndexes(
  compiled: CompileResult['environments'],
  digestOf: (path: string) => string,
): (path: string) => UnitIndex | undefined {
  const units = new Map<string, CompiledUnit>();
  for (const { name, units: all } of compiled) for (const unit of all) units.set(indexPath(name, unit.id), unit);
  return (path) => {
    const unit = units.get(path);
    return unit !== undefined && digestOf(path) === indexFile(unit).sha256 ? indexOf(unit) : undefined;
  };
}

/** A time after the last file was written. Without it the next run could not know that no file changed since, and read all. */
async function clockAfterWrites({ writes }: WritePlan, generated: FileDigests, probe: string): Promise<number> {
  const last = [...writes.keys()].at(-1);
  const changedMs = last === undefined ? undefined : generated.stat(last)?.ctimeMs;
  return changedMs === undefined ? 0 : clockAfter(changedMs, probe);
}

/** Digests of what the compile left, remembered with their files' present times. What was not written was there already. */
function ownedBy(
  { environments }: CompileResult,
  plan: WritePlan,
  generated: FileDigests,
  clockMs: number,
): Record<string, string> {
  const owned: Record<string, string> = {};
  const own = (path: string, digest: string): void => {
    owned[path] = digest;
    if (plan.writes.has(path)) generated.learnWritten(path, digest, clockMs);
  };
  for (const { name, units } of environments) {
    own(`${name}/manifest.json`, sha256(printManifest(name, units)));
    for (const unit of units) {
      own(indexPath(name, unit.id), indexFile(unit).sha256);
      for (const file of unit.files) own(`${name}/${file.path}`, file.sha256);
    }
  }
  for (const path of plan.keeps) if (isIndexPath(path)) owned[path] ??= generated.of(path);
  return owned;
}

function summaryOf(
  { name, units }: CompileResult['environments'][number],
  { model }: CompileResult,
): EnvironmentSummary {
  const { fleets, routes } = sure(
    model.environments.find((one) => one.name === name),
    'the model of an environment',
  );
  return {
    name,
    fleets: fleets.size,
    routes: routes.length,
    objects: units.reduce((sum, { objects }) => sum + objects, 0),
    files: units.reduce((sum, { files }) => sum + files.length, 0),
  };
}

/** Most bytes of a file that a problem is shown in. */
const SOURCE_BYTES_MAX = 16 * 1024 * 1024;

/** The texts that problems stand in. What is no regular file has none: it may lead to what nobody may read here. */
function sourceReader(root: string): (path: string) => string | undefined {
  return (path) => readRegular(join(root, path), SOURCE_BYTES_MAX)?.toString('utf8');
}

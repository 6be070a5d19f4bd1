import type { Json, SourceFile } from '../spec/contract/source.ts';
import type { Manifest } from './core/artifact.ts';
import { AcrossEnvironments } from './check/across-environments.ts';
import type { Refusals } from './closure/refused.ts';
import type { Emitter } from './core/emitter.ts';
import type { EnvironmentModel, FleetModel, Model } from './core/model.ts';
import type { Place } from './core/origin.ts';
import type { Diagnostic } from './diagnostics/diagnostic.ts';
import { ordered } from './diagnostics/order.ts';
import { collector } from './diagnostics/report.ts';
import type { Report } from './diagnostics/report.ts';
import type { LoadedSpec } from './load/document.ts';
import { loadSpec } from './load/load.ts';
import { proveOnce } from './output/prove-once.ts';
import { compileUnits } from './output/units.ts';

/** What a compile reads. `today` (YYYY-MM-DD) decides which patches have expired; nothing else depends on the clock. */
export interface CompileInput {
  readonly files: readonly SourceFile[];
  /** Files and folders of the spec that could not be read, as was reported: what may stand there is not said to be missing. */
  readonly unread?: readonly string[];
  readonly today: string;
  /** Environments to emit; all when absent. The graph is checked for all of them in any case. */
  readonly environments?: readonly string[];
  /** Told after each fleet's unit, for whoever waits. Awaited: what it throws ends the compile. */
  readonly onUnit?: (done: number, of: number) => void | Promise<void>;
}

/** A file to be written below `generated/<environment>/`. */
export interface RenderedFile {
  readonly path: string;
  readonly text: string;
  readonly sha256: string;
  readonly emitter: string;
}

/** What one unit compiled to: `teams/<team>/<fleet>`, or the environment's shared part under the emitter's name. */
export interface CompiledUnit {
  readonly id: string;
  /**
   * SHA-256 of everything a fleet's unit depends on: its model, the emitters and their versions. A shared part depends on
   * everything; its digest is that of its files, or every change of a fleet would change it and conflict with every other.
   */
  readonly digest: string;
  /** Spec files its documents stand in, sorted. */
  readonly inputs: readonly string[];
  readonly files: readonly RenderedFile[];
  /** How many Kubernetes objects they hold. */
  readonly objects: number;
  /** What the cluster would refuse to change later; kept in the unit's index for the next compile to compare with. */
  readonly immutable: Json;
  /** SHA-256 of its index, of a unit that was made before. */
  readonly indexSha256?: string;
}

export interface CompiledEnvironment {
  readonly name: string;
  readonly units: readonly CompiledUnit[];
}

export interface CompileResult {
  /** All problems, sorted by file and place. Nothing may be written when one of them is an error. */
  readonly diagnostics: readonly Diagnostic[];
  readonly model: Model;
  readonly environments: readonly CompiledEnvironment[];
}

/** The stages between reading and writing. Each is pure and reports whatever is wrong; none stops at the first problem. */
export interface Stages {
  readonly resolve: (spec: LoadedSpec, report: Report) => Model;
  readonly check: (model: Model, spec: LoadedSpec, report: Report, today: string, silence?: Silence) => void;
  /** Imported only when something is emitted: cdk8s alone takes longer than a whole `check`. */
  readonly emitters: () => Promise<readonly Emitter[]>;
  /** Applies patches to the manifests of a unit before they are rendered: as many come out, in the same order. */
  readonly patch?: (context: UnitContext, manifests: readonly Manifest[]) => readonly Manifest[];
  /** Says what the environment's cluster would refuse about the manifests of a unit by themselves, and gives their wrong fields. */
  readonly verify?: (context: UnitContext, manifests: readonly Manifest[]) => Promise<Refusals>;
  /** Proves the manifests of an environment as one graph. Besides places it looks at no more than `premises` and the summaries. */
  readonly prove?: (environment: EnvironmentModel, units: ReadonlyMap<string, Json>, report: Report) => void;
  /** What `prove` takes from the model, as data; without it everything is proven each time. */
  readonly premises?: (environment: EnvironmentModel) => object;
  /** What `prove` needs to know about the manifests of one unit, as plain data; kept with the unit. */
  readonly summarize?: (manifests: readonly Manifest[], context: UnitContext, refusals: Refusals) => Json;
  /** What the cluster would refuse to change later about the manifests of one unit, as plain data. */
  readonly immutable?: (manifests: readonly Manifest[]) => Json;
  /** Compares what `immutable` said about a unit in the previous tree with what it says now; nothing when the unit is gone. */
  readonly compare?: (change: UnitChange, report: Report) => void;
}

export interface UnitChange {
  readonly unit: string;
  readonly before: Json;
  readonly after?: Json;
  /** Where the spec says what stands at a field. */
  readonly place: (field: string) => Place;
}

export interface UnitContext {
  readonly environment: EnvironmentModel;
  /** `teams/<team>/<fleet>`, or an emitter's name. */
  readonly unit: string;
  readonly today: string;
  readonly report: Report;
}

/** Work that was done before: documents by file, and what units compiled to. Both are found by digests only. */
export interface Known {
  readonly load: (files: readonly SourceFile[], report: Report, unread?: readonly string[]) => LoadedSpec;
  /** Without it the rules of one fleet are asked about all. */
  readonly silence?: Silence;
  /** The digest of a fleet's unit where its fleet came of the same sources and was emitted by the same emitters. */
  readonly from: (environment: EnvironmentModel, fleet: FleetModel, emitters: string) => string | undefined;
  readonly unit: (environment: string, unit: string, from: string) => KnownUnit | undefined;
  readonly keep: (environment: string, unit: KnownUnit) => void;
  /** Whether a proof of the same premises and summaries found nothing. */
  readonly isProven: (environment: string, from: string) => boolean;
  readonly keepProof: (environment: string, from: string) => void;
  /** Awaited when the spec is sound, before the first unit is asked for. */
  readonly ready?: () => Promise<void>;
  /** What `immutable` said about a unit when the generated tree was written; nothing when it is not in the tree. */
  readonly immutable: (environment: string, unit: string) => Json | undefined;
}

/** Fleets about which the rules of one fleet have nothing to say. */
export interface Silence {
  /** Whether they said nothing when the fleet came of the same sources. */
  readonly isKnown: (environment: EnvironmentModel, fleet: FleetModel) => boolean;
  /** Told of each fleet about which all of them were asked, and none spoke. */
  readonly keep: (environment: EnvironmentModel, fleet: FleetModel) => void;
}

export interface KnownUnit {
  /** SHA-256 of everything it was made from. */
  readonly from: string;
  readonly unit: CompiledUnit;
  /** What `summarize` said about it, and its SHA-256. */
  readonly summary: Json;
  readonly facts: string;
}

/** A first compile: nothing is known. */
export const NOTHING_KNOWN: Known = {
  load: loadSpec,
  from: () => undefined,
  unit: () => undefined,
  keep: () => undefined,
  isProven: () => false,
  keepProof: () => undefined,
  immutable: () => undefined,
};

/** load -> resolve -> check: every problem of the spec, without emitting anything. */
export function checkSpec(input: CompileInput, stages: Stages, known: Known = NOTHING_KNOWN): CompileResult {
  const { report, diagnostics } = collector();
  const spec = known.load(input.files, report, input.unread);
  const model = stages.resolve(spec, report);
  stages.check(model, spec, report, input.today, known.silence);
  return { diagnostics: ordered(diagnostics), model, environments: [] };
}

/**
 * What the pipeline would say about patches of a sound spec: only the units that they touch are emitted, patched and
 * verified, which a spec without patches does not pay for.
 */
export async function checkPatches({ environments }: Model, stages: Stages, today: string): Promise<Diagnostic[]> {
  const { report, diagnostics } = collector();
  const patched = environments.filter(({ patches }) => patches.length > 0);
  const emitters = patched.length === 0 ? [] : await stages.emitters();
  const found = new AcrossEnvironments(environments.map(({ name }) => name));
  for (const environment of patched) {
    const touched = new Set(environment.patches.map(({ fleet }) => fleet));
    const fleets = new Map([...environment.fleets].filter(([, { id }]) => touched.has(id)));
    await compileUnits({
      environment: { ...environment, fleets },
      emitters: emitters.filter(({ scope }) => scope === 'fleet'),
      stages,
      known: NOTHING_KNOWN,
      today,
      report: found.in(environment.name),
    });
  }
  found.say(report);
  return diagnostics;
}

/**
 * The whole pipeline: load -> resolve -> check -> emit -> patch -> verify -> render -> prove. Pure but for the lazy import
 * of the emitters: the same input gives the same bytes. With an error nothing is emitted, with an error while emitting
 * nothing is returned to be written.
 */
export async function compile(
  input: CompileInput,
  stages: Stages,
  known: Known = NOTHING_KNOWN,
): Promise<CompileResult> {
  const checked = checkSpec(input, stages, known);
  // What was not read was said by whoever tried; what would be made without it is nobody's wish.
  if (hasErrors(checked.diagnostics) || (input.unread ?? []).length > 0) return checked;
  const { report, diagnostics } = collector();
  const emitters = await stages.emitters();
  await known.ready?.();
  const environments: CompiledEnvironment[] = [];
  const wanted = checked.model.environments.filter(({ name }) => input.environments?.includes(name) ?? true);
  const of = wanted.reduce((sum, { fleets }) => sum + fleets.size, 0);
  const found = new AcrossEnvironments(wanted.map(({ name }) => name));
  let done = 0;
  for (const environment of wanted) {
    const reportHere = found.in(environment.name);
    const units = await compileUnits({
      environment,
      emitters,
      stages,
      known,
      today: input.today,
      report: reportHere,
      onFleet: () => input.onUnit?.(++done, of),
    });
    proveOnce(environment, units, stages, known, reportHere);
    environments.push({ name: environment.name, units: units.map(({ unit }) => unit) });
  }
  found.say(report);
  const all = ordered([...checked.diagnostics, ...diagnostics]);
  return { diagnostics: all, model: checked.model, environments: hasErrors(all) ? [] : environments };
}

/** Whether something stops the compile. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'error');
}

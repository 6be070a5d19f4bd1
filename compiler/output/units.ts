import type { Known, KnownUnit, RenderedFile, Stages } from '../compile.ts';
import type { Artifact, Manifest } from '../core/artifact.ts';
import type { Emitter, EnvironmentEmitter, FleetEmitter } from '../core/emitter.ts';
import type { EnvironmentModel, FleetModel, PatchModel } from '../core/model.ts';
import type { Place } from '../core/origin.ts';
import type { Report } from '../diagnostics/report.ts';
import { render } from './render.ts';
import { madeBy, unitDigest } from './unit-digest.ts';
import { sha256 } from './unit-index.ts';

export interface UnitsInput {
  readonly environment: EnvironmentModel;
  readonly emitters: readonly Emitter[];
  readonly stages: Stages;
  readonly known: Known;
  readonly today: string;
  readonly report: Report;
  /** Told after each fleet, and awaited. */
  readonly onFleet?: () => void | Promise<void>;
}

interface Emitted {
  readonly emitter: string;
  readonly artifacts: readonly Artifact[];
}

/** One unit: what it depends on, and how to emit it when nobody knows it. */
interface Recipe {
  readonly id: string;
  /** SHA-256 of everything it depends on. */
  readonly from: string;
  readonly shared: boolean;
  /** Where the spec says what stands at a field of its objects. */
  readonly place: (field: string) => Place;
  readonly inputs: readonly string[];
  readonly emit: (report: Report) => Promise<readonly Emitted[]>;
}

/**
 * Emits and renders the units of an environment, each with what is to be proven about it; those that are known by their
 * digest are taken as they are.
 */
export async function compileUnits(input: UnitsInput): Promise<readonly KnownUnit[]> {
  const units: KnownUnit[] = [];
  for (const recipe of recipesOf(input)) {
    const made = input.known.unit(input.environment.name, recipe.id, recipe.from) ?? (await make(recipe, input));
    units.push(made);
    if (!recipe.shared) await input.onFleet?.();
  }
  return units;
}

function recipesOf({ environment, emitters, known }: UnitsInput): Recipe[] {
  const forFleets = emitters.filter((emitter) => emitter.scope === 'fleet').map(loadedOnce);
  const patches = patchesByFleet(environment.patches);
  const by = madeBy(forFleets);
  const recipes: Recipe[] = [];
  for (const fleet of environment.fleets.values()) {
    recipes.push(fleetRecipe(fleet, patches.get(fleet.id) ?? [], forFleets, known.from(environment, fleet, by)));
  }
  // An environment emitter may read anything: its unit depends on the whole. The fleets' digests stand for the fleets.
  const { fleets: _, ...rest } = environment;
  const whole = unitDigest([], [rest, recipes.map(({ id, from }) => [id, from])]);
  for (const emitter of emitters) {
    if (emitter.scope === 'environment') recipes.push(environmentRecipe(environment, emitter, whole));
  }
  return recipes;
}

/** An emitter that is imported once: even when a module is there, asking for it takes as long as a small object. */
function loadedOnce(emitter: FleetEmitter): FleetEmitter {
  let loaded: ReturnType<FleetEmitter['load']> | undefined;
  return { ...emitter, load: () => (loaded ??= emitter.load()) };
}

function fleetRecipe(
  fleet: FleetModel,
  patches: readonly PatchModel[],
  emitters: readonly FleetEmitter[],
  from = unitDigest(emitters, [fleet, patches]),
): Recipe {
  const files = [fleet.at, ...patches.map(({ at }) => at)].map(({ document }) => document.file);
  return {
    id: `teams/${fleet.id}`,
    from,
    shared: false,
    place: (field) => (/memory|volume|storage/i.test(field) ? fleet.from(['memory']) : fleet.at),
    inputs: [...new Set(files)].sort(),
    emit: async (report) => {
      const emitted: Emitted[] = [];
      for (const emitter of emitters) {
        emitted.push({ emitter: emitter.name, artifacts: (await emitter.load())({ fleet, report }) });
      }
      return emitted;
    },
  };
}

function environmentRecipe(environment: EnvironmentModel, emitter: EnvironmentEmitter, whole: string): Recipe {
  return {
    id: emitter.name,
    from: unitDigest([emitter], [whole]),
    shared: true,
    place: () => environment.at,
    inputs: [environment.at.document.file],
    emit: async (report) => [{ emitter: emitter.name, artifacts: (await emitter.load())({ environment, report }) }],
  };
}

function patchesByFleet(patches: readonly PatchModel[]): ReadonlyMap<string, readonly PatchModel[]> {
  const byFleet = new Map<string, PatchModel[]>();
  for (const patch of patches) byFleet.set(patch.fleet, [...(byFleet.get(patch.fleet) ?? []), patch]);
  return byFleet;
}

async function make(recipe: Recipe, { environment, stages, known, today, report }: UnitsInput): Promise<KnownUnit> {
  let problems = 0;
  const counting: Report = (code, at, params, details) => {
    problems++;
    report(code, at, params, details);
  };
  const context = { environment, unit: recipe.id, today, report: counting };
  const emitted = await recipe.emit(counting);
  const unpatched = emitted.flatMap(({ artifacts }) => artifacts.flatMap(manifestsOf));
  const manifests = stages.patch?.(context, unpatched) ?? unpatched;
  if (manifests.length !== unpatched.length) throw new Error(`patching ${recipe.id} changed the number of its objects`);
  const refusals = (await stages.verify?.(context, manifests)) ?? new Map();
  const files = filesOf(emitted, manifests);
  const immutable = stages.immutable?.(manifests) ?? null;
  const before = known.immutable(environment.name, recipe.id);
  const change = { unit: recipe.id, after: immutable, place: recipe.place };
  if (before !== undefined && before !== null) stages.compare?.({ ...change, before }, counting);
  const summary = stages.summarize?.(manifests, context, refusals) ?? null;
  const made: KnownUnit = {
    from: recipe.from,
    unit: {
      id: recipe.id,
      digest: recipe.shared ? sha256(files.map((file) => `${file.sha256} ${file.path}\n`).join('')) : recipe.from,
      inputs: recipe.inputs,
      files,
      objects: manifests.length,
      immutable,
    },
    summary,
    facts: sha256(JSON.stringify(summary)),
  };
  // A unit with a warning is made again each time, so that the warning is said each time, at its present place.
  if (problems === 0) known.keep(environment.name, made);
  return made;
}

function manifestsOf(artifact: Artifact): readonly Manifest[] {
  return artifact.kind === 'manifests' ? artifact.manifests : [];
}

/** Renders every artifact, with its share of the manifests as they are after patching. */
function filesOf(emitted: readonly Emitted[], manifests: readonly Manifest[]): RenderedFile[] {
  let next = 0;
  return emitted.flatMap(({ emitter, artifacts }) =>
    artifacts.map((artifact) => {
      if (artifact.kind !== 'manifests') return fileOf(emitter, artifact);
      const patched = manifests.slice(next, (next += artifact.manifests.length));
      return fileOf(emitter, { ...artifact, manifests: patched });
    }),
  );
}

function fileOf(emitter: string, artifact: Artifact): RenderedFile {
  const text = render(artifact);
  return { path: artifact.path, text, sha256: sha256(text), emitter };
}

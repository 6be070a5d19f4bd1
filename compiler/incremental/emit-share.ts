import type { Json, SourceFile } from '../../spec/contract/source.ts';
import { NOTHING_KNOWN } from '../compile.ts';
import type { KnownUnit, Stages } from '../compile.ts';
import { collector } from '../diagnostics/report.ts';
import { loadSpec } from '../load/load.ts';
import { compileUnits } from '../output/units.ts';

/** A part of the fleets' units: of every environment, each `of`th fleet beginning with number `share`. */
export interface ShareInput {
  readonly files: readonly SourceFile[];
  readonly today: string;
  readonly environments: readonly string[] | undefined;
  readonly share: number;
  readonly of: number;
  /** What the previous tree says about what cannot be changed. */
  readonly immutable: (environment: string, unit: string) => Json | undefined;
}

/** A unit and the environment it belongs to. */
export interface EmittedUnit {
  readonly environment: string;
  readonly known: KnownUnit;
}

/**
 * Emits a share of the fleets. Nothing is reported: a unit with a problem is left out, and whoever asked for the share makes
 * it again and reports. Each unit carries the digest of what it was made from, so that it is used for nothing else.
 */
export async function emitShare(input: ShareInput, stages: Stages): Promise<readonly EmittedUnit[]> {
  const { report } = collector();
  const spec = loadSpec(input.files, report);
  const model = stages.resolve(spec, report);
  const emitters = (await stages.emitters()).filter(({ scope }) => scope === 'fleet');
  const units: EmittedUnit[] = [];
  for (const environment of model.environments) {
    if (input.environments?.includes(environment.name) === false) continue;
    const fleets = new Map([...environment.fleets].filter((_, index) => index % input.of === input.share));
    const known = {
      ...NOTHING_KNOWN,
      keep: (name: string, unit: KnownUnit) => units.push({ environment: name, known: unit }),
      immutable: input.immutable,
    };
    await compileUnits({
      environment: { ...environment, fleets },
      emitters,
      stages,
      known,
      today: input.today,
      report,
    });
  }
  return units;
}

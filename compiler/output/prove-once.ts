import type { Known, KnownUnit, Stages } from '../compile.ts';
import type { EnvironmentModel } from '../core/model.ts';
import type { Report } from '../diagnostics/report.ts';
import { unitDigest } from './unit-digest.ts';

/**
 * Proves the units of an environment as one graph, unless the same was proven before without a word: from the same premises
 * and the same summaries nothing else can follow. A proof that found something is made again each time, so that it is said
 * each time, at its present place.
 */
export function proveOnce(
  environment: EnvironmentModel,
  units: readonly KnownUnit[],
  { prove, premises }: Stages,
  known: Known,
  report: Report,
): void {
  if (prove === undefined) return;
  const from = premises && unitDigest([], [premises(environment), units.map(({ unit, facts }) => [unit.id, facts])]);
  if (from !== undefined && known.isProven(environment.name, from)) return;
  let problems = 0;
  const summaries = new Map(units.map(({ unit, summary }) => [unit.id, summary]));
  prove(environment, summaries, (...problem) => {
    problems++;
    report(...problem);
  });
  if (from !== undefined && problems === 0) known.keepProof(environment.name, from);
}

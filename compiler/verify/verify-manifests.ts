import { nameOf } from '../closure/facts.ts';
import { reportProblem } from '../closure/prove.ts';
import type { Refusals } from '../closure/refused.ts';
import type { UnitContext } from '../compile.ts';
import type { Manifest } from '../core/artifact.ts';
import type { EnvironmentModel } from '../core/model.ts';
import type { Place } from '../core/origin.ts';
import { manifestSchemas } from './schema/schemas.ts';
import { verifyObject } from './verify-object.ts';
import { minorOf } from './versions.ts';

/**
 * What the environment's cluster would refuse, or drop without a word, about the manifests of a unit, at the places of the
 * spec that decided it. Tells of those that it would not take which fields are wrong.
 */
export function verifyManifests(
  { environment, report }: Pick<UnitContext, 'environment' | 'report'>,
  manifests: readonly Manifest[],
): Refusals {
  const pool = manifestSchemas();
  const minor = minorOf(environment.facts.kubernetes);
  const refusals = new Map<Manifest['value'], readonly string[]>();
  for (const manifest of manifests) {
    const problems = verifyObject(manifest.value, minor, pool);
    if (problems.length > 0)
      refusals.set(
        manifest.value,
        problems.map(({ field }) => field),
      );
    for (const problem of problems) {
      const place = placeOf(manifest, problem.field, environment);
      reportProblem({ ...problem, object: nameOf(manifest.value), place: [] }, place, report);
    }
  }
  return refusals;
}

/** Where the spec says what stands at a field, or at the nearest part around it. */
function placeOf({ origins }: Manifest, field: string, environment: EnvironmentModel): Place {
  for (let pointer = field; pointer !== ''; pointer = pointer.slice(0, pointer.lastIndexOf('/'))) {
    const origin = origins.get(pointer);
    if (origin !== undefined) return origin;
  }
  return origins.get('') ?? environment.at;
}

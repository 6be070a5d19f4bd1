import type { Silence } from '../compile.ts';
import type { EnvironmentModel, Model } from '../core/model.ts';
import type { Code } from '../diagnostics/catalog.ts';
import type { Report } from '../diagnostics/report.ts';
import type { Kind, LoadedSpec } from '../load/document.ts';
import { askedFleets } from './asked-fleets.ts';
import { withFleetsTogether, withoutConsequences } from './consequences.ts';
import type { Problem } from './consequences.ts';
import { rules } from './rules.ts';

/**
 * Problems that say that something is missing, and the kinds of documents whose loss makes them: while one of these could
 * not be read or linked, the missing thing may be in it, and its own problem comes first.
 */
const ABSENCE: Readonly<Partial<Record<Code, readonly Kind[]>>> = {
  NT2056: ['Fleet'],
  // Where a route is missing others have its tasks, or none, and their sums say nothing.
  NT2501: ['Route'],
  NT2502: ['Route'],
  NT2503: ['Route'],
  NT2504: ['Route'],
  NT2505: ['Fleet'],
  NT5001: ['Route'],
  NT5002: ['Fleet'],
  NT5008: ['Route', 'Fleet'],
  NT5009: ['Fleet'],
  NT5032: ['Route'],
  NT5060: ['Route', 'Fleet'],
  NT5070: ['Route', 'Fleet'],
};

/**
 * Runs every rule over the whole graph. All problems are reported, but for those that only follow from others,
 * or from an unreadable document.
 * Rules of one fleet are not asked about a fleet that is known to be silent.
 */
export function check(model: Model, spec: LoadedSpec, report: Report, today: string, silence?: Silence): void {
  const lost = lostKinds(model, spec);
  const problems: Problem[] = [];
  const careful: Report = (...problem) => {
    if (ABSENCE[problem[0]]?.some((kind) => lost.has(kind)) !== true) problems.push(problem);
  };
  const { asked, keep } = askedFleets(model, silence);
  for (const rule of Object.values(rules)) rule({ model, spec, today, asked }, careful);
  for (const problem of withFleetsTogether(withoutConsequences(problems))) report(...problem);
  keep();
}

/** Kinds of which a document did not reach the model of every environment as a whole; why was reported. */
function lostKinds(model: Model, spec: LoadedSpec): ReadonlySet<string> {
  const lost = new Set([...spec.broken].map((document) => document.slice(0, document.indexOf(':'))));
  for (const kind of ['Fleet', 'Route'] as const) {
    const written = spec.documents.filter((document) => document.kind === kind).length;
    const size = (environment: EnvironmentModel) =>
      kind === 'Fleet' ? environment.fleets.size : environment.routes.length;
    if (model.environments.some((environment) => size(environment) < written)) lost.add(kind);
  }
  if (model.environments.some(({ routes }) => routes.some(({ incomplete }) => incomplete))) lost.add('Route');
  return lost;
}

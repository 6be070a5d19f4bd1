import type { EnvironmentModel, Model } from '../core/model.ts';
import type { Locatable, Place } from '../core/origin.ts';
import type { Code, Params } from '../diagnostics/catalog.ts';
import type { Details, Report } from '../diagnostics/report.ts';
import { sure } from '../../spec/contract/sure.ts';

/** A rule that looks at one environment. */
export type EnvironmentCheck = (environment: EnvironmentModel, report: Report) => void;

interface Finding {
  readonly code: Code;
  readonly at: Place;
  readonly params: Params<Code>;
  readonly details: Details | undefined;
  readonly environments: string[];
}

/**
 * Runs a rule in every environment and reports the same problem at the same place once, in the order in which it was
 * first found. A note names the environments unless it is in all of them. What differs by overlay stays apart.
 */
export function eachEnvironment(model: Model, report: Report, check: EnvironmentCheck): void {
  const findings = new Map<string, Finding>();
  const documents = new Map<Locatable, number>();
  for (const environment of model.environments) {
    const collect: Report = (code, at, params, details) => {
      const key = `${code} ${placeKey(at, documents)} ${JSON.stringify(params)}`;
      const known = findings.get(key);
      if (known === undefined) findings.set(key, { code, at, params, details, environments: [environment.name] });
      else if (!known.environments.includes(environment.name)) known.environments.push(environment.name);
    };
    check(environment, collect);
  }
  for (const finding of findings.values()) report(finding.code, finding.at, finding.params, detailsOf(finding, model));
}

function placeKey(place: Place, documents: Map<Locatable, number>): string {
  if (!('document' in place)) return `${place.file}:${place.start}:${place.end}`;
  let id = documents.get(place.document);
  if (id === undefined) documents.set(place.document, (id = documents.size));
  return `${id} ${place.part ?? ''} ${JSON.stringify(place.path)}`;
}

function detailsOf(finding: Finding, model: Model): Details {
  const details = finding.details ?? {};
  if (finding.environments.length === model.environments.length) return details;
  return { ...details, notes: [...(details.notes ?? []), `in ${names(finding.environments)} only`] };
}

function names(environments: readonly string[]): string {
  const quoted = environments.map((name) => `\`${name}\``);
  return quoted.length === 1
    ? quoted.join('')
    : `${quoted.slice(0, -1).join(', ')} and ${sure(quoted.at(-1), 'the last environment')}`;
}

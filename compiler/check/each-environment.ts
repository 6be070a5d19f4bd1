import type { EnvironmentModel, Model } from '../core/model.ts';
import type { Report } from '../diagnostics/report.ts';
import { AcrossEnvironments } from './across-environments.ts';

/** A rule that looks at one environment. */
export type EnvironmentCheck = (environment: EnvironmentModel, report: Report) => void;

/** Runs a rule in every environment, and says what it finds there once. What differs by overlay stays apart. */
export function eachEnvironment(model: Model, report: Report, check: EnvironmentCheck): void {
  const found = new AcrossEnvironments(model.environments.map(({ name }) => name));
  for (const environment of model.environments) check(environment, found.in(environment.name));
  found.say(report);
}

import type { EnvironmentModel, Model } from '../../core/model.ts';
import { collector } from '../../diagnostics/report.ts';
import type { Report } from '../../diagnostics/report.ts';
import { eachEnvironment } from '../each-environment.ts';
import type { EnvironmentCheck } from '../each-environment.ts';
import { model } from './model.ts';

/** A problem as tests compare it. */
export interface Problem {
  readonly at: string;
  readonly problem: string;
  readonly label?: string;
  readonly notes?: readonly string[];
  readonly related?: readonly string[];
}

/** What a rule says about a model. */
export function problems(rule: (model: Model, report: Report) => void, model: Model): Problem[] {
  const { report, diagnostics } = collector();
  rule(model, report);
  return diagnostics.map(({ code, severity, message, at, label, notes, related }) => ({
    at: at.end === 0 ? at.file : `${at.file}[${at.start},${at.end}]`,
    problem: `${severity} ${code}: ${message}`,
    ...(label === undefined ? {} : { label }),
    ...(notes.length === 0 ? {} : { notes }),
    ...(related.length === 0 ? {} : { related: related.map((each) => `${each.at.file}: ${each.message}`) }),
  }));
}

/** What a rule says about one environment. */
export function problemsOf(check: EnvironmentCheck, environment: EnvironmentModel): Problem[] {
  return problems((whole, report) => eachEnvironment(whole, report, check), model(environment));
}

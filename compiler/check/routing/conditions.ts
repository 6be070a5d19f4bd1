import type { JsonObject } from '../../../spec/contract/source.ts';
import type { EnvironmentModel } from '../../core/model.ts';
import type { Origin } from '../../core/origin.ts';
import type { Report } from '../../diagnostics/report.ts';
import { conditionProblems, suggestion, targetSchemas } from './condition-problems.ts';
import type { Condition } from './condition-problems.ts';

/** Conditions fit the input schemas of the fleets that the tasks go to. */
export function conditions(environment: EnvironmentModel, report: Report): void {
  for (const route of environment.routes) {
    const { where } = route.match;
    const schemas = targetSchemas(environment, route);
    if (where !== undefined) check(where, where.at, schemas, report);
    for (const rule of route.priority.when) check(rule, rule.at, schemas, report);
  }
}

function check(condition: Condition, at: Origin, schemas: readonly JsonObject[], report: Report): void {
  for (const problem of conditionProblems(condition, schemas)) {
    const { message, offset, length } = problem;
    const meant = suggestion(problem);
    const details = meant === undefined ? {} : { label: `did you mean \`${meant}\`?` };
    report('NT5011', { ...at, inside: { offset, length } }, { problem: message }, details);
  }
}

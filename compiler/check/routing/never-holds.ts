import { matches } from '../../../spec/contract/match-rules.ts';
import type { EnvironmentModel, RouteModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';
import { samples } from '../representatives/samples.ts';
import { conditionProblems, targetSchemas } from './condition-problems.ts';
import { askMatch, inputSchemas, prepared } from './prepared.ts';

/** A condition holds for some task. */
export function neverHolds(environment: EnvironmentModel, report: Report): void {
  for (const route of environment.routes) {
    const { where } = route.match;
    if (where === undefined || !isDead(environment, route)) continue;
    // What makes it impossible is then told at its own place.
    if (conditionProblems(where, targetSchemas(environment, route)).length === 0)
      report('NT5022', where.at, { route: route.id });
  }
}

const known = new WeakMap<EnvironmentModel, Map<RouteModel, boolean>>();

/** Whether it is proven that a route with a condition takes no task at all. */
export function isDead(environment: EnvironmentModel, route: RouteModel): boolean {
  let answers = known.get(environment);
  if (answers === undefined) known.set(environment, (answers = new Map()));
  let answer = answers.get(route);
  if (answer === undefined)
    answers.set(route, (answer = route.match.where !== undefined && isUnmatched(environment, route)));
  return answer;
}

function isUnmatched(environment: EnvironmentModel, route: RouteModel): boolean {
  const questions = new Map();
  askMatch(questions, route);
  return route.match.tasks.every((task) => {
    const { list, complete } = samples(task, questions, inputSchemas(environment, task));
    return complete && !list.some((sample) => matches(prepared(route), sample.task));
  });
}

import { evaluate } from '../../../spec/contract/expression-evaluate.ts';
import { matches } from '../../../spec/contract/match-rules.ts';
import type { EnvironmentModel, RouteModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';
import { ask } from '../representatives/atoms.ts';
import { samples } from '../representatives/samples.ts';
import { conditionProblems, targetSchemas } from './condition-problems.ts';
import { isDead } from './never-holds.ts';
import { askMatch, inputSchemas, prepared } from './prepared.ts';

/** Each priority condition decides for some task of its route. */
export function priority(environment: EnvironmentModel, report: Report): void {
  for (const route of environment.routes) {
    if (route.priority.when.length === 0 || isDead(environment, route)) continue;
    const deciding = decides(environment, route);
    if (deciding === undefined) continue;
    const schemas = targetSchemas(environment, route);
    for (const [index, { at, then, text, expression }] of route.priority.when.entries()) {
      if (!deciding.has(index) && conditionProblems({ text, expression }, schemas).length === 0)
        report('NT5023', at, { route: route.id, priority: then });
    }
  }
}

/** The conditions that come first for some task; nothing when that is not known for all tasks. */
function decides(environment: EnvironmentModel, route: RouteModel): ReadonlySet<number> | undefined {
  const questions = new Map();
  askMatch(questions, route);
  for (const { expression } of route.priority.when) ask(questions, expression);
  const deciding = new Set<number>();
  for (const task of route.match.tasks) {
    const { list, complete } = samples(task, questions, inputSchemas(environment, task));
    if (!complete) return undefined;
    for (const sample of list) {
      if (matches(prepared(route), sample.task))
        deciding.add(route.priority.when.findIndex((each) => evaluate(each.expression, sample.task)));
    }
  }
  return deciding;
}

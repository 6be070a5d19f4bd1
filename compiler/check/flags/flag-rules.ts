import { parseExpression } from '../../../spec/contract/expression-parser.ts';
import { printExpression } from '../../../spec/contract/expression-print.ts';
import type { ParsedExpression } from '../../../spec/contract/expression.ts';
import type { JsonObject } from '../../../spec/contract/source.ts';
import { sure } from '../../../spec/contract/sure.ts';
import { parseKeyPath } from '../../../spec/contract/template.ts';
import { decidingRule, unaskable } from '../../core/flags.ts';
import type { ConditionModel, FleetModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';
import { ask } from '../representatives/atoms.ts';
import type { QuestionMap } from '../representatives/atoms.ts';
import { samples } from '../representatives/samples.ts';
import { conditionProblems, pathProblem, suggestion } from '../routing/condition-problems.ts';
import { flagsIn } from './flags-of.ts';
import type { PlacedFlag } from './flags-of.ts';

/** Rules of a flag ask what flagd can ask and what the fleet's tasks can be, and each of them decides for some task. */
export function flagRules(fleet: FleetModel, report: Report): void {
  for (const placed of flagsIn(fleet)) {
    const schemas = inputsOf(placed.fleet);
    let sound = true;
    for (const { where, by, split, index } of placed.flag.rules) {
      if (where !== undefined && !checkCondition(where, schemas, report)) sound = false;
      if (split.length > 1) checkKey(placed, by, index, schemas, report);
    }
    // Of a condition that means nothing it is not said again that it never holds.
    if (sound) checkReached(placed, report);
  }
}

/** The inputs of a fleet's tasks; nothing when one may be anything. */
function inputsOf({ accepts }: FleetModel): readonly JsonObject[] {
  const schemas = [...accepts.values()].map(({ input }) => input?.schema);
  return schemas.includes(undefined) ? [] : [...new Set(schemas as JsonObject[])];
}

function checkCondition(where: ConditionModel, schemas: readonly JsonObject[], report: Report): boolean {
  if (unaskable(where.expression) !== undefined) {
    // It was parsed before, but without the places.
    const { expression, places } = parseExpression(where.text) as ParsedExpression;
    const { part, reason } = sure(unaskable(expression), 'the same answer for the same text');
    const inside = sure(places.get(part), 'the place of a part');
    report('NT2603', { ...where.at, inside }, { part: printExpression(part), reason });
    return false;
  }
  const problems = conditionProblems(where, schemas);
  for (const problem of problems) {
    const meant = suggestion(problem);
    const details = meant === undefined ? {} : { label: `did you mean \`${meant}\`?` };
    const { offset, length } = problem;
    report('NT5011', { ...where.at, inside: { offset, length } }, { problem: problem.message }, details);
  }
  return problems.length === 0;
}

function checkKey(
  { fleet, from }: PlacedFlag,
  by: string,
  index: number,
  schemas: readonly JsonObject[],
  report: Report,
): void {
  const path = parseKeyPath(by) ?? [];
  const problem = path[0] === 'input' ? pathProblem(path, schemas) : undefined;
  if (problem === undefined) return;
  const meant = suggestion(problem);
  const right = path.map((name) => (name === problem.word ? meant : name)).join('.');
  const tasks = [...fleet.accepts.keys()].map((task) => `\`${task}\``).join(' or ');
  const details = meant === undefined ? {} : { label: `did you mean \`${right}\`?` };
  report('NT5012', from(['rules', index, 'by']), { key: by, tasks }, details);
}

/** Tries a task for each combination of answers; where that is all of them, a rule that decided for none never does. */
function checkReached({ name, flag, fleet, from }: PlacedFlag, report: Report): void {
  const questions: QuestionMap = new Map();
  for (const { where } of flag.rules) if (where !== undefined) ask(questions, where.expression);
  const reached = new Set<number | undefined>();
  for (const [task, { input }] of fleet.accepts) {
    const { list, complete } = samples(task, questions, [input?.schema]);
    if (!complete) return;
    for (const sample of list) reached.add(decidingRule(flag, sample.task)?.index);
  }
  for (const { index, where } of flag.rules) {
    if (!reached.has(index)) report('NT2604', where?.at ?? from(['rules', index]), { flag: name, rule: index + 1 });
  }
}

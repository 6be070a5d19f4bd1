import { tryRules } from '../../../spec/contract/match-rules.ts';
import type { RuleTrial } from '../../../spec/contract/match-rules.ts';
import { route as decide } from '../../../spec/contract/match.ts';
import type { CompiledTable, Decision } from '../../../spec/contract/match.ts';
import { sure } from '../../../spec/contract/sure.ts';
import type { EnvironmentModel, RouteModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';
import { inputFaults } from './input-faults.ts';
import { compiledTable, prepared } from './prepared.ts';

type Case = RouteModel['expect'][number];

/** The cases that authors wrote hold in the routing table, with the matcher of the scheduler. */
export function expectCases(environment: EnvironmentModel, report: Report): void {
  const routes = environment.routes.filter((route) => route.expect.length > 0);
  if (routes.length === 0) return;
  const table = compiledTable(environment);
  if (table === undefined) return;
  for (const route of routes) {
    for (const [index, each] of route.expect.entries()) {
      check(table, route, each, environment, report);
      checkInput(table, route, index, environment, report);
    }
  }
}

function check(
  table: CompiledTable,
  route: RouteModel,
  each: Case,
  environment: EnvironmentModel,
  report: Report,
): void {
  const decision = decide(table, each.task);
  const taker = decision.route?.id;
  if (each.goesTo === undefined) {
    if (taker === route.id)
      report('NT5060', each.at, { route: route.id, what: 'it takes the task' }, { notes: [chosen(decision)] });
  } else if (taker !== route.id) reportElsewhere(route, each, decision, environment, report);
  else reportTargets(route, each, each.goesTo, decision, report);
}

/** An input that the scheduler would refuse proves nothing about the tasks that it takes. One that is not said is not meant. */
function checkInput(
  table: CompiledTable,
  route: RouteModel,
  index: number,
  environment: EnvironmentModel,
  report: Report,
): void {
  const { task } = sure(route.expect[index], 'a case of the route');
  const { route: taker, candidates } = decide(table, task);
  if (task.input === undefined || taker?.id !== route.id) return;
  const fleets = candidates.map(({ fleet }) => fleet);
  for (const { fleet, schema, path, reasons } of inputFaults(environment, fleets, task.task, task.input)) {
    const related = [{ message: `\`${fleet}\` accepts \`${schema.file}\``, at: schema.at }];
    const at = route.from(['expect', index, 'task', 'input', ...path]);
    report('NT5061', at, { route: route.id, fleet }, { notes: reasons, related });
  }
}

/** Another route took it, or none: say which rule of this one failed, or who came first. */
function reportElsewhere(
  route: RouteModel,
  each: Case,
  decision: Decision,
  environment: EnvironmentModel,
  report: Report,
): void {
  const refusals = failed(tryRules(prepared(route), each.task));
  const taker = environment.routes.find((one) => one.id === decision.route?.id);
  const what = taker === undefined ? 'no route takes the task' : `route \`${taker.id}\` takes the task`;
  const reasons =
    refusals.length > 0 ? refusals : [`\`${String(decision.route?.id)}\` is tried before \`${route.id}\``];
  report(
    'NT5060',
    each.at,
    { route: route.id, what },
    {
      notes: [...reasons, ...(taker === undefined ? [] : [chosen(decision)])],
      related: taker === undefined ? [] : [{ message: `\`${taker.id}\` is here`, at: taker.from(['match'], 'key') }],
    },
  );
}

/** The rules of a route that a task fails, in words. */
export function failed(rules: readonly RuleTrial[]): string[] {
  return rules.flatMap((rule) => {
    if (rule.holds) return [];
    if (rule.rule === 'task')
      return [`its task type is \`${rule.got}\`, not ${rule.wanted.map((task) => `\`${task}\``).join(' or ')}`];
    if (rule.rule === 'where') return [`\`${rule.wanted}\` does not hold`];
    const got = rule.got === undefined ? 'is missing' : `is \`${rule.got}\``;
    return [`its label \`${rule.name}\` ${got}, not \`${rule.wanted}\``];
  });
}

function reportTargets(
  route: RouteModel,
  each: Case,
  goesTo: readonly string[],
  decision: Decision,
  report: Report,
): void {
  const actual = new Set(decision.candidates.map((target) => target.fleet));
  const missing = goesTo.filter((fleet) => !actual.has(fleet));
  const extra = [...actual].filter((fleet) => !goesTo.includes(fleet));
  if (missing.length === 0 && extra.length === 0) return;
  const what =
    missing.length > 0 ? `${quoted(missing)} cannot get the task` : `${quoted(extra)} may get the task as well`;
  const reasons = decision.excluded
    .filter((one) => missing.includes(one.fleet))
    .map((one) => `\`${one.fleet}\`: ${why(one)}`);
  const unknown = missing.filter((fleet) => !route.to.some((target) => target.fleet === fleet));
  report(
    'NT5060',
    each.at,
    { route: route.id, what },
    {
      notes: [
        ...reasons,
        ...unknown.map((fleet) => `\`${fleet}\` is no target of the route`),
        ...(actual.size > 0 ? [chosen(decision)] : []),
      ],
    },
  );
}

function why(excluded: Decision['excluded'][number]): string {
  const { reason, skill } = excluded;
  if (skill === undefined) return REASONS[reason];
  const name = skill.skill ?? skill.template;
  return skill.got === undefined
    ? `it has no \`${name}\``
    : `it has \`${name}\` level ${skill.got}, ${skill.wanted} is required`;
}

const REASONS: Readonly<Record<Decision['excluded'][number]['reason'], string>> = {
  'unknown-fleet': 'it does not exist in this environment',
  'no-weight': 'its weight is 0',
  unavailable: 'it is not available',
  'task-not-accepted': 'it does not accept the task',
  'skill-missing': 'it lacks a skill',
};

function chosen({ candidates }: Decision): string {
  return candidates.length === 0
    ? 'no fleet of it can do the task'
    : `the task may go to ${quoted(candidates.map((target) => target.fleet))}`;
}

function quoted(fleets: readonly string[]): string {
  return fleets.map((fleet) => `\`${fleet}\``).join(', ');
}

import { lookUp } from '../../../spec/contract/expression-evaluate.ts';
import { matches } from '../../../spec/contract/match-rules.ts';
import { isTemplate as isValid, parseTemplate, pathsOf, render } from '../../../spec/contract/template.ts';
import type { Template } from '../../../spec/contract/template.ts';
import type { EnvironmentModel, FleetModel, RouteModel, SkillRequirement } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';
import { touch } from '../representatives/atoms.ts';
import { samples } from '../representatives/samples.ts';
import type { Sample } from '../representatives/samples.ts';
import { distance, isTemplate, lacks, weighted } from './capability.ts';
import type { Need } from './capability.ts';
import { nearestFleet } from './capable-fleet.ts';
import { askMatch, inputSchemas, prepared } from './prepared.ts';
import { sure } from '../../../spec/contract/sure.ts';

/** Most values that a message lists. */
const SHOWN_MAX = 3;

interface Required {
  readonly requirement: SkillRequirement;
  readonly template: Template;
  readonly paths: readonly string[];
}

/** Whatever the task says, some target of the route has the skills that depend on it. */
export function dynamicSkills(environment: EnvironmentModel, report: Report): void {
  for (const route of environment.routes) {
    if (!route.require.some(({ template }) => isTemplate(template))) continue;
    const required = route.require.flatMap(readRequirement);
    for (const task of route.match.tasks) checkTask(environment, route, task, required, report);
  }
}

/** A template that does not parse is somebody else's problem to report. */
function readRequirement(requirement: SkillRequirement): Required[] {
  const template = parseTemplate(requirement.template);
  return isValid(template) ? [{ requirement, template, paths: pathsOf(template) }] : [];
}

function checkTask(
  environment: EnvironmentModel,
  route: RouteModel,
  task: string,
  required: readonly Required[],
  report: Report,
): void {
  const fleets = weighted(environment, route).flatMap(({ fleet }) => (fleet.accepts.has(task) ? [fleet] : []));
  // What a schema that could not be read would allow nobody knows.
  if (fleets.length === 0 || fleets.some(({ accepts }) => accepts.get(task)?.incomplete === true)) return;
  const questions = new Map();
  askMatch(questions, route);
  const paths = [...new Set(required.flatMap((each) => each.paths))];
  for (const path of paths) touch(questions, path.split('.'));
  const taken = samples(task, questions, inputSchemas(environment, task)).list.filter((sample) =>
    matches(prepared(route), sample.task),
  );
  const known = taken.filter((sample) => !paths.some((path) => sample.made.has(path)));
  reportUnproven(route, required, taken, report);
  reportMissing(route, required, paths, known, fleets, report);
}

/** Values that nobody lists, and fields that may be absent. */
function reportUnproven(
  route: RouteModel,
  required: readonly Required[],
  taken: readonly Sample[],
  report: Report,
): void {
  for (const { requirement, paths } of required) {
    for (const path of paths) {
      const open = taken.filter((sample) => sample.made.has(path));
      const [first] = open;
      if (first === undefined) continue;
      const missing = open.every((sample) => lookUp(path.split('.'), sample.task) === undefined);
      const why = missing ? `\`${path}\` may be missing` : `\`${path}\` may be anything`;
      report('NT5007', requirement.at, { route: route.id, template: requirement.template, why });
    }
  }
}

function reportMissing(
  route: RouteModel,
  required: readonly Required[],
  paths: readonly string[],
  known: readonly Sample[],
  fleets: readonly FleetModel[],
  report: Report,
): void {
  const failing = new Map<string, readonly Need[]>();
  for (const sample of known) {
    const needs = needsOf(required, sample);
    if (!fleets.some((fleet) => distance(fleet, needs) === 0)) failing.set(inWords(paths, sample), needs);
  }
  const [first] = failing;
  if (first === undefined || isHopeless(required, fleets)) return;
  const [values, needs] = first;
  const others = [...failing.keys()].slice(1, SHOWN_MAX);
  const closest = nearestFleet(fleets, needs);
  const { requirement } = sure(
    required.find((each) => each.paths.length > 0),
    'a skill that depends on the task',
  );
  report(
    'NT5006',
    requirement.at,
    { route: route.id, values },
    {
      label: `nearest is \`${closest.id}\`: ${lacks(closest, needs).join('; ')}`,
      notes:
        others.length === 0
          ? []
          : [
              `nor when ${others.join(', nor when ')}${failing.size > SHOWN_MAX ? `, and ${failing.size - SHOWN_MAX} more` : ''}`,
            ],
      related: [{ message: `the skills of \`${closest.id}\``, at: closest.from(['skills'], 'key') }],
    },
  );
}

/** No fleet has even the skills that do not depend on the task: that is reported as such, and this would follow from it. */
function isHopeless(required: readonly Required[], fleets: readonly FleetModel[]): boolean {
  const fixed = required
    .filter((each) => each.paths.length === 0)
    .map((each): Need => [each.requirement.template, each.requirement.level]);
  return !fleets.some((fleet) => distance(fleet, fixed) === 0);
}

function needsOf(required: readonly Required[], sample: Sample): Need[] {
  return required.map(({ requirement, template }) => [
    render(template, sample.task) ?? requirement.template,
    requirement.level,
  ]);
}

function inWords(paths: readonly string[], sample: Sample): string {
  return paths.map((path) => `\`${path}\` is ${JSON.stringify(lookUp(path.split('.'), sample.task))}`).join(' and ');
}

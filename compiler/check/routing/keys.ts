import { isTemplate, parseKeyPath, parseTemplate, pathsOf } from '../../../spec/contract/template.ts';
import type { JsonObject } from '../../../spec/contract/source.ts';
import type { EnvironmentModel, RouteModel } from '../../core/model.ts';
import type { Origin } from '../../core/origin.ts';
import { nearest } from '../../diagnostics/nearest.ts';
import type { Report } from '../../diagnostics/report.ts';
import { fieldSchema } from '../representatives/field-schema.ts';
import { pathProblem, suggestion, targetSchemas } from './condition-problems.ts';
import { sure } from '../../../spec/contract/sure.ts';

/** Keys and templates are well formed and name fields that the inputs have. */
export function keys(environment: EnvironmentModel, report: Report): void {
  for (const route of environment.routes) {
    const schemas = targetSchemas(environment, route);
    const path = (text: string | undefined, ...place: readonly string[]) => {
      if (text !== undefined) checkPath(route, parseKeyPath(text) ?? [], route.from(place), schemas, report);
    };
    path(route.affinity?.key, 'affinity', 'key');
    path(route.fairness?.key, 'fairness', 'key');
    path(route.limits.perKey?.key, 'limits', 'perKey', 'key');
    for (const { template, at } of requirements(route)) checkTemplate(route, template, at, schemas, report);
    checkDedupe(route, schemas, report);
    checkWeights(route, schemas, report);
  }
}

function requirements(route: RouteModel): RouteModel['require'] {
  return [...route.require, ...route.fallback.flatMap((step) => step.require ?? [])];
}

function checkPath(
  route: RouteModel,
  path: readonly string[],
  at: Origin,
  schemas: readonly JsonObject[],
  report: Report,
): void {
  const problem = path[0] === 'input' ? pathProblem(path, schemas) : undefined;
  if (problem === undefined) return;
  const meant = suggestion(problem);
  const tasks = route.match.tasks.map((task) => `\`${task}\``).join(' or ');
  const right = path.map((name) => (name === problem.word ? meant : name)).join('.');
  const details = meant === undefined ? {} : { label: `did you mean \`${right}\`?` };
  report('NT5012', at, { key: path.join('.'), tasks }, details);
}

/** Its parts exist. Whether it has any is returned. */
function checkTemplate(
  route: RouteModel,
  text: string,
  at: Origin,
  schemas: readonly JsonObject[],
  report: Report,
): boolean {
  const template = parseTemplate(text);
  if (!isTemplate(template)) {
    const { message, offset, length } = template;
    report('NT5013', { ...at, inside: { offset, length } }, { route: route.id, problem: message });
    return true;
  }
  const paths = pathsOf(template);
  for (const path of paths) {
    const inside = { offset: text.indexOf(`{${path}}`) + 1, length: path.length };
    checkPath(route, path.split('.'), { ...at, inside }, schemas, report);
  }
  return paths.length > 0;
}

function checkDedupe(route: RouteModel, schemas: readonly JsonObject[], report: Report): void {
  if (route.dedupe === undefined) return;
  const at = route.from(['dedupe', 'key']);
  if (!checkTemplate(route, route.dedupe.key, at, schemas, report)) report('NT5014', at, { route: route.id });
}

/** A weight for a value that the schema rules out. */
function checkWeights(route: RouteModel, schemas: readonly JsonObject[], report: Report): void {
  const { key, weights } = route.fairness ?? { key: '', weights: {} };
  const path = parseKeyPath(key);
  if (path?.[0] !== 'input' || schemas.length === 0) return;
  const allowed = schemas.map((schema) => fieldSchema(schema, path.slice(1)).values);
  if (allowed.includes(undefined)) return;
  const values = new Set(allowed.flatMap((each) => sure(each, 'the values of the key')).map(String));
  for (const value of Object.keys(weights)) {
    if (values.has(value)) continue;
    const meant = nearest(value, values);
    const details = meant === undefined ? {} : { label: `did you mean \`${meant}\`?` };
    report('NT5015', route.from(['fairness', 'weights', value], 'key'), { key, value }, details);
  }
}

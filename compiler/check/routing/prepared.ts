import { compileTable } from '../../../spec/contract/match.ts';
import type { CompiledTable } from '../../../spec/contract/match.ts';
import { isTemplate, parseTemplate } from '../../../spec/contract/template.ts';
import type { TableRoute } from '../../../spec/contract/routing-table.ts';
import type { JsonObject } from '../../../spec/contract/source.ts';
import type { EnvironmentModel, RouteModel } from '../../core/model.ts';
import { draftTable, tableRoute } from '../../core/routing-table.ts';
import { ask, touch } from '../representatives/atoms.ts';
import type { QuestionMap } from '../representatives/atoms.ts';
import { byTask } from './by-task.ts';

const tables = new WeakMap<RouteModel, TableRoute>();

/** The route as the matcher of the scheduler takes it. */
export function prepared(route: RouteModel): TableRoute {
  let table = tables.get(route);
  if (table === undefined) tables.set(route, (table = tableRoute(route)));
  return table;
}

/** Adds what the route asks of a task before it takes it. */
export function askMatch(questions: QuestionMap, route: RouteModel): void {
  for (const [name, value] of Object.entries(route.match.labels)) touch(questions, ['labels', name]).equals.add(value);
  if (route.match.where !== undefined) ask(questions, route.match.where.expression);
}

/** Whether the route takes every task of its types. */
export function takesAll(route: RouteModel): boolean {
  return route.match.where === undefined && Object.keys(route.match.labels).length === 0;
}

/** Most different schemas of one task type that are told apart. */
const SCHEMAS_MAX = 64;
const ANY_INPUT: readonly undefined[] = [undefined];
const schemaLists = new WeakMap<EnvironmentModel, Map<string, readonly (JsonObject | undefined)[]>>();

/**
 * The input schemas of all that accept a task type, each once: a task has to be valid for one of them. The same list every
 * time, so that what was worked out for it can be kept.
 */
export function inputSchemas(environment: EnvironmentModel, task: string): readonly (JsonObject | undefined)[] {
  let lists = schemaLists.get(environment);
  if (lists === undefined) schemaLists.set(environment, (lists = new Map()));
  let list = lists.get(task);
  if (list === undefined) {
    const fleets = byTask(environment).acceptors.get(task) ?? [];
    const different = new Set(fleets.map((fleet) => fleet.accepts.get(task)?.input?.schema));
    list = different.size > SCHEMAS_MAX ? ANY_INPUT : [...different];
    lists.set(task, list);
  }
  return list;
}

const compiled = new WeakMap<EnvironmentModel, CompiledTable>();

/**
 * The whole table, ready for decisions of the scheduler's own matcher. Nothing when a template does not parse: that is
 * reported, and no table is made from it.
 */
export function compiledTable(environment: EnvironmentModel): CompiledTable | undefined {
  let table = compiled.get(environment);
  if (table !== undefined || environment.routes.some(isBroken)) return table;
  compiled.set(environment, (table = compileTable(draftTable(environment))));
  return table;
}

function isBroken(route: RouteModel): boolean {
  const templates = [
    ...route.require.map((each) => each.template),
    ...(route.dedupe === undefined ? [] : [route.dedupe.key]),
  ];
  return templates.some((template) => !isTemplate(parseTemplate(template)));
}

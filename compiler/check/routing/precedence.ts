import { matchesBesidesType } from '../../../spec/contract/match-rules.ts';
import type { Task } from '../../../spec/contract/task.ts';
import type { EnvironmentModel, RouteModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';
import { SAMPLES_MAX, samples } from '../representatives/samples.ts';
import { byTask } from './by-task.ts';
import { isDead } from './never-holds.ts';
import { askMatch, inputSchemas, prepared, takesAll } from './prepared.ts';
import { sure } from '../../../spec/contract/sure.ts';

/** Most matches that are tried for one task type; with very many routes fewer tasks are tried. */
const MATCHES_MAX = 200_000;

/**
 * Routes of one task type do not hide each other: each takes some task that no route before it takes, and where two of the
 * same precedence match one task, that is said. Both are shown by a task; what is not proven is not said.
 */
export function precedence(environment: EnvironmentModel, report: Report): void {
  for (const [task, all] of byTask(environment).routes) {
    const routes = all.filter((route) => !isDead(environment, route));
    if (routes.length > 1) judge(environment, task, routes, report);
  }
}

/** What is known of a route after all representative tasks were tried. */
interface Record {
  readonly route: RouteModel;
  /** A task it matches, and who takes it. */
  example?: { readonly task: Task; readonly taker: RouteModel };
  reached: boolean;
  readonly takers: Set<RouteModel>;
  /** The first task that it and a route of the same precedence before it match. */
  overlap?: { readonly task: Task; readonly first: RouteModel };
}

function judge(environment: EnvironmentModel, task: string, routes: readonly RouteModel[], report: Report): void {
  const records = routes.map((route): Record => ({ route, reached: false, takers: new Set() }));
  const complete = tryAll(environment, task, records);
  const whole = routes.findIndex(takesAll);
  for (const [index, record] of records.entries()) {
    const hidden = (complete && record.example !== undefined && !record.reached) || (whole >= 0 && index > whole);
    if (hidden) reportHidden(task, record, routes[whole], report);
    else if (record.overlap !== undefined) reportOverlap(task, record.route, record.overlap, report);
  }
}

/** Runs the tasks through the routes; says whether they stand for all tasks. */
function tryAll(environment: EnvironmentModel, task: string, records: readonly Record[]): boolean {
  const questions = new Map();
  for (const { route } of records) askMatch(questions, route);
  const max = Math.min(SAMPLES_MAX, Math.floor(MATCHES_MAX / records.length));
  const { list, complete } = samples(task, questions, inputSchemas(environment, task), max);
  for (const sample of list) tryOne(sample.task, records);
  return complete;
}

function tryOne(task: Task, records: readonly Record[]): void {
  let taker: RouteModel | undefined;
  for (const record of records) {
    const { route } = record;
    if (!matchesBesidesType(prepared(route), task)) continue;
    if (taker === undefined) {
      taker = route;
      record.reached = true;
      continue;
    }
    record.example ??= { task, taker };
    record.takers.add(taker);
    if (taker.precedence === route.precedence) record.overlap ??= { task, first: taker };
  }
}

function reportHidden(
  task: string,
  { route, takers, example }: Record,
  whole: RouteModel | undefined,
  report: Report,
): void {
  const before = takers.size > 0 ? [...takers] : [sure(whole, 'the route that takes everything')];
  const names = before.map((each) => `\`${each.id}\``).join(', ');
  const notes =
    example === undefined ? [] : [`for example ${JSON.stringify(example.task)} goes to \`${example.taker.id}\``];
  report(
    'NT5020',
    matchPlace(route),
    { route: route.id, task, takers: `${names} ${before.length === 1 ? 'takes' : 'take'} them all` },
    {
      notes,
      related: before.map((each) => ({
        message: `\`${each.id}\` is tried first (precedence ${each.precedence})`,
        at: matchPlace(each),
      })),
    },
  );
}

function reportOverlap(task: string, route: RouteModel, overlap: NonNullable<Record['overlap']>, report: Report): void {
  report(
    'NT5021',
    matchPlace(route),
    { first: overlap.first.id, second: route.id, task },
    {
      notes: [`both take ${JSON.stringify(overlap.task)}`],
      related: [
        {
          message: `\`${overlap.first.id}\` has precedence ${route.precedence} as well`,
          at: matchPlace(overlap.first),
        },
      ],
    },
  );
}

function matchPlace(route: RouteModel): RouteModel['at'] {
  return route.from(['match'], 'key');
}

import { tryRules } from '../../../spec/contract/match-rules.ts';
import { route as decide } from '../../../spec/contract/match.ts';
import type { Task } from '../../../spec/contract/task.ts';
import type { EnvironmentModel, ScheduleModel } from '../../core/model.ts';
import { nearest } from '../../diagnostics/nearest.ts';
import type { Report } from '../../diagnostics/report.ts';
import { byTask } from './by-task.ts';
import { failed } from './expect.ts';
import { compiledTable, prepared } from './prepared.ts';

/** Most routes whose reasons a message gives. */
const ROUTES_MAX = 3;

/** Every task a schedule submits is taken by a route. Its tenant is the team, as the scheduler has it. */
export function scheduleRoute(environment: EnvironmentModel, report: Report): void {
  if (environment.schedules.size === 0) return;
  const table = compiledTable(environment);
  if (table === undefined) return;
  const { routes, acceptors } = byTask(environment);
  for (const schedule of environment.schedules.values()) {
    const task: Task = { task: schedule.task, tenant: schedule.team, labels: schedule.labels, input: schedule.input };
    if (decide(table, task).route !== undefined) continue;
    const refusing = routes.get(schedule.task) ?? [];
    if (refusing.length > 0) {
      const notes = refusing
        .slice(0, ROUTES_MAX)
        .map((route) => `route \`${route.id}\`: ${failed(tryRules(prepared(route), task)).join('; ')}`);
      report('NT5070', schedule.at, { schedule: schedule.id }, { notes });
    } else reportType(schedule, acceptors.keys(), acceptors.has(schedule.task), report);
  }
}

/** A task type that a fleet accepts but no route takes is NT5001's. */
function reportType(schedule: ScheduleModel, tasks: Iterable<string>, accepted: boolean, report: Report): void {
  if (accepted) return;
  const meant = nearest(schedule.task, tasks);
  report(
    'NT5070',
    schedule.from(['task']),
    { schedule: schedule.id },
    {
      notes: [`no fleet accepts \`${schedule.task}\``],
      ...(meant === undefined ? {} : { label: `did you mean \`${meant}\`?` }),
    },
  );
}

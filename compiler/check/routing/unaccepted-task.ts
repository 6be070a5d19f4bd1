import type { AcceptModel, EnvironmentModel, RouteModel } from '../../core/model.ts';
import { nearest } from '../../diagnostics/nearest.ts';
import type { Report } from '../../diagnostics/report.ts';
import { byTask } from './by-task.ts';
import { sure } from '../../../spec/contract/sure.ts';

/** Every task type of a route is accepted by a target of it, and every target accepts one of them. */
export function unacceptedTask(environment: EnvironmentModel, report: Report): void {
  const { acceptors } = byTask(environment);
  for (const route of environment.routes) {
    const unknown = route.match.tasks.filter((task) => !acceptors.has(task));
    // A fleet that does not exist may be the one that accepts it, and that it does not exist was said.
    if (route.incomplete !== true) for (const task of unknown) reportUnknown(environment, route, task, report);
    if (unknown.length === 0) checkTargets(environment, route, report);
  }
}

function reportUnknown(environment: EnvironmentModel, route: RouteModel, task: string, report: Report): void {
  const waiting = waitingTasks(environment, route);
  const meant = nearest(task, byTask(environment).acceptors.keys()) ?? waiting[0]?.task;
  report(
    'NT5002',
    taskPlace(route, task),
    { route: route.id, task },
    {
      ...(meant === undefined ? {} : { label: `did you mean \`${meant}\`?` }),
      related: waiting.map((accept) => ({
        message: `\`${accept.task}\` is accepted here, and no route takes it`,
        at: accept.at,
      })),
    },
  );
}

/** What the targets of a route accept and no route takes: one of them is what the route was meant to take. */
export function waitingTasks(environment: EnvironmentModel, route: RouteModel): readonly AcceptModel[] {
  const { routes } = byTask(environment);
  const fleets = route.to.flatMap((target) => environment.fleets.get(target.fleet) ?? []);
  return fleets.flatMap((fleet) => [...fleet.accepts.values()].filter(({ task }) => !routes.has(task)));
}

function checkTargets(environment: EnvironmentModel, route: RouteModel, report: Report): void {
  const { tasks } = route.match;
  const fleets = route.to.flatMap((target) => environment.fleets.get(target.fleet) ?? []);
  if (fleets.length < route.to.length || fleets.length === 0) return;
  const idle = fleets.filter((fleet) => !tasks.some((task) => fleet.accepts.has(task)));
  for (const fleet of idle) {
    const { at } = sure(
      route.to.find((target) => target.fleet === fleet.id),
      'the target of a fleet',
    );
    const related = [{ message: `it accepts ${quoted(fleet.accepts.keys())}`, at: fleet.from(['accepts'], 'key') }];
    report('NT5003', at, { fleet: fleet.id, tasks: quoted(tasks), route: route.id }, { related });
  }
  if (idle.length === fleets.length) return;
  for (const task of tasks) {
    if (!fleets.some((fleet) => fleet.accepts.has(task)))
      report('NT5009', taskPlace(route, task), { route: route.id, task });
  }
}

function taskPlace(route: RouteModel, task: string): RouteModel['at'] {
  const { tasks } = route.match;
  return route.from(tasks.length === 1 ? ['match', 'task'] : ['match', 'task', tasks.indexOf(task)]);
}

/** At most five names, so that the line stays readable. */
function quoted(names: Iterable<string>): string {
  const all = [...names].map((name) => `\`${name}\``);
  return all.length <= 5 ? all.join(', ') : `${all.slice(0, 5).join(', ')} and ${all.length - 5} more`;
}

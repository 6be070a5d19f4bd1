import { formatDuration } from '../../../spec/contract/units.ts';
import type { EnvironmentModel, RouteModel, SkillRequirement } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';
import { acceptsOf, isTemplate, lacks } from './capability.ts';

type Step = RouteModel['fallback'][number];

/** Each step of a fallback chain can be set off, leads to a fleet not tried before, and that fleet can do the task. */
export function fallback(environment: EnvironmentModel, report: Report): void {
  for (const route of environment.routes) {
    if (route.fallback.length === 0) continue;
    const bound = longestWait(environment, route);
    for (const [index, step] of route.fallback.entries()) {
      checkTried(route, step, index, report);
      checkAfter(route, step, bound, report);
      checkCapable(environment, route, step, report);
    }
  }
}

/** The same fleet again, for the same reason, is pointless unless it is asked for less. */
function checkTried(route: RouteModel, step: Step, index: number, report: Report): void {
  const target = route.to.find((each) => each.fleet === step.to.fleet && each.weight > 0);
  const earlier = route.fallback
    .slice(0, index)
    .find((each) => each.to.fleet === step.to.fleet && step.when.every((reason) => each.when.includes(reason)));
  const before = target?.at ?? earlier?.to.at;
  const required = target === undefined ? (earlier?.require ?? route.require) : route.require;
  if (before === undefined || asksLess(step.require ?? route.require, required)) return;
  report(
    'NT5040',
    step.to.at,
    { route: route.id, fleet: step.to.fleet },
    { related: [{ message: 'it was tried here', at: before }] },
  );
}

function asksLess(require: readonly SkillRequirement[], before: readonly SkillRequirement[]): boolean {
  const level = new Map(require.map((each) => [each.template, each.level]));
  return before.some((each) => (level.get(each.template) ?? 0) < each.level);
}

interface Wait {
  readonly ms: number;
  readonly what: string;
  readonly at: RouteModel['at'];
}

/** Longest time a task of the route waits before it leaves the queue, and what ends it. */
function longestWait(environment: EnvironmentModel, route: RouteModel): Wait {
  const age: Wait = { ms: route.queue.maxAgeMs, what: 'the queue drops it', at: route.from(['queue', 'maxAge']) };
  const accepts = acceptsOf(environment, route);
  const longest = accepts.reduce(
    (best, each) => (each.timeouts.queueMs > best.timeouts.queueMs ? each : best),
    accepts[0] ?? NEVER,
  );
  if (longest.timeouts.queueMs >= age.ms) return age;
  return { ms: longest.timeouts.queueMs, what: 'its queue timeout ends', at: longest.at };
}

const NEVER = { timeouts: { queueMs: Infinity } } as ReturnType<typeof acceptsOf>[number];

function checkAfter(route: RouteModel, step: Step, bound: Wait, report: Report): void {
  if (step.afterMs < bound.ms || step.when.every((reason) => reason === 'rejected')) return;
  const params = {
    route: route.id,
    after: formatDuration(step.afterMs),
    bound: formatDuration(bound.ms),
    what: bound.what,
  };
  const at = { ...step.at, path: [...step.at.path, 'after'] };
  report('NT5041', at, params, { related: [{ message: `here ${bound.what}`, at: bound.at }] });
}

function checkCapable(environment: EnvironmentModel, route: RouteModel, step: Step, report: Report): void {
  const fleet = environment.fleets.get(step.to.fleet);
  if (fleet === undefined) return;
  const needs = (step.require ?? route.require).filter((each) => !isTemplate(each.template));
  const { tasks } = route.match;
  const reasons = lacks(
    fleet,
    needs.map((each) => [each.template, each.level]),
  );
  if (!tasks.some((task) => fleet.accepts.has(task))) reasons.unshift(`does not accept \`${tasks.join('`, `')}\``);
  if (reasons.length === 0) return;
  report(
    'NT5043',
    step.to.at,
    { route: route.id, fleet: fleet.id },
    {
      label: reasons.join('; '),
      related: [{ message: `\`${fleet.id}\` is here`, at: fleet.at }],
    },
  );
}

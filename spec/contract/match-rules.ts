import type { Expression } from './expression.ts';
import { evaluate } from './expression-evaluate.ts';
import { printExpression } from './expression-print.ts';
import type { TableFleet, TableRoute, TableSkills } from './routing-table.ts';
import type { Task } from './task.ts';
import { isTemplate, parseTemplate, render, type Template } from './template.ts';

/** One rule of a route, held against a task. */
export type RuleTrial =
  | { readonly rule: 'task'; readonly holds: boolean; readonly wanted: readonly string[]; readonly got: string }
  | {
      readonly rule: 'label';
      readonly holds: boolean;
      readonly name: string;
      readonly wanted: string;
      readonly got?: string;
    }
  | { readonly rule: 'where'; readonly holds: boolean; readonly wanted: string };

/** A skill that a fleet lacks. `got` is absent when it does not have it at all, `skill` when the task does not say which. */
export interface MissingSkill {
  readonly template: string;
  readonly skill?: string;
  readonly wanted: number;
  readonly got?: number;
}

/** A required skill with its template read. */
export interface RequiredSkill {
  readonly text: string;
  readonly template: Template;
  readonly level: number;
}

/** Whether a route takes a task. */
export function matches(route: TableRoute, task: Task): boolean {
  return route.tasks.includes(task.task) && matchesBesidesType(route, task);
}

/** The same, when the task's type is known to be one of the route's. */
export function matchesBesidesType(route: TableRoute, task: Task): boolean {
  for (const name in route.labels) if (labelOf(task, name) !== route.labels[name]) return false;
  return route.where === undefined || evaluate(route.where, task);
}

/** Every rule of a route with its outcome; conditions joined by `&&` one by one. */
export function tryRules(route: TableRoute, task: Task): readonly RuleTrial[] {
  const labels = Object.entries(route.labels).map(([name, wanted]): RuleTrial => {
    const got = labelOf(task, name);
    return { rule: 'label', holds: got === wanted, name, wanted, ...(got !== undefined && { got }) };
  });
  return [
    { rule: 'task', holds: route.tasks.includes(task.task), wanted: route.tasks, got: task.task },
    ...labels,
    ...conditions(route.where).map((condition): RuleTrial => {
      return { rule: 'where', holds: evaluate(condition, task), wanted: printExpression(condition) };
    }),
  ];
}

function conditions(where: Expression | undefined): readonly Expression[] {
  if (where === undefined) return [];
  return where.op === 'and' ? where.of : [where];
}

function labelOf({ labels }: Task, name: string): string | undefined {
  return labels !== undefined && Object.hasOwn(labels, name) ? labels[name] : undefined;
}

/** Whether a fleet has all required skills at their levels for a task. */
export function capable(fleet: TableFleet, requirements: TableSkills, task: Task): boolean {
  return missingSkill(fleet, requiredSkills(requirements), task) === undefined;
}

/** The skills of a route or a fallback, read once. */
export function requiredSkills(requirements: TableSkills): readonly RequiredSkill[] {
  return requirements.map(([text, level]) => {
    const template = parseTemplate(text);
    if (!isTemplate(template)) throw new Error(`the routing table has a broken skill template: ${text}`);
    return { text, template, level };
  });
}

/** The first required skill that a fleet lacks. */
export function missingSkill(
  fleet: TableFleet,
  required: readonly RequiredSkill[],
  task: Task,
): MissingSkill | undefined {
  for (const { text, template, level } of required) {
    const skill = render(template, task);
    const got = skill !== undefined && Object.hasOwn(fleet.skills, skill) ? fleet.skills[skill] : undefined;
    if (got === undefined || got < level) {
      return {
        template: text,
        wanted: level,
        ...(skill !== undefined && { skill }),
        ...(got !== undefined && { got }),
      };
    }
  }
  return undefined;
}

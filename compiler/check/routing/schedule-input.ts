import { route as decide } from '../../../spec/contract/match.ts';
import type { Json, JsonObject, JsonPath } from '../../../spec/contract/source.ts';
import { valueCheck, type ValueCheck } from '../../../spec/contract/task-schema/value-check.ts';
import type { AcceptModel, EnvironmentModel, ScheduleModel, SchemaModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';
import { compiledTable } from './prepared.ts';

/** Most reasons that a message gives. */
const REASONS_MAX = 3;

/** What a schedule submits is what the fleets that its route leads to accept. */
export function scheduleInput(environment: EnvironmentModel, report: Report): void {
  const table = environment.schedules.size === 0 ? undefined : compiledTable(environment);
  if (table === undefined) return;
  for (const schedule of environment.schedules.values()) {
    const { task, team, labels, input } = schedule;
    const { candidates } = decide(table, { task, tenant: team, labels, input });
    const asked = new Set<SchemaModel>();
    for (const { fleet } of candidates) {
      const accept: AcceptModel | undefined = environment.fleets.get(fleet)?.accepts.get(task);
      if (accept?.input === undefined || asked.has(accept.input)) continue;
      asked.add(accept.input);
      checkInput(schedule, fleet, accept.input, report);
    }
  }
}

/** All environments have the schema from one file. */
const checks = new WeakMap<JsonObject, ValueCheck>();

function checkOf(schema: JsonObject): ValueCheck {
  const known = checks.get(schema) ?? valueCheck(schema);
  checks.set(schema, known);
  return known;
}

function checkInput(schedule: ScheduleModel, fleet: string, { schema, file, at }: SchemaModel, report: Report): void {
  const faults = checkOf(schema)(schedule.input);
  if (faults.length === 0) return;
  // Choices say what is wrong with each of them and then that none fits; the innermost ones say what is wrong.
  const inner = faults.filter(({ pointer }) => !faults.some((other) => other.pointer.startsWith(`${pointer}/`)));
  const reasons = inner.map(({ pointer, detail }) => `${fieldName(pointer)}: ${detail}`);
  const path = pathOf(inner[0]?.pointer ?? '', schedule.input);
  report(
    'NT5071',
    schedule.from(['input', ...path]),
    { schedule: schedule.id, fleet },
    {
      notes: [...new Set(reasons)].slice(0, REASONS_MAX),
      related: [{ message: `\`${fleet}\` accepts \`${file}\``, at }],
    },
  );
}

/** `/customer/0` -> `input.customer.0` */
function fieldName(pointer: string): string {
  return `\`${['input', ...keysOf(pointer)].join('.')}\``;
}

function keysOf(pointer: string): string[] {
  const steps = pointer.split('/').slice(1);
  return steps.map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The keys that lead to a value, positions of lists as numbers. */
function pathOf(pointer: string, input: Json): JsonPath {
  const path: (string | number)[] = [];
  let value: Json | undefined = input;
  for (const key of keysOf(pointer)) {
    const step: string | number = Array.isArray(value) ? Number(key) : key;
    path.push(step);
    value = (value as Readonly<Record<string | number, Json>> | undefined)?.[step];
  }
  return path;
}

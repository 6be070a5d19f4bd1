import { Validator } from '@cfworker/json-schema';
import { route as decide } from '../../../spec/contract/match.ts';
import type { Json, JsonPath } from '../../../spec/contract/source.ts';
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

function checkInput(schedule: ScheduleModel, fleet: string, { schema, file, at }: SchemaModel, report: Report): void {
  // The validator writes into the schema it is given.
  const { valid, errors } = new Validator(structuredClone(schema), '2020-12', false).validate(schedule.input);
  if (valid) return;
  // Every reason comes with those of what is around it; the innermost ones say what is wrong.
  const inner = errors.filter(({ instanceLocation }, index) =>
    errors.slice(index + 1).every((other) => !other.instanceLocation.startsWith(`${instanceLocation}/`)),
  );
  const reasons = inner.map(({ instanceLocation, error }) => `${fieldName(instanceLocation)}: ${lowerFirst(error)}`);
  const path = pathOf(inner[0]?.instanceLocation ?? '#', schedule.input);
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

/** `#/customer/0` -> `input.customer.0` */
function fieldName(location: string): string {
  return `\`${['input', ...keysOf(location)].join('.')}\``;
}

function keysOf(location: string): string[] {
  return location
    .split('/')
    .slice(1)
    .map((key) => decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The keys that lead to a value, positions of lists as numbers. */
function pathOf(location: string, input: Json): JsonPath {
  const path: (string | number)[] = [];
  let value: Json | undefined = input;
  for (const key of keysOf(location)) {
    const step: string | number = Array.isArray(value) ? Number(key) : key;
    path.push(step);
    value = (value as Readonly<Record<string | number, Json>> | undefined)?.[step];
  }
  return path;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/, '');
}

import type { Json, JsonObject, JsonPath } from '../../../spec/contract/source.ts';
import { valueCheck, type ValueCheck } from '../../../spec/contract/task-schema/value-check.ts';
import type { AcceptModel, EnvironmentModel, SchemaModel } from '../../core/model.ts';

/** Most reasons that a message gives. */
const REASONS_MAX = 3;

/** Why a fleet would refuse an input. */
export interface InputFaults {
  readonly fleet: string;
  readonly schema: SchemaModel;
  /** From the input to the first value that is wrong. */
  readonly path: JsonPath;
  readonly reasons: readonly string[];
}

/** What fleets have against an input of a task that they may get; fleets with the same schema say it once. */
export function inputFaults(
  environment: EnvironmentModel,
  fleets: readonly string[],
  task: string,
  input: JsonObject,
): readonly InputFaults[] {
  const asked = new Set<SchemaModel>();
  return fleets.flatMap((fleet) => {
    const accept: AcceptModel | undefined = environment.fleets.get(fleet)?.accepts.get(task);
    if (accept?.input === undefined || asked.has(accept.input)) return [];
    asked.add(accept.input);
    const faults = faultsOf(accept.input.schema, input);
    return faults === undefined ? [] : [{ fleet, schema: accept.input, ...faults }];
  });
}

/** All environments have the schema from one file. Making its check takes longer than all inputs. */
const checks = new WeakMap<JsonObject, ValueCheck>();

function checkOf(schema: JsonObject): ValueCheck {
  const known = checks.get(schema) ?? valueCheck(schema);
  checks.set(schema, known);
  return known;
}

function faultsOf(schema: JsonObject, input: JsonObject): Pick<InputFaults, 'path' | 'reasons'> | undefined {
  const faults = checkOf(schema)(input);
  if (faults.length === 0) return undefined;
  // Choices say what is wrong with each of them and then that none fits; the innermost ones say what is wrong.
  const inner = faults.filter(({ pointer }) => !faults.some((other) => other.pointer.startsWith(`${pointer}/`)));
  const reasons = inner.map(({ pointer, detail }) => `${fieldName(pointer)}: ${detail}`);
  return { path: pathOf(inner[0]?.pointer ?? '', input), reasons: [...new Set(reasons)].slice(0, REASONS_MAX) };
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

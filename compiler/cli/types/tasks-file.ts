import type { AcceptModel, EnvironmentModel, SchemaModel } from '../../core/model.ts';
import { compareText } from '../../../spec/contract/text.ts';
import { keyOf, oneLine, pascal, SchemaTypes } from './schema-types.ts';

type Side = 'input' | 'output';

/** What a task takes and gives: names of types. Several where fleets or environments differ. */
type Sides = Readonly<Record<Side, Set<string>>>;

/** What stands where no schema says anything: an input is an object in any case. */
const UNSAID: Readonly<Record<Side, string>> = {
  input: '{ readonly [field: string]: unknown }',
  output: 'unknown',
};

/**
 * The task types of these environments as a file of TypeScript: `Tasks` for who submits, `Fleets` for agents. Names of types
 * stay inside, so that a schema more changes no name that somebody imports.
 */
export function tasksFile(company: string, environments: readonly EnvironmentModel[]): string {
  const types = new SchemaTypes();
  const tasks = new Map<string, Sides>();
  const fleets = new Map<string, { readonly description: string; readonly tasks: Map<string, Sides> }>();
  for (const { id, description = '', accepts } of environments.flatMap((one) => [...one.fleets.values()])) {
    const fleet = fleets.get(id) ?? { description, tasks: new Map<string, Sides>() };
    fleets.set(id, fleet);
    for (const [task, accept] of accepts) {
      add(tasks, task, accept, types);
      add(fleet.tasks, task, accept, types);
    }
  }
  const perFleet = sorted(fleets).map(([id, fleet]) => {
    const told = oneLine(fleet.description);
    return `${told === '' ? '' : `  /** ${told} */\n`}  readonly ${JSON.stringify(id)}: {\n${fields(fleet.tasks, '    ')}  };\n`;
  });
  return [
    `// Made by \`nova-torch types\` from the spec of ${company}. Do not edit: run it again when a task or its schema changes.`,
    '/* eslint-disable */\n',
    `/** What may be submitted, and what comes of it: \`client<Tasks>()\`. */\nexport interface Tasks {\n${fields(tasks, '  ')}}\n`,
    `/** What the agents of each fleet are given: \`worker<Fleets['team/fleet']>()\`. */\nexport interface Fleets {\n${perFleet.join('')}}\n`,
    ...types.declarations().map((declaration) => `${declaration}\n`),
  ].join('\n');
}

function add(tasks: Map<string, Sides>, task: string, accept: AcceptModel, types: SchemaTypes): void {
  const sides = tasks.get(task) ?? { input: new Set<string>(), output: new Set<string>() };
  tasks.set(task, sides);
  for (const side of ['input', 'output'] as const) sides[side].add(typeName(accept[side], side, types));
}

function typeName(schema: SchemaModel | undefined, side: Side, types: SchemaTypes): string {
  if (schema === undefined) return UNSAID[side];
  const path = schema.file.replace(/^spec\/(teams\/)?/, '').replace(/\.json$/, '');
  const steps = path.split('/').filter((step) => step !== 'schemas');
  return types.nameOf(schema.schema, steps.map(pascal).join(''), side);
}

function fields(tasks: ReadonlyMap<string, Sides>, indent: string): string {
  const lines = sorted(tasks).map(([task, { input, output }]) => {
    const [given, made] = [input, output].map((names) => {
      // Whatever else it is, it is that already.
      return names.has('unknown') ? 'unknown' : [...names].sort(compareText).join(' | ');
    });
    return `${indent}readonly ${keyOf(task)}: { readonly input: ${given}; readonly output: ${made} };\n`;
  });
  return lines.join('');
}

function sorted<Value>(map: ReadonlyMap<string, Value>): readonly (readonly [string, Value])[] {
  return [...map].sort(([a], [b]) => compareText(a, b));
}

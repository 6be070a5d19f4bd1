import { defineCommand } from '../command.ts';
import { environmentOf } from '../environment-of.ts';
import { exits } from '../exit.ts';
import { printJson } from '../json.ts';
import { choice, text } from '../option.ts';
import { soundRepository } from '../sound-repository.ts';

export const routeTest = defineCommand({
  description:
    "Sends a task through the routes with the scheduler's own matcher and shows every rule, every fleet it may go to and " +
    'the one it goes to. The task is a JSON file, or `-` for standard input.',
  arguments: [{ name: 'task', summary: 'A JSON file with the task, or -', required: true, complete: 'file' }],
  options: {
    env: text('environment', 'In which environment; the last one where it is not said', 'environment'),
    key: text('key', 'The idempotency key of the submission: it decides between fleets'),
    format: choice(['text', 'json'], 'format', 'How to print'),
  },
  examples: [
    { line: 'nova-torch route test task.json', summary: 'where does this task go?' },
    { line: 'echo \'{"task": "triage"}\' | nova-torch route test - --env dev', summary: 'ask without a file' },
  ],
  exits: [exits.invalid, exits.denied, exits.limit],
  async run({ arguments: [path = ''], options, context }) {
    const { readTask } = await import('../route/read-task.ts');
    const task = await readTask(path, context);
    const checked = await soundRepository(context, options.format);
    if (typeof checked === 'number') return checked;
    const { compileTable, route, tryRoutes } = await import('../../../spec/contract/match.ts');
    const { routingTable } = await import('../../core/routing-table.ts');
    const environment = environmentOf(checked.model, options.env);
    const table = compileTable(routingTable(environment));
    const trials = tryRoutes(table, task);
    const decision = route(table, task, options.key === undefined ? {} : { key: options.key });
    if (options.format === 'json') {
      const { route: taken, ...rest } = decision;
      printJson({ environment: environment.name, route: taken?.id ?? null, ...rest, trials }, context.out);
    } else {
      const { printDecision } = await import('../route/print-decision.ts');
      context.out.line(context.out.style.dim(`in ${environment.name}`));
      printDecision(trials, decision, context.out);
    }
    return decision.fleet === undefined ? exits.invalid : exits.ok;
  },
});

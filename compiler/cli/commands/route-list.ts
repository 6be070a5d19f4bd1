import { defineCommand } from '../command.ts';
import { environmentOf } from '../environment-of.ts';
import { exits } from '../exit.ts';
import { printJson } from '../json.ts';
import { choice, text } from '../option.ts';
import { soundRepository } from '../sound-repository.ts';

export const routeList = defineCommand({
  description: 'Lists the routes of an environment in the order in which they are tried.',
  arguments: [],
  options: {
    env: text('environment', 'Of which environment; the last one where it is not said', 'environment'),
    format: choice(['text', 'json'], 'format', 'How to print'),
  },
  examples: [{ line: 'nova-torch route list --env prod', summary: 'the routes of prod' }],
  exits: [exits.invalid, exits.denied, exits.limit],
  async run({ options, context }) {
    const checked = await soundRepository(context, options.format);
    if (typeof checked === 'number') return checked;
    const { routes } = environmentOf(checked.model, options.env);
    const rows = routes.map(({ id, precedence, match, to, fallback }) => ({
      route: id,
      precedence,
      tasks: match.tasks,
      where: match.where?.text ?? null,
      to: to.map(({ fleet, weight }) => ({ fleet, weight })),
      fallback: fallback.map((step) => step.to.fleet),
    }));
    if (options.format === 'json') printJson(rows, context.out);
    else {
      for (const { route, precedence, tasks, where, to } of rows) {
        const targets = to.map(({ fleet, weight }) => `${fleet} ${weight}`).join(', ');
        context.out.line(
          `${String(precedence).padStart(4)}  ${route}  ${tasks.join(',')} -> ${targets}${where === null ? '' : `  if ${where}`}`,
        );
      }
    }
    return exits.ok;
  },
});

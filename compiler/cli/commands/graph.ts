import { defineCommand } from '../command.ts';
import { environmentOf } from '../environment-of.ts';
import { exits } from '../exit.ts';
import { printJson } from '../json.ts';
import { choice, text } from '../option.ts';
import { soundRepository } from '../sound-repository.ts';

export const graph = defineCommand({
  description:
    'Draws what leads where in one environment: schedules, routes, fleets, their calls, providers and tool servers.',
  arguments: [],
  options: {
    format: choice(['mermaid', 'dot', 'json'], 'format', 'As a Mermaid flowchart, a Graphviz digraph or JSON'),
    env: text('environment', 'Of which environment; the last one where it is not said', 'environment'),
  },
  examples: [
    { line: 'nova-torch graph --env prod', summary: 'a picture for a pull request' },
    { line: 'nova-torch graph --format dot | dot -Tsvg > graph.svg', summary: 'a picture as a file' },
  ],
  exits: [exits.invalid, exits.denied, exits.limit],
  async run({ options, context }) {
    const checked = await soundRepository(context, options.format);
    if (typeof checked === 'number') return checked;
    const { graphOf } = await import('../graph/graph.ts');
    const { printDot, printMermaid } = await import('../graph/print-graph.ts');
    const drawn = graphOf(environmentOf(checked.model, options.env));
    if (options.format === 'json') printJson(drawn, context.out);
    else context.out.write(options.format === 'dot' ? printDot(drawn) : printMermaid(drawn));
    return exits.ok;
  },
});

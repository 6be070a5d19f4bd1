import type { WhyResponse } from '../../../spec/contract/protocol.ts';
import { TASK_ID, taskPath } from '../scheduler/names.ts';
import { schedulerCommand } from '../scheduler/scheduler-command.ts';
import { printable } from '../usage.ts';

export const taskWhy = schedulerCommand({
  description:
    'Says why a task is where it is: each rule that holds it, since when, and the nearest change that would start it.',
  arguments: [TASK_ID],
  options: {},
  examples: [{ line: 'nova-torch task why <id>', summary: 'why does it wait?' }],
  ask: (link, { words: [id = ''] }) => link.ask<WhyResponse>({ method: 'GET', path: taskPath(id, '/why') }),
  show: ({ state, says, holds, nearest }, { line, style }) => {
    line(`${style.bold(state)}: ${printable(says)}`);
    for (const { says: because, since, change } of holds) {
      line(printable(`  ${because}${since === undefined ? '' : `, since ${since}`}`));
      line(printable(`    ${change}`));
    }
    if (nearest !== undefined) line(`${style.green('to start it')}: ${printable(nearest)}`);
  },
});

import type { TaskPage } from '../../../spec/contract/protocol.ts';
import { choice, integer, text } from '../option.ts';
import { printTasks } from '../scheduler/lines.ts';
import { FLEET, fleetPath } from '../scheduler/names.ts';
import { schedulerCommand } from '../scheduler/scheduler-command.ts';
import { printable } from '../usage.ts';

export const taskList = schedulerCommand({
  description: 'Lists tasks of a fleet, a page at a time: those of your team, or all for operators and auditors.',
  arguments: [FLEET],
  options: {
    of: choice(['open', 'dead', 'finished'], 'state', 'Which of them'),
    limit: integer('n', 'Tasks of one page', [1, 100], 20),
    after: text('mark', 'Goes on where the page before ended'),
  },
  examples: [{ line: 'nova-torch task list support/triage', summary: 'what waits and runs' }],
  ask: (link, { words: [fleet = ''], options: { of, limit, after } }) => {
    fleetPath(fleet);
    const query = new URLSearchParams({ fleet, of, limit: String(limit), ...(after !== undefined && { after }) });
    return link.ask<TaskPage>({ method: 'GET', path: `/v1/tasks?${query.toString()}` });
  },
  show: ({ tasks, next }, out) => {
    printTasks(tasks, out);
    if (next !== undefined) out.line(out.style.dim(printable(`more: --after ${next}`)));
  },
});

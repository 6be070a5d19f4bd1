import type { TaskChange } from '../../../runtime/client/client.ts';
import { text } from '../option.ts';
import { TASK_ID, taskPath } from '../scheduler/names.ts';
import { schedulerCommand } from '../scheduler/scheduler-command.ts';
import { printable } from '../usage.ts';

export const taskCancel = schedulerCommand({
  description: 'Ends a task that waits. One that runs is asked to end: its agent hears of it with the next heartbeat.',
  arguments: [TASK_ID],
  options: { reason: text('text', 'Why; it is kept with the task') },
  examples: [{ line: 'nova-torch task cancel <id> --reason "asked twice"', summary: 'not needed any more' }],
  ask: (link, { words: [id = ''], options: { reason } }) => {
    const body = reason === undefined ? {} : { reason };
    return link.ask<TaskChange>({ method: 'POST', path: taskPath(id, '/cancel'), body });
  },
  show: ({ task, asked }, { line }) =>
    line(printable(asked ? `${task.id}  asked to end` : `${task.id}  ${task.state}`)),
});

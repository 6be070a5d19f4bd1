import type { TaskChange } from '../../../runtime/client/client.ts';
import { TASK_ID, taskPath } from '../scheduler/names.ts';
import { schedulerCommand } from '../scheduler/scheduler-command.ts';
import { printable } from '../usage.ts';

export const taskRetry = schedulerCommand({
  description: 'Gives a dead letter another chance, with all its attempts.',
  arguments: [TASK_ID],
  options: {},
  examples: [{ line: 'nova-torch task retry <id>', summary: 'once more' }],
  ask: (link, { words: [id = ''] }) => link.ask<TaskChange>({ method: 'POST', path: taskPath(id, '/retry'), body: {} }),
  show: ({ task }, { line }) => line(printable(`${task.id}  ${task.state}`)),
});

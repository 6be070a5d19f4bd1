import type { TaskView } from '../../../spec/contract/protocol.ts';
import { printTask } from '../scheduler/lines.ts';
import { TASK_ID, taskPath } from '../scheduler/names.ts';
import { schedulerCommand } from '../scheduler/scheduler-command.ts';

export const taskGet = schedulerCommand({
  description: 'Shows a task: its state, its input while it is open, its result when it has ended.',
  arguments: [TASK_ID],
  options: {},
  examples: [{ line: 'nova-torch task get <id> --format json', summary: 'with its result' }],
  ask: (link, { words: [id = ''] }) => link.ask<TaskView>({ method: 'GET', path: taskPath(id) }),
  show: printTask,
});

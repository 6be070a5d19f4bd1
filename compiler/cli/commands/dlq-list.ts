import type { TaskPage } from '../../../spec/contract/protocol.ts';
import { integer } from '../option.ts';
import { printTasks } from '../scheduler/lines.ts';
import { FLEET, fleetPath } from '../scheduler/names.ts';
import { schedulerCommand } from '../scheduler/scheduler-command.ts';

export const dlqList = schedulerCommand({
  description:
    'Lists the dead letters of a fleet: tasks that have had all their attempts, or took too many agents with them.',
  arguments: [FLEET],
  options: { limit: integer('n', 'At most so many', [1, 100], 20) },
  examples: [{ line: 'nova-torch dlq list support/triage', summary: 'what was given up, and why?' }],
  ask: (link, { words: [fleet = ''], options: { limit } }) => {
    fleetPath(fleet);
    const query = new URLSearchParams({ fleet, of: 'dead', limit: String(limit) });
    return link.ask<TaskPage>({ method: 'GET', path: `/v1/tasks?${query.toString()}` });
  },
  show: ({ tasks }, out) => (tasks.length === 0 ? out.line('no dead letters') : printTasks(tasks, out)),
});

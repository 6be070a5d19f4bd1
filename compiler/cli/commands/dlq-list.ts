import { FLEET } from '../scheduler/names.ts';
import { schedulerCommand } from '../scheduler/scheduler-command.ts';
import { askPage, PAGE, printPage } from '../scheduler/task-pages.ts';

export const dlqList = schedulerCommand({
  description:
    'Lists the dead letters of a fleet, a page at a time: tasks that have had all their attempts, or took too many agents with ' +
    'them.',
  arguments: [FLEET],
  options: PAGE,
  examples: [{ line: 'nova-torch dlq list support/triage', summary: 'what was given up, and why?' }],
  ask: (link, { words: [fleet = ''], options }) => askPage(link, { fleet, of: 'dead', ...options }),
  show: (page, out) => printPage(page, 'no dead letters', out),
});

import { choice } from '../option.ts';
import { FLEET } from '../scheduler/names.ts';
import { schedulerCommand } from '../scheduler/scheduler-command.ts';
import { askPage, PAGE, printPage } from '../scheduler/task-pages.ts';

export const taskList = schedulerCommand({
  description: 'Lists tasks of a fleet, a page at a time: those of your team, or all for operators and auditors.',
  arguments: [FLEET],
  options: { of: choice(['open', 'dead', 'finished'], 'state', 'Which of them'), ...PAGE },
  examples: [{ line: 'nova-torch task list support/triage', summary: 'what waits and runs' }],
  ask: (link, { words: [fleet = ''], options }) => askPage(link, { fleet, ...options }),
  show: (page, out) => printPage(page, 'no tasks', out),
});

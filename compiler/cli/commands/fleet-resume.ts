import { FLEET, fleetPath } from '../scheduler/names.ts';
import { schedulerCommand } from '../scheduler/scheduler-command.ts';
import { printable } from '../usage.ts';

export const fleetResume = schedulerCommand({
  description: 'Ends a pause or a drain of a fleet: tasks start again.',
  arguments: [FLEET],
  options: {},
  examples: [{ line: 'nova-torch fleet resume support/triage', summary: 'go on' }],
  ask: async (link, { words: [fleet = ''] }) => {
    await link.ask({ method: 'POST', path: `${fleetPath(fleet)}/resume` });
    return { fleet, paused: false };
  },
  show: ({ fleet }, { line }) => line(printable(`${fleet}  goes on`)),
});

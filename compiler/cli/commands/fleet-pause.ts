import { text } from '../option.ts';
import { FLEET, fleetPath } from '../scheduler/names.ts';
import { schedulerCommand } from '../scheduler/scheduler-command.ts';
import { printable } from '../usage.ts';

export const fleetPause = schedulerCommand({
  description: 'Starts no more tasks of a fleet. What runs goes on, what comes waits.',
  arguments: [FLEET],
  options: { reason: text('text', 'Why; `task why` shows it') },
  examples: [
    { line: 'nova-torch fleet pause support/triage --reason "vendor is down"', summary: 'nothing new for now' },
  ],
  ask: async (link, { words: [fleet = ''], options: { reason } }) => {
    await link.ask({ method: 'POST', path: `${fleetPath(fleet)}/pause`, body: reason === undefined ? {} : { reason } });
    return { fleet, paused: true };
  },
  show: ({ fleet }, { line }) => line(printable(`${fleet}  paused`)),
});

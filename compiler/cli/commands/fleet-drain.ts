import { text } from '../option.ts';
import { FLEET, fleetPath } from '../scheduler/names.ts';
import { schedulerCommand } from '../scheduler/scheduler-command.ts';
import { printable } from '../usage.ts';

export const fleetDrain = schedulerCommand({
  description:
    'Sends nothing new to a fleet, or to one of its builds, so that its agents can go. `fleet resume` ends it.',
  arguments: [FLEET],
  options: { build: text('build', 'Only this build') },
  examples: [{ line: 'nova-torch fleet drain support/triage --build 1.4.0', summary: 'let an old build run out' }],
  ask: async (link, { words: [fleet = ''], options: { build } }) => {
    await link.ask({ method: 'POST', path: `${fleetPath(fleet)}/drain`, body: build === undefined ? {} : { build } });
    return { fleet, build: build ?? null, draining: true };
  },
  show: ({ fleet, build }, { line }) => line(printable(`${fleet}${build === null ? '' : ` ${build}`}  draining`)),
});

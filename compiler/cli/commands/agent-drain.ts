import { FLEET, fleetPath } from '../scheduler/names.ts';
import { schedulerCommand } from '../scheduler/scheduler-command.ts';
import { printable } from '../usage.ts';

export const agentDrain = schedulerCommand({
  description: 'Tells an agent to take nothing more, finish what it runs, and go.',
  arguments: [FLEET, { name: 'agent', summary: 'Its name, as `agent list` shows it', required: true }],
  options: {},
  examples: [{ line: 'nova-torch agent drain support/triage triage-0', summary: 'let one agent go' }],
  ask: async (link, { words: [fleet = '', agent = ''] }) => {
    fleetPath(fleet);
    await link.ask({ method: 'POST', path: `/v1/agents/${fleet}/${encodeURIComponent(agent)}/drain` });
    return { fleet, agent, draining: true };
  },
  show: ({ fleet, agent }, { line }) => line(printable(`${agent} of ${fleet}  draining`)),
});

import { FLEET, fleetPath } from '../scheduler/names.ts';
import { schedulerCommand } from '../scheduler/scheduler-command.ts';
import { printable, WordError } from '../usage.ts';

export const agentDrain = schedulerCommand({
  description:
    'Tells an agent to take nothing more, finish what it runs, and go. Those of a push fleet are called by the schedulers, and ' +
    'none of them drains: `fleet pause` and `fleet drain` are for the fleet.',
  arguments: [
    FLEET,
    {
      name: 'agent',
      summary: 'Its name: triage-0, or support/triage/triage-0 as `agent list` shows it',
      required: true,
    },
  ],
  options: {},
  examples: [{ line: 'nova-torch agent drain support/triage triage-0', summary: 'let one agent go' }],
  ask: async (link, { words: [fleet = '', given = ''] }) => {
    fleetPath(fleet);
    const agent = agentOf(fleet, given);
    await link.ask({ method: 'POST', path: `/v1/agents/${fleet}/${encodeURIComponent(agent)}/drain` });
    return { fleet, agent, draining: true };
  },
  show: ({ fleet, agent }, { line }) => line(printable(`${agent} of ${fleet}  draining`)),
});

/** Its name within the fleet. A name holds no slash: what has some begins with a fleet, and it must be this one. */
function agentOf(fleet: string, given: string): string {
  const at = given.lastIndexOf('/');
  const name = given.slice(at + 1);
  if (name !== '' && (at < 0 || given.slice(0, at) === fleet)) return name;
  throw new WordError(`\`${given}\` is no agent of ${fleet}`, [
    'an agent is named by its own name, or as `agent list` shows it: team/fleet/name, of the same fleet',
  ]);
}

import type { AgentView } from '../../../spec/contract/protocol.ts';
import { text } from '../option.ts';
import { printAgents } from '../scheduler/lines.ts';
import { fleetPath } from '../scheduler/names.ts';
import { schedulerCommand } from '../scheduler/scheduler-command.ts';

export const agentList = schedulerCommand({
  description:
    'Lists the agents that were heard of within the last minute, whichever replica they speak to. A push fleet has none here: each replica calls it, and stands as one agent.',
  arguments: [],
  options: { fleet: text('team/fleet', 'Only those of this fleet') },
  examples: [{ line: 'nova-torch agent list --fleet support/triage', summary: 'who is there?' }],
  ask: async (link, { options: { fleet } }) => {
    if (fleet !== undefined) fleetPath(fleet);
    const path = fleet === undefined ? '/v1/agents' : `/v1/agents?${new URLSearchParams({ fleet }).toString()}`;
    const { agents } = await link.ask<{ readonly agents: readonly AgentView[] }>({ method: 'GET', path });
    return agents;
  },
  show: printAgents,
});

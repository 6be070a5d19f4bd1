import type { FleetView } from '../../../spec/contract/protocol.ts';
import { printFleets } from '../scheduler/lines.ts';
import { schedulerCommand } from '../scheduler/scheduler-command.ts';

export const fleetList = schedulerCommand({
  description:
    'Lists all fleets with what waits, what runs, their agents, and their builds with the share of tasks each gets.',
  arguments: [],
  options: {},
  examples: [{ line: 'nova-torch fleet list', summary: 'how busy is everything?' }],
  ask: async (link) => {
    const { fleets } = await link.ask<{ readonly fleets: readonly FleetView[] }>({ method: 'GET', path: '/v1/fleets' });
    return fleets;
  },
  show: printFleets,
});

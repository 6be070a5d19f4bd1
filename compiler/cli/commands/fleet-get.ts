import type { FleetView } from '../../../spec/contract/protocol.ts';
import { openBreakers, printFleets } from '../scheduler/lines.ts';
import { FLEET, fleetPath } from '../scheduler/names.ts';
import { schedulerCommand } from '../scheduler/scheduler-command.ts';
import { printable } from '../usage.ts';

export const fleetGet = schedulerCommand({
  description:
    'Shows one fleet: what waits, what runs, its agents and its builds; when it is paused, since when and why, and ' +
    'which circuit breakers are open, at which schedulers.',
  arguments: [FLEET],
  options: {},
  examples: [{ line: 'nova-torch fleet get support/triage', summary: 'one fleet' }],
  ask: (link, { words: [fleet = ''] }) => link.ask<FleetView>({ method: 'GET', path: fleetPath(fleet) }),
  show: (fleet, out) => {
    printFleets([fleet], out);
    const { pausedSince, pausedReason } = fleet;
    const since = pausedSince === undefined ? '' : ` since ${pausedSince}`;
    const reason = pausedReason === undefined ? '' : `: ${pausedReason}`;
    for (const line of openBreakers(fleet)) out.line(printable(line));
    if (fleet.paused) out.line(printable(`paused${since}${reason}`));
  },
});

import type { RedriveResponse } from '../../../spec/contract/protocol.ts';
import { counted } from '../../diagnostics/print-text.ts';
import { integer, many } from '../option.ts';
import { FLEET, fleetPath } from '../scheduler/names.ts';
import { schedulerCommand } from '../scheduler/scheduler-command.ts';
import { printable } from '../usage.ts';

export const dlqRedrive = schedulerCommand({
  description:
    'Gives dead letters of a fleet another chance, the oldest first, or those that are named. Ends with 1 when one of them is ' +
    'not ready again, and says which, and why.',
  arguments: [FLEET],
  options: {
    id: many('id', 'Only this one'),
    limit: integer('n', 'At most so many', [1, 100], 20),
  },
  examples: [{ line: 'nova-torch dlq redrive support/triage --limit 100', summary: 'after the fault was mended' }],
  ask: (link, { words: [fleet = ''], options: { id, limit } }) => {
    const body = id.length > 0 ? { ids: id } : { limit };
    return link.ask<RedriveResponse>({ method: 'POST', path: `${fleetPath(fleet)}/dead-letters/redrive`, body });
  },
  show: ({ redriven, left }, { line }) => {
    line(`${counted(redriven.length, 'task')} ready again`);
    for (const { id, detail } of left) line(printable(`${id} is left: it ${detail}`));
  },
  failed: ({ left }) => left.length > 0,
});

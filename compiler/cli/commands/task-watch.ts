import type { TaskEvent } from '../../../spec/contract/protocol.ts';
import { printEvent } from '../scheduler/lines.ts';
import { TASK_ID } from '../scheduler/names.ts';
import { schedulerCommand } from '../scheduler/scheduler-command.ts';

export const taskWatch = schedulerCommand({
  description: 'Shows what happens to a task until it ends, and goes on after a lost connection where it was.',
  arguments: [TASK_ID],
  options: {},
  examples: [{ line: 'nova-torch task watch <id>', summary: 'until it has ended' }],
  ask: async (link, { words: [id = ''], options, context }) => {
    const { clientOver } = await import('../../../runtime/client/client.ts');
    const { format } = options as { readonly format?: string };
    const events: TaskEvent[] = [];
    for await (const event of clientOver(link, 60_000).events(id, { signal: context.host.stop })) {
      events.push(event);
      if (format !== 'json') printEvent(event, context.out);
    }
    return events;
  },
  show: () => undefined,
  failed: (events) => events.at(-1)?.state !== 'succeeded',
});

import type { TaskEvent } from '../../../spec/contract/protocol.ts';
import type { Context } from '../context.ts';
import { printEvent } from '../scheduler/lines.ts';
import { TASK_ID } from '../scheduler/names.ts';
import { PATIENCE_MS, schedulerCommand } from '../scheduler/scheduler-command.ts';
import { printable } from '../usage.ts';

export const taskWatch = schedulerCommand({
  description:
    'Shows what happens to a task until it ends or becomes a dead letter, and goes on after a lost connection where it was. Ends ' +
    'with 1 unless the task succeeded.',
  arguments: [TASK_ID],
  options: {},
  examples: [{ line: 'nova-torch task watch <id>', summary: 'until it has ended, or waits for a person' }],
  ask: async (link, { words: [id = ''], options, context }) => {
    const { clientOver } = await import('../../../runtime/client/client.ts');
    const { telling } = await import('../scheduler/telling.ts');
    const { format } = options as { readonly format?: string };
    const events: TaskEvent[] = [];
    for await (const event of clientOver(telling(link, PATIENCE_MS, context), PATIENCE_MS).events(id, {
      signal: context.host.stop,
    })) {
      events.push(event);
      if (format !== 'json') printEvent(event, context.out);
      if (event.state === 'dead') {
        isDead(id, context);
        break;
      }
    }
    return events;
  },
  show: () => undefined,
  failed: (events) => events.at(-1)?.state !== 'succeeded',
});

/** Nothing more happens to a dead letter until somebody decides; its stream stays open for that. */
function isDead(id: string, { err }: Context): void {
  err.line(`it is a dead letter: nova-torch task why ${printable(id)} says why`);
  err.line(`  nova-torch task retry ${printable(id)} gives it another chance`);
}

import { parseDuration } from '../../../spec/contract/units.ts';
import type { SubmitResponse, TaskView } from '../../../spec/contract/protocol.ts';
import type { JsonObject } from '../../../spec/contract/source.ts';
import type { Context } from '../context.ts';
import { readGiven } from '../given-file.ts';
import { flag, many, text } from '../option.ts';
import { PATIENCE_MS, schedulerCommand } from '../scheduler/scheduler-command.ts';
import { keyOf, labelsOf } from '../scheduler/names.ts';
import { printTask } from '../scheduler/lines.ts';
import { printable, WordError } from '../usage.ts';

export const taskSubmit = schedulerCommand({
  description:
    'Submits a task. When it answers, the task is on the disk and will be done, whatever fails meanwhile. With --key the same ' +
    'command can be given again and again and means the same task.',
  arguments: [{ name: 'task', summary: 'Its type', required: true }],
  options: {
    input: text('json', 'Its input: JSON, @file, or - for standard input'),
    label: many('name=value', 'A label of it'),
    key: text('key', 'Names it for you: the same key is the same task'),
    delay: text('duration', 'Not to start before: 30s, 10m, 2h'),
    wait: flag('Wait for its end, and print its result'),
  },
  examples: [
    {
      line: `nova-torch task submit research --input '{"question": "Why?"}' --wait`,
      summary: 'ask, and wait for the answer',
    },
    {
      line: 'nova-torch task submit report --input @report.json --key 2027-w11',
      summary: 'once, however often it is given',
    },
  ],
  async ask(link, { words: [task = ''], options, context }): Promise<SubmitResponse | TaskView> {
    const { clientOver } = await import('../../../runtime/client/client.ts');
    const { telling } = await import('../scheduler/telling.ts');
    const client = clientOver(telling(link, PATIENCE_MS, context), PATIENCE_MS);
    const delayMs = options.delay === undefined ? undefined : delayOf(options.delay);
    const submitted = await client.submit(task, await inputOf(options.input, context), {
      ...(options.label.length > 0 && { labels: labelsOf(options.label) }),
      ...(options.key !== undefined && { key: keyOf(options.key) }),
      ...(delayMs !== undefined && { delayMs }),
      signal: context.host.stop,
    });
    if (!options.wait) return submitted;
    context.err.line(context.err.style.dim(printable(`${submitted.id} waits for ${submitted.fleet ?? 'its end'}`)));
    return client.ended(submitted.id, { signal: context.host.stop });
  },
  show: (answer, out) => {
    if ('state' in answer) return printTask(answer, out);
    const { id, status, duplicate, fleet } = answer;
    const known =
      duplicate === undefined ? status : `${status}, ${duplicate === 'joined' ? 'as another one' : 'again'}`;
    out.line(printable(`${id}  ${known}${fleet === undefined ? '' : `, for ${fleet}`}`));
  },
  failed: (answer) => 'state' in answer && answer.state !== 'succeeded',
});

function delayOf(given: string): number {
  const delayMs = parseDuration(given);
  if (delayMs === undefined)
    throw new WordError(`\`${given}\` is no length of time`, ['one looks like 30s, 10m or 2h']);
  return delayMs;
}

async function inputOf(given: string | undefined, context: Context): Promise<JsonObject> {
  if (given === undefined) return {};
  const source = await sourceOf(given, context);
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (error) {
    throw new WordError(`the input is not JSON: ${(error as SyntaxError).message}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new WordError('the input must be a JSON object');
  return value as JsonObject;
}

/** Longest input that is read, in bytes; the scheduler has a smaller limit of its own. */
const INPUT_BYTES_MAX = 16 * 1024 * 1024;

function sourceOf(given: string, context: Context): string | Promise<string> {
  if (given === '-') return context.host.stdin();
  return given.startsWith('@') ? readGiven(given.slice(1), INPUT_BYTES_MAX, context, 'refused') : given;
}

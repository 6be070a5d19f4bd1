import { defineCommand } from '../command.ts';
import { complain } from '../context.ts';
import { exits } from '../exit.ts';
import { printJson } from '../json.ts';
import { choice, integer } from '../option.ts';
import { isInterrupted } from '../pause.ts';
import { printable, WordError } from '../usage.ts';

const OWN_URL = 'http://127.0.0.1:8099';

export const conform = defineCommand({
  description:
    'Judges an agent in any language: listens at an address of this machine as a scheduler does, and looks at what the agent ' +
    'does with a few tasks of type `conform` whose input says what their handler has to do: {"do": "answer", "value": x} gives ' +
    '{"value": x}, {"do": "fail"} fails, and {"do": "wait"} runs until it is told to end. An answer is lost and another one cut ' +
    'off, a result and a poll are refused, an end is asked for, and somebody else has a task. Point the agent to it with ' +
    'NOVA_TORCH_SCHEDULER_URL, as fleet conform/conform.',
  arguments: [{ name: 'url', summary: `Where to listen; ${OWN_URL} otherwise`, required: false }],
  options: {
    timeout: integer('seconds', 'How long to wait for the agent to be done', [5, 3600], 60),
    format: choice(['text', 'json'], 'format', 'How to print'),
  },
  examples: [{ line: 'nova-torch conform http://127.0.0.1:8099', summary: 'then start the agent' }],
  exits: [exits.invalid],
  exitMeanings: { [exits.invalid]: 'the agent does not do what it must, or none came' },
  async run({ arguments: [url = OWN_URL], options, context }) {
    const place = placeOf(url);
    const { conformAt } = await import('../../../runtime/commands/conform.ts');
    let start = '';
    const answer = await conformAt({
      url: place,
      timeoutSeconds: options.timeout,
      stop: context.host.stop,
      onListening: (at) => {
        start = `start the agent with NOVA_TORCH_SCHEDULER_URL=${at} NOVA_TORCH_FLEET=conform/conform`;
        context.err.line(`${start}; it has ${options.timeout} s`);
      },
    });
    if (answer.kind === 'refused') throw new WordError(answer.message, [answer.hint]);
    const { verdicts, nobodyCame } = answer;
    if (nobodyCame && !isInterrupted(context.host))
      complain(context, `no agent came within ${options.timeout} s`, [start, '--timeout gives it longer']);
    const { line, style } = context.out;
    if (options.format === 'json') printJson(verdicts, context.out);
    else if (!nobodyCame) {
      for (const { passed, says, found } of verdicts) {
        line(`${passed ? style.green('ok  ') : style.red('FAIL')}  ${printable(says)}`);
        if (found !== undefined) line(`        ${printable(found)}`);
      }
    }
    return verdicts.every(({ passed }) => passed) ? exits.ok : exits.invalid;
  },
});

/** Only this machine: what is played here is not a scheduler that anybody may rely on. */
function placeOf(url: string): URL {
  const place = URL.canParse(url) ? new URL(url) : undefined;
  if (place?.protocol !== 'http:' || !['127.0.0.1', 'localhost'].includes(place.hostname)) {
    throw new WordError(`\`${url}\` is no address of this machine`, [`one looks like ${OWN_URL}`]);
  }
  return place;
}

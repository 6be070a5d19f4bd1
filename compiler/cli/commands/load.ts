import { defineCommand } from '../command.ts';
import { complain } from '../context.ts';
import { exits } from '../exit.ts';
import { printJson } from '../json.ts';
import { choice, flag, integer, longFlag, text } from '../option.ts';
import { REACH, reachOf } from '../scheduler/connect.ts';
import { printable, WordError } from '../usage.ts';

const NAMES = ['smoke', 'development', 'staging', 'production', 'stress', 'soak', 'spike'] as const;

export const load = defineCommand({
  description:
    'Submits tasks to a scheduler at the pace of a profile, and says whether its bounds held. Requests are sent when the profile ' +
    'says, whatever became of those before them, and times count from that moment: a scheduler that stands still for a second ' +
    'shows it in every request of that second. Profiles: smoke (50 requests a second for 2 minutes), development (100, 5 ' +
    'minutes), staging (500, 15 minutes), production (2000, 30 minutes), stress (5000, an hour), soak (250, four hours) and ' +
    'spike (5000, 10 minutes). It calls only the address it is given, and with --dev a scheduler of its own on the loopback.',
  arguments: [{ name: 'profile', summary: `One of ${NAMES.join(', ')}`, required: true, complete: NAMES }],
  options: {
    ...REACH,
    task: text('type', 'Task type to submit'),
    input: text('json', 'Its input'),
    agents: integer('n', 'Agents that run here and take the tasks: only then assignment is measured', [0, 1000], 0),
    fleet: text('team/fleet', 'Whose agents these are'),
    build: text('build', 'And of which build'),
    dev: flag('Start a scheduler for this run, and submit tasks that it knows'),
    seconds: integer('n', 'Another duration than the profile’s; 0 takes that', [0, 86_400], 0),
    rate: integer('per-second', 'Another rate than the profile’s; 0 takes that', [0, 20_000], 0),
    format: choice(['text', 'json'], 'format', 'How to print'),
  },
  examples: [
    { line: 'nova-torch load smoke --dev --agents 4', summary: 'how fast is this machine?' },
    {
      line: `nova-torch load staging --task research --input '{"question": "Why?"}'`,
      summary: 'against `nova-torch serve --dev` in this folder',
    },
    { line: 'nova-torch load production --dev --agents 50 --seconds 60', summary: 'a minute of a busy day' },
  ],
  exits: [exits.invalid, exits.denied],
  exitMeanings: {
    [exits.invalid]: 'a bound of the profile did not hold, or the scheduler does not answer, or refuses',
    [exits.denied]: 'you may not do that',
  },
  async run({ arguments: [name = ''], options, context }) {
    const profile = NAMES.find((one) => one === name);
    if (profile === undefined)
      throw new WordError(`there is no profile \`${name}\``, [`there are ${NAMES.join(', ')}`]);
    if (options.dev) onlyOwn(options);
    const { load: run } = await import('../../../runtime/commands/load.ts');
    const { host, out, err } = context;
    const answer = await run({
      profile,
      seconds: options.seconds,
      perSecond: options.rate,
      agents: options.agents,
      ...(!options.dev && { reach: reachOf(context, options) }),
      ...(options.task !== undefined && { task: options.task }),
      ...(options.input !== undefined && { input: options.input }),
      ...(options.fleet !== undefined && { fleet: options.fleet }),
      ...(options.build !== undefined && { build: options.build }),
      stop: host.stop,
      onSecond: (second, sent, answered) => {
        if (err.sink.isTerminal) err.line(err.style.dim(`${second} s  ${sent} sent  ${answered} accepted`));
      },
    });
    if (answer.kind === 'refused') {
      if (answer.because === 'words') throw new WordError(answer.message, [answer.hint]);
      complain(context, answer.message, [answer.hint]);
      return answer.because === 'denied' ? exits.denied : exits.invalid;
    }
    if (options.format === 'json') printJson({ profile, ...answer.report, checks: answer.checks }, out);
    else for (const line of answer.lines) out.line(printable(line));
    return answer.held ? exits.ok : exits.invalid;
  },
});

/** What the scheduler that is started for a run knows, it knows by itself. */
const OF_ANOTHER = ['url', 'tokenFile', 'team', 'task', 'input', 'fleet', 'build'] as const;

function onlyOwn(options: Readonly<Record<(typeof OF_ANOTHER)[number], string | undefined>>): void {
  const stray = OF_ANOTHER.find((key) => options[key] !== undefined);
  if (stray === undefined) return;
  throw new WordError(`\`--dev\` and \`${longFlag(stray)}\` exclude each other`, [
    '--dev starts a scheduler with a task, a fleet and a token of its own',
  ]);
}

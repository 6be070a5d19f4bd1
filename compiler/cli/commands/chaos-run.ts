import { defineCommand } from '../command.ts';
import { exits } from '../exit.ts';
import { printJson } from '../json.ts';
import { choice, flag, integer, many, text } from '../option.ts';
import { printable, WordError } from '../usage.ts';

const SECOND_MS = 1000;

export const chaosRun = defineCommand({
  description:
    'Starts a system of its own on this machine (a store, schedulers, agents, and a wire between each two of them), breaks it ' +
    'again and again while tasks are submitted, mends it, and compares what it says with what everyone heard: no accepted task ' +
    'may be lost, none may be finished twice, and all must end in time. It listens on the loopback only and touches nothing that ' +
    'runs already; experiments in a cluster are the Litmus manifests that `compile` makes. The same seed draws the same faults; ' +
    'when they strike depends on the machine.',
  arguments: [],
  options: {
    seed: integer('n', 'Draws the faults and the tasks; 0 takes a new one', [0, 2_147_483_647], 0),
    duration: integer('seconds', 'How long things break', [1, 86_400], 60),
    drain: integer(
      'seconds',
      'In which all must have ended after that; a breaker may hold a fleet for four minutes',
      [1, 3600],
      300,
    ),
    rate: integer('per-second', 'Tasks submitted each second', [1, 2000], 100),
    faults: many('kind', 'Only these, as `store` or `store:wipe`'),
    schedulers: integer('n', 'Schedulers', [1, 8], 2),
    agents: integer('n', 'Processes of agents', [1, 32], 3),
    store: text(
      'program',
      'Which store: valkey-server, redis-server or dragonfly; the first that is installed otherwise',
    ),
    smallDisks: flag(
      'Journals on small file systems that are really filled; root on Linux. Otherwise writes are refused',
    ),
    mirrored: flag(
      'Each journal has a mirror at the next scheduler, and disks are lost for good together with the store',
    ),
    lyingDisks: flag(
      'The control: disks say that they have synced and have not. Promises must be broken, and that be seen',
    ),
    format: choice(['text', 'json'], 'format', 'How to print'),
  },
  examples: [
    { line: 'nova-torch chaos run', summary: 'a minute of everything' },
    {
      line: 'nova-torch chaos run --faults store,power --duration 300 --seed 7',
      summary: 'the store and the power only',
    },
    { line: 'nova-torch chaos run --faults power --lying-disks', summary: 'would it see a loss? ends with 1' },
  ],
  exits: [exits.invalid],
  exitMeanings: { [exits.invalid]: 'a promise was broken; the task and its history are printed' },
  async run({ options, context }) {
    const { chaosRun: run } = await import('../../../runtime/commands/chaos-run.ts');
    const { host, out, err } = context;
    host.allowToEnd((options.drain + 60) * SECOND_MS);
    const answer = await run({
      ...(options.seed > 0 && { seed: options.seed }),
      durationMs: options.duration * SECOND_MS,
      drainMs: options.drain * SECOND_MS,
      perSecond: options.rate,
      faults: options.faults,
      schedulers: options.schedulers,
      agents: options.agents,
      ...(options.store !== undefined && { store: options.store }),
      lyingDisks: options.lyingDisks,
      smallDisks: options.smallDisks,
      mirrored: options.mirrored,
      stop: host.stop,
      onSeed: (seed) => err.line(`seed ${seed}`),
      onFault: (says) => {
        if (err.sink.isTerminal) err.line(err.style.dim(says));
      },
    });
    if (answer.kind === 'refused') throw new WordError(answer.message, [answer.hint]);
    if (options.format === 'json') printJson(answer.report, out);
    else for (const line of answer.lines) out.line(printable(line));
    return answer.kept ? exits.ok : exits.invalid;
  },
});

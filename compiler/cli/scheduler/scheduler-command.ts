import type { Connection, SchedulerProblem } from '../../../runtime/client/connection.ts';
import { defineCommand, type ArgumentSpec, type Command, type Example } from '../command.ts';
import { complain, type Context, type Voice } from '../context.ts';
import { exits, type ExitCode } from '../exit.ts';
import { printJson } from '../json.ts';
import { choice, type OptionSpecs, type OptionValues } from '../option.ts';
import { connect, REACH } from './connect.ts';

/** What every command that speaks to a scheduler can be told. */
const COMMON = { ...REACH, format: choice(['text', 'json'], 'format', 'How to print') };

/** For how long a command that submits or follows a task asks again while nobody answers. */
export const PATIENCE_MS = 60_000;

export interface SchedulerCommand<Specs extends OptionSpecs, Answer> {
  readonly description: string;
  readonly arguments: readonly ArgumentSpec[];
  readonly options: Specs;
  readonly examples: readonly [Example, ...Example[]];
  readonly ask: (
    link: Connection,
    given: { readonly words: readonly string[]; readonly options: OptionValues<Specs>; readonly context: Context },
  ) => Promise<Answer>;
  /** Prints an answer for people. */
  readonly show: (answer: Answer, out: Voice) => void;
  /** Fails although it was answered: what was waited for went wrong. */
  readonly failed?: (answer: Answer) => boolean;
}

/** A command that asks a scheduler something and prints the answer, or what stands in the way and what to do. */
export function schedulerCommand<const Specs extends OptionSpecs, Answer>(
  command: SchedulerCommand<Specs, Answer>,
): Command {
  const { description, arguments: words, options, examples, ask, show, failed } = command;
  return defineCommand({
    description,
    arguments: words,
    options: { ...options, ...COMMON },
    examples,
    exits: [exits.invalid, exits.denied],
    exitMeanings: {
      [exits.invalid]: 'the scheduler does not answer, or refuses; or the task did not succeed',
      [exits.denied]: 'you may not do that',
    },
    async run({ arguments: given, options: chosen, context }) {
      const { url, tokenFile, team, format } = chosen as OptionValues<typeof COMMON>;
      const link = await connect(context, { url, tokenFile, team });
      try {
        const answer = await ask(link, { words: given, options: chosen, context });
        if (format === 'json') printJson(answer, context.out);
        else show(answer, context.out);
        return failed?.(answer) === true ? exits.invalid : exits.ok;
      } catch (error) {
        return refused(context, given, error);
      }
    },
  });
}

/** Says what the scheduler said, and what to do; throws what was not its doing. */
async function refused(context: Context, asked: readonly string[], error: unknown): Promise<ExitCode> {
  const { HeaderFault, SchedulerProblem, SchedulerUnreachable } = await import('../../../runtime/client/connection.ts');
  if (error instanceof SchedulerUnreachable) {
    complain(context, error.message, ['nova-torch serve --dev runs one here; --url names another']);
    return exits.invalid;
  }
  if (error instanceof HeaderFault) {
    complain(context, error.message, ['look at the token, and at --key and --team']);
    return exits.invalid;
  }
  if (!(error instanceof SchedulerProblem)) throw error;
  if (error.problem === 'not-found' && (error.detail !== undefined || asked.length > 0)) {
    complain(context, error.detail ?? `there is no ${asked.map((word) => `\`${word}\``).join(' ')}`, [UNKNOWN]);
    return exits.invalid;
  }
  const places = error.errors.map(({ pointer, detail }) => `${pointer === '' ? '/' : pointer}: ${detail}`);
  complain(context, error.message, [...places, ...hintsFor(error)]);
  return error.status === 401 || error.status === 403 ? exits.denied : exits.invalid;
}

const UNKNOWN = 'it never was, is forgotten, or belongs to somebody else';

function hintsFor({ status, problem, retryAfterMs }: SchedulerProblem): readonly string[] {
  if (problem === 'unknown') return ['is this the API of a scheduler? --url names another'];
  if (status === 401) return ['set NOVA_TORCH_TOKEN, or name the file of a token with --token-file'];
  if (status === 403) return ['ask an operator, or use a token with more roles'];
  if (problem === 'which-team') return ['--team says which'];
  if (retryAfterMs !== undefined) return [`try again in ${Math.max(1, Math.round(retryAfterMs / 1000))} s`];
  return [];
}

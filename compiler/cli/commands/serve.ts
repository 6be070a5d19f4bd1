import { VERSION } from '../../core/version.ts';
import { defineCommand } from '../command.ts';
import { complain } from '../context.ts';
import { exits } from '../exit.ts';
import { flag, text } from '../option.ts';
import { isInterrupted } from '../pause.ts';
import { systemProblem } from '../system-problem.ts';
import { printable } from '../usage.ts';
import type { Crash } from '../../../runtime/commands/serve.ts';

/** What a graceful end may take beyond what the configuration says, before the process is ended. */
const MARGIN_MS = 2000;

export const serve = defineCommand({
  description:
    'Runs a scheduler: takes tasks over HTTP, keeps them in a journal on its own disk, and hands them to agents by the routing ' +
    'table. Settings come from a file, then from environment variables; the reference lists them all. SIGTERM ends it ' +
    'gracefully. With --dev it runs on your machine alone: it makes a token that may do everything, listens on loopback and ' +
    'needs no store.',
  arguments: [],
  options: {
    config: text('file', 'Settings, as YAML or JSON', 'file'),
    dev: flag('Run on this machine alone, with a token of your own'),
  },
  examples: [
    { line: 'nova-torch serve --dev', summary: 'try it: everything in this process, on loopback' },
    { line: 'nova-torch serve --config serve.yaml', summary: 'with settings from a file' },
  ],
  exits: [exits.invalid, exits.disk],
  exitMeanings: { [exits.invalid]: 'it could not start: the settings, the routing table or the machine' },
  endsWhenAsked: true,
  async run({ options, context }) {
    const { serveFromConfig } = await import('../../../runtime/commands/serve.ts');
    const { host, directory, err } = context;
    let crash: Crash | undefined;
    const asked = serveFromConfig({
      directory,
      ...(options.config !== undefined && { file: options.config }),
      env: host.env,
      dev: options.dev === true,
      version: VERSION,
      stop: host.stop,
      onConfig: ({ scheduler }, warnings, last) => {
        crash = last;
        host.onCrash((error) => last(error, 'ended by an error that nobody caught: a mistake of nova-torch'));
        host.allowToEnd(2 * scheduler.lameDuckMs + scheduler.shutdownMs + MARGIN_MS);
        for (const { at, message } of warnings)
          err.line(`${err.style.yellow('warning')}: ${printable(`${at}: ${message}`)}`);
      },
      onListening: ({ api, ops }, tokenFile) => {
        if (tokenFile === undefined) return;
        err.line(`${err.style.green('ready')}  the API is at ${api}, health and metrics at ${ops}`);
        err.line(`       its token is in ${printable(tokenFile)}`);
      },
      onFatal: (error) => {
        crash?.(error, 'the journal cannot be written: nothing was promised that is not on the disk');
        host.end(exits.disk);
      },
    });
    const answer = await asked.catch((error: unknown) => {
      // What the system refused is said in words, and so is what happened before there were settings.
      if (crash === undefined || systemProblem(error) !== undefined) throw error;
      crash(error, 'ended by an error that nobody expected: a mistake of nova-torch');
      return isInterrupted(host) ? exits.interrupted : exits.bug;
    });
    if (typeof answer === 'number') return answer;
    if (answer.kind === 'ended') return exits.ok;
    if (answer.kind === 'refused') complain(context, answer.message, [answer.hint]);
    else for (const { at, message } of answer.problems) complain(context, `${at}: ${message}`);
    return exits.invalid;
  },
});

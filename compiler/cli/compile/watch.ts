import { complain } from '../context.ts';
import type { Context } from '../context.ts';
import { exits } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import { systemProblem } from '../system-problem.ts';
import { FolderWatchers } from './watch-folders.ts';

/** Editors save in several steps: this long nothing more must have changed, in milliseconds. */
const QUIET_MS = 80;

/** Compiles now and after every change below `spec/`, until the person stops it. Gives the last exit code. */
export async function watch(root: string, compile: () => Promise<ExitCode>, context: Context): Promise<ExitCode> {
  const { stop } = context.host;
  const changes = new Changes();
  const watchers = new FolderWatchers(root, () => changes.happened());
  stop.addEventListener('abort', () => changes.close(), { once: true });
  let code: ExitCode = exits.ok;
  try {
    do {
      // Before the spec is read, so that what changes meanwhile is seen.
      watchers.begin();
      code = await survived(compile, context);
      if (!stop.aborted) context.err.line(context.err.style.dim('waiting for changes; stop with Ctrl-C'));
    } while (await changes.next(QUIET_MS));
  } finally {
    watchers.end();
  }
  return code;
}

/** A full disk or a busy lock ends one compile, and not the watch. */
async function survived(compile: () => Promise<ExitCode>, context: Context): Promise<ExitCode> {
  try {
    return await compile();
  } catch (error) {
    const problem = systemProblem(error);
    if (problem === undefined) throw error;
    complain(context, problem.message, problem.hints);
    return problem.exit;
  }
}

/**
 * Changes that were seen and not yet answered. States: quiet (nothing seen), stirred (seen, waiting for silence), closed.
 * `happened` stirs, `next` waits for a stir and then for silence, `close` ends every wait.
 */
class Changes {
  #seen = 0;
  #closed = false;
  #wake: () => void = () => undefined;

  happened(): void {
    this.#seen += 1;
    this.#wake();
  }

  close(): void {
    this.#closed = true;
    this.#wake();
  }

  /** True after a change and a silence, false when closed. */
  async next(quietMs: number): Promise<boolean> {
    while (this.#seen === 0 && !this.#closed) await new Promise<void>((resolve) => (this.#wake = resolve));
    for (let seen = -1; seen !== this.#seen && !this.#closed;) {
      seen = this.#seen;
      await new Promise((resolve) => setTimeout(resolve, quietMs));
    }
    this.#seen = 0;
    return !this.#closed;
  }
}

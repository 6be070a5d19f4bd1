import { existsSync, watch as watchFolder } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../context.ts';
import { exits } from '../exit.ts';
import type { ExitCode } from '../exit.ts';

/** Editors save in several steps: this long nothing more must have changed, in milliseconds. */
const QUIET_MS = 80;

/** A process without anything to wait for ends in the middle of a wait; this is something. */
const ALIVE_MS = 60_000;

/**
 * Compiles now and after every change below `spec/`, until the person stops it or the folder is gone. Gives the last exit
 * code.
 */
export async function watch(root: string, compile: () => Promise<ExitCode>, context: Context): Promise<ExitCode> {
  const { stop } = context.host;
  const { line, style } = context.err;
  const folder = join(root, 'spec');
  const changes = new Changes();
  const alive = setInterval(() => undefined, ALIVE_MS);
  stop.addEventListener('abort', () => changes.close(), { once: true });
  let code: ExitCode = exits.ok;
  let watcher: FSWatcher | undefined;
  try {
    do {
      // Anew each time: of a folder that was put in the place of another one (`git checkout`) its watcher hears nothing.
      watcher?.close();
      watcher = existsSync(folder) ? watcherOf(folder, changes) : undefined;
      code = await compile();
      if (!existsSync(folder)) {
        line(style.dim('there is nothing left to watch'));
        break;
      }
      if (!stop.aborted) line(style.dim('waiting for changes; stop with Ctrl-C'));
    } while (await changes.next(QUIET_MS));
  } finally {
    clearInterval(alive);
    watcher?.close();
  }
  return code;
}

/** A folder that vanishes under its watcher is a change as well: the compile says what it is. */
function watcherOf(folder: string, changes: Changes): FSWatcher {
  const watcher = watchFolder(folder, { recursive: true }, () => changes.happened());
  return watcher.on('error', () => changes.happened());
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

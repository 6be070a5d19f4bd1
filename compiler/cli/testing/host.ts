import { stateFolder } from '../../incremental/testing/state-folder.ts';
import type { Host } from '../host.ts';
import { run } from '../run.ts';
import type { ExitCode } from '../exit.ts';

/** What a run in this process wrote and how it ended. */
export interface Ran {
  readonly code: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a test may choose about the world of a command. */
export interface World {
  readonly cwd?: string;
  /** A home for what is remembered, and nothing else, where it is not said. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly terminal?: boolean;
  readonly stop?: AbortSignal;
  readonly today?: string;
  readonly now?: () => number;
  readonly node?: string;
  /** Called with everything that is written to standard output or standard error. */
  readonly heard?: (text: string) => void;
}

/** Runs a command line in this process, with a world of its own. */
export async function runHere(words: readonly string[], world: World = {}): Promise<Ran> {
  const stdout: string[] = [];
  const stderr: string[] = [];
  const sink = (into: string[]) => ({
    isTerminal: world.terminal === true,
    columns: world.terminal === true ? 80 : 0,
    write: (text: string) => {
      into.push(text);
      world.heard?.(text);
    },
  });
  const host: Host = {
    cwd: world.cwd ?? '/nowhere',
    env: world.env ?? { XDG_STATE_HOME: stateFolder },
    stdout: sink(stdout),
    stderr: sink(stderr),
    stdin: async () => world.stdin ?? '',
    stop: world.stop ?? new AbortController().signal,
    allowToEnd: () => {},
    onCrash: () => {},
    end: () => {},
    now: world.now ?? (() => 0),
    node: world.node ?? '20.19.0',
    today: () => world.today ?? '2026-01-15',
  };
  const code = await run(words, host);
  return { code, stdout: stdout.join(''), stderr: stderr.join('') };
}

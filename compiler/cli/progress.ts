import type { Context } from './context.ts';

/** How long somebody waits before a command says what it does, and how often it says it anew. */
const AFTER_MS = 1000;
const EVERY_MS = 100;

export interface Progress {
  readonly show: (done: number, of: number) => void;
  /** Leaves nothing behind. */
  readonly clear: () => void;
}

/** One line on standard error that is written over: `compiling 412 of 1000 fleets`. Nothing where no terminal shows it. */
export function progressLine({ host }: Context, verb: string, nouns: string): Progress {
  const { stderr, now } = host;
  const started = now();
  let shown: number | undefined;
  return {
    show: (done, of) => {
      const time = now();
      if (!stderr.isTerminal || time - started < AFTER_MS || time - (shown ?? -EVERY_MS) < EVERY_MS) return;
      shown = time;
      stderr.write(`\r\u001b[2K${verb} ${done} of ${of} ${nouns}`);
    },
    clear: () => {
      if (shown !== undefined) stderr.write('\r\u001b[2K');
    },
  };
}

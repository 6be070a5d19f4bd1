import { conform } from '../conform/conform.ts';
import { NOT_SEEN, type Verdict } from '../conform/checks.ts';
import { systemWords } from '../core/system-words.ts';

export interface ConformQuestion {
  /** Where to listen: an address of this machine. */
  readonly url: URL;
  readonly timeoutSeconds: number;
  readonly stop: AbortSignal;
  readonly onListening: (url: string) => void;
}

export type ConformAnswer =
  | {
      readonly kind: 'verdicts';
      readonly verdicts: readonly Verdict[];
      /** No agent said a word: nothing was judged. */
      readonly nobodyCame: boolean;
    }
  /** It cannot listen there: why, and what to do. */
  | { readonly kind: 'refused'; readonly message: string; readonly hint: string };

/** Plays a scheduler until the agent is done, and judges it. */
export async function conformAt({ url, timeoutSeconds, stop, onListening }: ConformQuestion): Promise<ConformAnswer> {
  const port = url.port === '' ? 80 : Number(url.port);
  try {
    const verdicts = await conform({ host: url.hostname, port, timeoutMs: timeoutSeconds * 1000, stop, onListening });
    return { kind: 'verdicts', verdicts, nobodyCame: verdicts.every(({ found }) => found === NOT_SEEN) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall !== 'listen') throw error;
    return {
      kind: 'refused',
      message: `it cannot listen on ${url.hostname}:${port}: ${systemWords(error)}`,
      hint: 'it is a scheduler itself for as long as it judges: name an address where nobody listens',
    };
  }
}

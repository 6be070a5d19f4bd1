import { conform } from '../conform/conform.ts';
import type { Verdict } from '../conform/checks.ts';

export interface ConformQuestion {
  /** Where to listen: an address of this machine. */
  readonly url: URL;
  readonly timeoutSeconds: number;
  readonly stop: AbortSignal;
  readonly onListening: (url: string) => void;
}

/** Plays a scheduler until the agent is done, and judges it. */
export function conformAt({ url, timeoutSeconds, stop, onListening }: ConformQuestion): Promise<readonly Verdict[]> {
  const port = url.port === '' ? 80 : Number(url.port);
  return conform({ host: url.hostname, port, timeoutMs: timeoutSeconds * 1000, stop, onListening });
}

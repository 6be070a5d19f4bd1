import type { Host } from './host.ts';

/** The person asked to stop before anything was done that must be finished. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

/** A signal is heard only between two turns of the event loop: this long a command may hear nothing, in milliseconds. */
const DEAF_MS = 50;

/** What a long command awaits between two pieces of its work: lets signals in, and throws `Stopped` after one. */
export function pauseFor(host: Pick<Host, 'now' | 'stop'>): () => Promise<void> {
  let heardMs = host.now();
  return async () => {
    if (host.now() - heardMs >= DEAF_MS) {
      await turn();
      heardMs = host.now();
    }
    if (isInterrupted(host)) throw new Stopped();
  };
}

/** Ends this turn of the event loop, so that what came meanwhile is heard. */
export async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

/** Whether the person asked to stop; a reader who went away did not. */
export function isInterrupted({ stop }: Pick<Host, 'stop'>): boolean {
  return stop.aborted && stop.reason === 'interrupted';
}

/** Whether this is how a command ended because its reader went away: what it would have said next nobody wants to know. */
export function isUnread({ stop }: Pick<Host, 'stop'>, error: unknown): boolean {
  if (!stop.aborted || stop.reason !== 'unread') return false;
  return error === stop.reason || (error instanceof Error && error.name === 'AbortError');
}

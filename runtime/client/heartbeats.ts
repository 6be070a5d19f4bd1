import type { HeartbeatResponse } from '../../spec/contract/protocol.ts';
import type { Connection } from './connection.ts';
import type { Run } from './run-task.ts';

/** How often to look whether a heartbeat is due. */
const TICK_MS = 100;
/** Three fit into a lease, so that one may be lost. */
const BEATS = 3;

/**
 * Keeps the leases of all runs with one call now and then, the shortest lease first, and stops the runs that should end. One
 * that was not answered is sent again at once: another scheduler may answer, and the lease lasts a while longer.
 */
export function heartbeats(
  link: Connection,
  path: string,
  runs: ReadonlyMap<string, Run>,
  onDrain: () => void,
): { stop(): void } {
  let sentMs = performance.now();
  let isSending = false;
  const beat = async (held: readonly Run[], everyMs: number): Promise<void> => {
    const body = { tasks: held.map(({ task: { id, token } }) => ({ id, token })) };
    const begunMs = performance.now();
    const answer = await link.ask<HeartbeatResponse>({ method: 'POST', path, body, timeoutMs: Math.ceil(everyMs) });
    sentMs = begunMs;
    for (const [index, { lease, cancel }] of answer.tasks.entries()) {
      if (lease === 'gone') held[index]?.stop('lost');
      else if (cancel) held[index]?.stop('cancelled');
    }
    if (answer.drain) onDrain();
  };
  const tick = setInterval(() => {
    const held = [...runs.values()];
    const everyMs = Math.min(...held.map(({ task }) => task.heartbeatMs)) / BEATS;
    // Nothing runs, or not for long enough.
    if (isSending || performance.now() - sentMs < everyMs) return;
    isSending = true;
    void beat(held, everyMs)
      .catch(() => undefined)
      .finally(() => {
        isSending = false;
      });
  }, TICK_MS);
  tick.unref();
  return { stop: () => clearInterval(tick) };
}

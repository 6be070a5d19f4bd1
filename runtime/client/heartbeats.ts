import { BEAT_TASKS_MAX, type HeartbeatResponse } from '../../spec/contract/protocol.ts';
import { SchedulerProblem, type Connection } from './connection.ts';
import type { Run } from './run-task.ts';

/** How often to look whether a heartbeat is due. */
const TICK_MS = 100;
/** Three fit into a lease, so that one may be lost. */
const BEATS = 3;
/** Another scheduler would refuse it too; several tries fit into the lease all the same. */
const REFUSED_MS = 1000;

/**
 * Keeps the leases of all runs with one call now and then (with several, when they are many), the shortest lease first, and stops
 * the runs that should end. A call that was not answered is sent again at once: another scheduler may answer, and the lease lasts a
 * while longer. One that was refused is sent again as well, a second later at most: a token that is being renewed is read anew.
 */
export function heartbeats(
  link: Connection,
  path: string,
  runs: ReadonlyMap<string, Run>,
  { onDrain, onFailure }: { readonly onDrain: () => void; readonly onFailure: (error: unknown) => void },
): { stop(): void } {
  let sentMs = performance.now();
  let notBeforeMs = 0;
  let isSending = false;
  const beatSome = async (held: readonly Run[], everyMs: number): Promise<void> => {
    const body = { tasks: held.map(({ task: { id, token } }) => ({ id, token })) };
    const answer = await link.ask<HeartbeatResponse>({ method: 'POST', path, body, timeoutMs: Math.ceil(everyMs) });
    for (const [index, { lease, cancel }] of answer.tasks.entries()) {
      if (lease === 'gone') held[index]?.stop('lost');
      else if (cancel) held[index]?.stop('cancelled');
    }
    if (answer.drain) onDrain();
  };
  const beat = async (held: readonly Run[], everyMs: number): Promise<void> => {
    const begunMs = performance.now();
    const parts: Promise<void>[] = [];
    for (let at = 0; at < held.length; at += BEAT_TASKS_MAX)
      parts.push(beatSome(held.slice(at, at + BEAT_TASKS_MAX), everyMs));
    await Promise.all(parts);
    sentMs = begunMs;
  };
  // It also keeps the process: nothing else may, while all slots are taken by handlers that wait for no file or socket.
  const tick = setInterval(() => {
    const held = [...runs.values()];
    const everyMs = Math.min(...held.map(({ task }) => task.heartbeatMs)) / BEATS;
    // Nothing runs, or not for long enough.
    const nowMs = performance.now();
    if (isSending || nowMs < notBeforeMs || nowMs - sentMs < everyMs) return;
    isSending = true;
    void beat(held, everyMs)
      .catch((error: unknown) => {
        if (error instanceof SchedulerProblem && error.status < 500)
          notBeforeMs = performance.now() + Math.min(everyMs / BEATS, REFUSED_MS);
        onFailure(error);
      })
      .finally(() => {
        isSending = false;
      });
  }, TICK_MS);
  return { stop: () => clearInterval(tick) };
}

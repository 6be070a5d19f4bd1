import { setTimeout as pause } from 'node:timers/promises';
import type { TaskView } from '../../spec/contract/protocol.ts';
import { CallFailed, type HttpCaller } from '../load/http-caller.ts';
import type { FinalState } from './ledger.ts';

const CALL_MS = 5000;
const ATONCE = 16;

/** Asks for each task, and again while it goes on, until all have ended or time is over. */
export async function finalStates({
  caller,
  urls,
  ids,
  untilMs,
  nowMs,
}: {
  readonly caller: HttpCaller;
  readonly urls: readonly string[];
  readonly ids: readonly string[];
  readonly untilMs: number;
  readonly nowMs: () => number;
}): Promise<{ readonly finals: ReadonlyMap<string, FinalState>; readonly redriven: number }> {
  const finals = new Map<string, FinalState>();
  const redriven = new Set<string>();
  let open = [...ids];
  let round = 0;
  while (open.length > 0) {
    const asked = open;
    open = [];
    let at = 0;
    const url = urls[round % urls.length] ?? '';
    const worker = async (): Promise<void> => {
      for (let id = asked[at++]; id !== undefined; id = asked[at++]) {
        const final = await ask(caller, url, id);
        if (final !== undefined) finals.set(id, final);
        if (final?.state === 'dead') {
          // It lost its agents too often: whoever runs the system gives it another chance.
          redriven.add(id);
          await retry(caller, url, id);
        }
        if (final?.state !== 'succeeded' && final?.state !== 'unknown') open.push(id);
      }
    };
    await Promise.all(Array.from({ length: ATONCE }, worker));
    if (nowMs() > untilMs) break;
    if (open.length > 0) await pause(200);
    round += 1;
  }
  return { finals, redriven: redriven.size };
}

/** Nothing when nobody answers for good. */
async function ask(caller: HttpCaller, url: string, id: string): Promise<FinalState | undefined> {
  try {
    const answer = await caller.call({ method: 'GET', url: `${url}/v1/tasks/${id}`, timeoutMs: CALL_MS });
    if (answer.status === 404) return { state: 'unknown' };
    if (answer.status !== 200) return undefined;
    const { state, result } = answer.body as unknown as TaskView;
    const token = typeof result === 'object' && result !== null && 'token' in result ? result['token'] : undefined;
    return { state, ...(typeof token === 'number' && { token }) };
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    return undefined;
  }
}

async function retry(caller: HttpCaller, url: string, id: string): Promise<void> {
  await caller
    .call({ method: 'POST', url: `${url}/v1/tasks/${id}/retry`, timeoutMs: CALL_MS })
    .catch((error: unknown) => {
      if (!(error instanceof CallFailed)) throw error;
    });
}

import { setTimeout as pause } from 'node:timers/promises';
import type { Assignment, HeartbeatResponse, PollResponse } from '../../../spec/contract/protocol.ts';

/** What an agent may get wrong; each of them was seen in one. */
export type Fault =
  'fails what was cut off' | 'drops what is refused' | 'ends when it is denied' | 'beats no more when denied';

const AGENT = 'plain';
const FLEET = '/v1/agents/conform/conform';
const BEAT_MS = 400;

/** An agent of two slots that knows the rules, but for one. Ends when it is told to drain, or by `stop`. */
export async function plainAgent(url: string, stop: AbortSignal, fault?: Fault): Promise<void> {
  const running = new Map<string, { readonly task: Assignment; readonly end: AbortController }>();
  let isDraining = false;
  const call = (path: string, body: unknown): Promise<Response> =>
    fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(body), signal: stop });
  const settle = async (task: Assignment, verb: string, body: object): Promise<number> => {
    for (;;) {
      const answer = await call(`/v1/tasks/${task.id}/${verb}`, { agent: AGENT, token: task.token, ...body }).catch(
        () => undefined,
      );
      stop.throwIfAborted();
      const isWhole = await answer?.json().then(
        () => true,
        () => false,
      );
      if (answer !== undefined && isWhole === true) return answer.status;
      if (answer !== undefined && fault === 'fails what was cut off')
        return settle(task, 'fail', { error: 'IncompleteRead' });
      await pause(50);
    }
  };
  const work = async (task: Assignment, end: AbortSignal): Promise<void> => {
    const { do: wanted, value } = task.input;
    if (wanted === 'fail') await settle(task, 'fail', { error: 'Asked' });
    else if (wanted === 'wait') {
      await new Promise((resolve) => end.addEventListener('abort', resolve, { once: true }));
      await settle(task, 'release', {});
    } else {
      const status = await settle(task, 'complete', { result: { value } });
      if (status === 422 && fault !== 'drops what is refused') await settle(task, 'fail', { error: 'InvalidResult' });
    }
    running.delete(task.id);
  };
  const beat = async (): Promise<void> => {
    const tasks = [...running.values()].map(({ task: { id, token } }) => ({ id, token }));
    const answer = (await (await call(`${FLEET}/${AGENT}/heartbeat`, { tasks })).json()) as HeartbeatResponse;
    for (const { id, cancel } of answer.tasks) if (cancel) running.get(id)?.end.abort();
    isDraining ||= answer.drain;
  };
  await call('/v1/agents', { name: AGENT, slots: 2 });
  const beats = setInterval(() => {
    if (running.size > 0) void beat().catch(() => undefined);
  }, BEAT_MS);
  stop.addEventListener('abort', () => clearInterval(beats));
  while (!isDraining) {
    const free = 2 - running.size;
    const answer = free > 0 ? await call(`${FLEET}/${AGENT}/poll`, { free }) : undefined;
    if (answer?.status === 401 && fault === 'ends when it is denied') return clearInterval(beats);
    if (answer?.status === 401 && fault === 'beats no more when denied' && running.size > 0) clearInterval(beats);
    if (answer?.status !== 200) {
      await pause(Number(answer?.headers.get('retry-after') ?? 0) * 1000 + 50);
      continue;
    }
    const { tasks, drain } = (await answer.json()) as PollResponse;
    isDraining ||= drain;
    for (const task of tasks) {
      const end = new AbortController();
      running.set(task.id, { task, end });
      void work(task, end.signal).catch(() => undefined);
    }
  }
}

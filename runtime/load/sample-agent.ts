import { setTimeout as pause } from 'node:timers/promises';
import type { Assignment, NextRequest, PollResponse, SettleResponse } from '../../spec/contract/protocol.ts';
import type { Json } from '../../spec/contract/source.ts';
import { CallFailed, problemCode, type HttpAnswer, type HttpCaller } from './http-caller.ts';

/**
 * An agent that does as it is told: it runs a task for `input.runMs`, fails the first `input.failures` attempts, beats, and
 * repeats its last word until it is answered. What it sees and does is told to an observer, and told before it is done where
 * a witness must not come late.
 */
export interface SampleAgentOptions {
  readonly caller: HttpCaller;
  /** Where schedulers are: when one does not answer, the next is asked. */
  readonly urls: readonly string[];
  readonly fleet: string;
  readonly name: string;
  readonly build: string;
  readonly slots: number;
  readonly stop: AbortSignal;
  readonly tell: (event: AgentEvent) => Promise<void> | void;
}

export type AgentEvent =
  | { readonly kind: 'assigned'; readonly task: Assignment }
  /** It is about to say that it has finished. */
  | { readonly kind: 'finishing'; readonly id: string; readonly token: number; readonly result: Json }
  /** It was answered. */
  | { readonly kind: 'answered'; readonly id: string; readonly token: number; readonly answer: string };

const POLL_MS = 2000;
const CALL_MS = 4000;
const REST_MS = 50;

export async function sampleAgent(options: SampleAgentOptions): Promise<void> {
  const agent = new SampleAgent(options);
  await agent.run();
}

/** The same for an agent that is handed its tasks: gives the way to do so. */
export function handedAgent(options: SampleAgentOptions): (task: Assignment) => Promise<void> {
  const agent = new SampleAgent(options);
  void agent.beats();
  return (task) => agent.work(task);
}

class SampleAgent {
  readonly #options: SampleAgentOptions;
  readonly #running = new Map<string, { readonly task: Assignment; beatMs: number }>();
  /** Which scheduler it talks to. */
  #at = 0;
  #room: () => void = () => undefined;

  constructor(options: SampleAgentOptions) {
    this.#options = options;
  }

  async run(): Promise<void> {
    const { stop, fleet, name, build, slots } = this.#options;
    while (!stop.aborted) {
      const body = { fleet, name, build, slots };
      const answer = await this.#ask('/v1/agents', body);
      if (answer?.status === 200) break;
      await this.#rest();
    }
    const beats = this.beats();
    while (!stop.aborted) await this.#turn();
    await beats;
  }

  async #turn(): Promise<void> {
    const { fleet, name, build, slots } = this.#options;
    const free = Math.min(64, slots - this.#running.size);
    if (free < 1) {
      await new Promise<void>((resolve) => {
        this.#room = resolve;
      });
      return;
    }
    const body = { build, slots, free, waitMs: POLL_MS };
    const answer = await this.#ask(`/v1/agents/${fleet}/${name}/poll`, body, POLL_MS + CALL_MS);
    if (answer?.status !== 200) {
      await this.#rest();
      return;
    }
    for (const task of (answer.body as unknown as PollResponse).tasks) void this.work(task);
  }

  async work(task: Assignment): Promise<void> {
    const { tell, fleet, name } = this.#options;
    const { id, token, attempt, input } = task;
    const run = `${id} ${token}`;
    this.#running.set(run, { task, beatMs: performance.now() });
    await tell({ kind: 'assigned', task });
    await pause(Number(input['runMs'] ?? 0));
    const path = `/v1/tasks/${id}`;
    const query = `?fleet=${encodeURIComponent(fleet)}`;
    if (attempt <= Number(input['failures'] ?? 0)) {
      await this.#say(`${path}/fail${query}`, { agent: name, token, error: 'Again' });
    } else {
      const result = { token, ...('n' in input && { n: input['n'] ?? null }) };
      await tell({ kind: 'finishing', id, token, result });
      const body = { agent: name, token, result, ...this.#next() };
      const answer = await this.#say(`${path}/complete${query}`, body);
      if (answer !== undefined) await tell({ kind: 'answered', id, token, answer: said(answer) });
      for (const next of tasksWith(answer)) void this.work(next);
    }
    this.#running.delete(run);
    this.#room();
  }

  /** More of the same with the answer, when no poll is open that would bring it. */
  #next(): { readonly next?: NextRequest } {
    const { stop, build, slots } = this.#options;
    return stop.aborted || this.#running.size < slots ? {} : { next: { build, slots, free: 1 } };
  }

  /** Until somebody answers for good; nothing when it is stopped before. */
  async #say(path: string, body: Json): Promise<HttpAnswer | undefined> {
    while (!this.#options.stop.aborted) {
      const answer = await this.#ask(path, body);
      if (answer !== undefined && answer.status < 500 && answer.status !== 429) return answer;
      await this.#rest();
    }
    return undefined;
  }

  /** Every third of the shortest lease. */
  async beats(): Promise<void> {
    const { fleet, name, stop } = this.#options;
    while (!stop.aborted) {
      await pause(BEAT_LOOK_MS);
      const now = performance.now();
      const due = [...this.#running.values()].filter(({ task, beatMs }) => now - beatMs > task.heartbeatMs / 3);
      if (due.length === 0) continue;
      for (const run of due) run.beatMs = now;
      const tasks = due.slice(0, 256).map(({ task: { id, token } }) => ({ id, token }));
      await this.#ask(`/v1/agents/${fleet}/${name}/heartbeat`, { tasks }, BEAT_MS);
    }
  }

  async #ask(path: string, body: Json, timeoutMs = CALL_MS): Promise<HttpAnswer | undefined> {
    const { caller, urls } = this.#options;
    const url = `${urls[this.#at % urls.length] ?? ''}${path}`;
    try {
      const answer = await caller.call({ method: 'POST', url, body, timeoutMs });
      if (answer.status >= 500) this.#at += 1;
      return answer;
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      this.#at += 1;
      return undefined;
    }
  }

  async #rest(): Promise<void> {
    await pause(REST_MS * (0.5 + Math.random()));
  }
}

function tasksWith(answer: HttpAnswer | undefined): readonly Assignment[] {
  return answer?.status === 200 ? ((answer.body as unknown as SettleResponse).next?.tasks ?? []) : [];
}

const BEAT_LOOK_MS = 100;
const BEAT_MS = 1000;

/** `done`, `repeated`, or the problem. */
function said(answer: HttpAnswer): string {
  if (answer.status !== 200) return problemCode(answer);
  const { body } = answer;
  return typeof body === 'object' && body !== null && 'repeated' in body && body['repeated'] === true
    ? 'repeated'
    : 'done';
}

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bodyOf, problem, reply, type Body } from './answers.ts';
import { Sheet, type Verdict } from './checks.ts';

/**
 * A scheduler that an agent in any language is judged by: it hands out a few tasks of type `conform`, loses an answer and cuts
 * another off, refuses a result and a poll, asks for an end, and looks at what comes back. What a handler of `conform` has to do
 * stands in the task's input: `{"do": "answer", "value": x}` gives `{"value": x}`, `{"do": "fail"}` fails, `{"do": "wait"}` runs
 * until it is told to end.
 */
export interface ConformOptions {
  readonly host: string;
  readonly port: number;
  /** It listens; the agent may begin. */
  readonly onListening: (url: string) => void;
  readonly stop: AbortSignal;
  /** Without an end of its own it is over after so long. */
  readonly timeoutMs: number;
}

const HEARTBEAT_MS = 1500;
const POLL_MS = 2000;
const RUN_MS = 60_000;
const RETRY_AFTER_S = 1;
/** How long it is watched whether it asks for work while it drains, and how long it may take to hear of it. */
const DRAIN_WATCH_MS = 1500;
const DRAIN_TOLD_MS = 15_000;
/** In which a refused result must have become something else. */
const REFUSED_MS = 5000;

interface Given {
  readonly id: string;
  readonly token: number;
  readonly input: Readonly<Record<string, unknown>>;
  readonly givenMs: number;
  seenMs: number;
  cancelledMs?: number;
  /** When its result was refused. */
  refusedMs?: number;
  /** Bodies of completions so far. */
  readonly completions: string[];
  isOver: boolean;
}

const SCRIPT = [
  { id: 'answer', input: { do: 'answer', value: 7 } },
  { id: 'again', input: { do: 'answer', value: 'twice' } },
  { id: 'cut', input: { do: 'answer', value: 'half' } },
  { id: 'failure', input: { do: 'fail' } },
  { id: 'stale', input: { do: 'answer', value: null } },
  { id: 'invalid', input: { do: 'answer', value: 'refused' } },
  { id: 'wait', input: { do: 'wait' } },
] as const;

export async function conform(options: ConformOptions): Promise<readonly Verdict[]> {
  const judge = new Judge();
  const server = createServer((request, response) => {
    void judge.answer(request, response).catch(() => response.destroy());
  });
  server.listen(options.port, options.host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  options.onListening(`http://${options.host}:${port}`);
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, options.timeoutMs);
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    options.stop.addEventListener('abort', done, { once: true });
    void judge.over.then(done);
  });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  return judge.sheet.verdicts();
}

class Judge {
  readonly sheet = new Sheet();
  readonly #given = new Map<string, Given>();
  #next = 0;
  #slots = 0;
  #registered = false;
  #refusedMs: number | undefined;
  #isDenied = false;
  #isDraining = false;
  /** An answer has said so. */
  #toldDrain = false;
  #end = (): void => undefined;
  readonly over = new Promise<void>((resolve) => {
    this.#end = resolve;
  });

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = `${request.method} ${(request.url ?? '').split('?', 1)[0]}`;
    const body = await bodyOf(request);
    const [, id = '', verb = ''] = /^POST \/v1\/tasks\/([^/]+)\/(complete|fail|release)$/.exec(path) ?? [];
    if (path === 'POST /v1/agents') this.#register(body, response);
    else if (/^POST \/v1\/agents\/[^/]+\/[^/]+\/[^/]+\/poll$/.test(path)) await this.#poll(body, response);
    else if (/^POST \/v1\/agents\/[^/]+\/[^/]+\/[^/]+\/heartbeat$/.test(path)) this.#beat(body, response);
    else if (/^POST \/v1\/agents\/[^/]+\/[^/]+\/[^/]+\/drain$/.test(path)) reply(response, 200, { done: true });
    else if (verb !== '') this.#settle(decodeURIComponent(id), verb, body, response);
    else problem(response, 404, 'not-found');
  }

  #register(body: Body, response: ServerResponse): void {
    const { name, slots, build = 'conform' } = body;
    if (typeof name === 'string' && name !== '' && Number.isInteger(slots) && Number(slots) > 0) {
      this.#registered = true;
      this.#slots = Number(slots);
      this.sheet.pass('register');
    } else this.sheet.fail('register', `it registered with ${JSON.stringify(body)}`);
    reply(response, 200, { agent: name, fleet: 'conform/conform', build, pollMs: POLL_MS, drainMs: 5000 });
  }

  /** Looks at what is asked for; says whether the agent is told to go instead. */
  #asks(free: unknown): boolean {
    const isRunning = ({ isOver, refusedMs }: Given): boolean => !isOver && refusedMs === undefined;
    const running = [...this.#given.values()].filter(isRunning).length;
    if (!Number.isInteger(free) || Number(free) < 1 || Number(free) > this.#slots - running)
      this.sheet.fail('poll', `it asked for ${String(free)} with ${running} running in ${this.#slots} slots`);
    else this.sheet.pass('poll');
    if (!this.#isDraining) return false;
    if (this.#toldDrain) this.sheet.fail('drain', 'it asked for more work');
    this.#tellDrain();
    return true;
  }

  async #poll({ free }: Body, response: ServerResponse): Promise<void> {
    if (!this.#registered) this.sheet.fail('register', 'it asked for work first');
    if (this.#asks(free)) return reply(response, 200, { tasks: [], drain: true });
    if (this.#refusedMs === undefined && this.#next === 1) {
      this.#refusedMs = performance.now();
      response.setHeader('retry-after', String(RETRY_AFTER_S));
      return problem(response, 429, 'too-many-requests');
    }
    if (this.#refusedMs !== undefined) this.#cameBack(performance.now() - this.#refusedMs);
    const step = SCRIPT[this.#next];
    if (this.#denies(step)) return problem(response, 401, 'unauthenticated');
    if (step === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      return reply(response, 200, { tasks: [], drain: false });
    }
    this.#next += 1;
    reply(response, 200, { tasks: [this.#assign(step)], drain: false });
  }

  /** Once before the last task is handed out, and for as long as a heartbeat while it runs. */
  #denies(step: (typeof SCRIPT)[number] | undefined): boolean {
    if (step?.id === 'wait' && !this.#isDenied) {
      this.#isDenied = true;
      this.sheet.due('denied', 'it did not ask again');
      return true;
    }
    const given = this.#given.get('wait');
    return given !== undefined && !given.isOver && performance.now() - given.givenMs < HEARTBEAT_MS;
  }

  #cameBack(afterMs: number): void {
    if (afterMs < RETRY_AFTER_S * 1000 - 50)
      this.sheet.fail('retryAfter', `it came back after ${Math.round(afterMs)} ms`);
    else this.sheet.pass('retryAfter');
  }

  #assign({ id, input }: (typeof SCRIPT)[number]) {
    const now = performance.now();
    const token = 1_000_000 + this.#next;
    if (id === 'wait') this.sheet.due('denied', 'what it ran was not kept');
    this.#given.set(id, { id, token, input, givenMs: now, seenMs: now, completions: [], isOver: false });
    const at = (ms: number): string => new Date(Date.now() + ms).toISOString();
    return {
      ...{ id, token, task: 'conform', tenant: 'conform', labels: {}, input, attempt: 1, priority: 'normal' },
      ...{ heartbeatMs: HEARTBEAT_MS, leasedUntil: at(HEARTBEAT_MS), dueAt: at(RUN_MS) },
    };
  }

  #beat({ tasks }: Body, response: ServerResponse): void {
    const named = Array.isArray(tasks) ? (tasks as { id?: unknown; token?: unknown }[]) : [];
    const now = performance.now();
    const answers = named.map(({ id, token }) => {
      const given = this.#given.get(String(id));
      if (given === undefined || given.token !== token || given.isOver) return { id, lease: 'gone', cancel: false };
      this.#inTime(given, now);
      // A task that waits has shown by two heartbeats that it is kept: now its end is asked for.
      if (given.id === 'wait' && now - given.givenMs > 2 * HEARTBEAT_MS) {
        given.cancelledMs ??= now;
        this.sheet.pass('denied');
      }
      return {
        id,
        lease: 'held',
        until: new Date(Date.now() + HEARTBEAT_MS).toISOString(),
        cancel: given.cancelledMs !== undefined,
      };
    });
    if (this.#isDraining) this.#tellDrain();
    reply(response, 200, { tasks: answers, drain: this.#isDraining });
  }

  #inTime(given: Given, now: number): void {
    const silentMs = now - given.seenMs;
    given.seenMs = now;
    if (silentMs > HEARTBEAT_MS) this.sheet.fail('heartbeat', `it was silent for ${Math.round(silentMs)} ms`);
    else this.sheet.pass('heartbeat');
  }

  #settle(id: string, verb: string, body: Body, response: ServerResponse): void {
    const given = this.#given.get(id);
    if (given === undefined || body['token'] !== given.token || typeof body['agent'] !== 'string') {
      this.sheet.fail('complete', `${verb} of ${id} came with ${JSON.stringify(body).slice(0, 200)}`);
      return problem(response, 409, 'stale');
    }
    if (verb === 'complete') this.#complete(given, body, response);
    else this.#gaveUp(given, verb, body, response);
  }

  #complete(given: Given, body: Body, response: ServerResponse): void {
    given.completions.push(JSON.stringify(body['result']));
    const wanted = JSON.stringify({ value: given.input['value'] });
    const [first, second] = given.completions;
    if (given.id === 'wait') this.sheet.fail('cancel', 'it was completed');
    else if (given.id === 'stale') {
      if (second !== undefined) this.sheet.fail('stale', 'it was sent again');
      else this.sheet.pass('stale');
      given.isOver = true;
      return problem(response, 409, 'stale');
    } else if (first !== wanted) this.sheet.fail('complete', `the result was ${first}, not ${wanted}`);
    else if (given.id === 'invalid') return this.#refuse(given, second, response);
    else if (given.id === 'again' || given.id === 'cut') {
      if (second === undefined) return this.#lose(given.id, response);
      if (second === first) this.sheet.pass(given.id);
      else this.sheet.fail(given.id, `the second time it was ${second}`);
    } else this.sheet.pass('complete');
    given.isOver = true;
    const done = { id: given.id, state: 'succeeded', repeated: second !== undefined };
    const { next } = body;
    reply(response, 200, next === undefined ? done : { ...done, next: this.#more(next as Body, done.repeated) });
  }

  /** It was done, and the agent does not hear of it, or hears half. */
  #lose(id: 'again' | 'cut', response: ServerResponse): void {
    this.sheet.due(id, 'it was sent once');
    if (id === 'again') {
      response.destroy();
      return;
    }
    const text = JSON.stringify({ id, state: 'succeeded', repeated: false });
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length });
    response.write(text.slice(0, text.length / 2), () => response.destroy());
  }

  #refuse(given: Given, second: string | undefined, response: ServerResponse): void {
    if (second !== undefined) this.sheet.fail('invalid', 'it was sent again');
    this.sheet.due('invalid', 'it was dropped in silence');
    given.refusedMs ??= performance.now();
    problem(response, 422, 'invalid-result', [{ pointer: '/value', detail: 'is not of this fleet' }]);
  }

  /** Work that comes with the answer to a completion, but for the polls that are to be refused. */
  #more({ free }: Body, repeated: boolean) {
    if (this.#asks(free)) return { tasks: [], drain: true };
    const step = repeated || this.#refusedMs === undefined ? undefined : SCRIPT[this.#next];
    if (step === undefined || (step.id === 'wait' && !this.#isDenied)) return { tasks: [], drain: false };
    this.#next += 1;
    return { tasks: [this.#assign(step)], drain: false };
  }

  #gaveUp(given: Given, verb: string, body: Body, response: ServerResponse): void {
    given.isOver = true;
    const said = `it said ${verb} with ${JSON.stringify(body).slice(0, 200)}`;
    const isFailure = verb === 'fail' && KIND.test(String(body['error']));
    if (given.id === 'failure') {
      if (isFailure) this.sheet.pass('failure');
      else this.sheet.fail('failure', said);
    } else if (given.id === 'cut') this.sheet.fail('cut', said);
    else if (given.id === 'invalid' && given.refusedMs !== undefined) {
      const afterMs = performance.now() - given.refusedMs;
      if (!isFailure && verb !== 'release') this.sheet.fail('invalid', said);
      else if (afterMs > REFUSED_MS) this.sheet.fail('invalid', `it took ${Math.round(afterMs)} ms`);
      else this.sheet.pass('invalid');
    } else if (given.id === 'wait') {
      if (given.cancelledMs === undefined) this.sheet.fail('cancel', 'it ended before anybody asked');
      else this.sheet.pass('cancel');
      this.#drain();
    } else this.sheet.fail('complete', `${given.id} was said to have ended with ${verb}`);
    reply(response, 200, { id: given.id, state: 'cancelled', repeated: false });
  }

  /** The next answer says so. */
  #drain(): void {
    this.#isDraining = true;
    setTimeout(() => this.#end(), DRAIN_TOLD_MS).unref();
  }

  /** Now it is watched for a while. */
  #tellDrain(): void {
    if (this.#toldDrain) return;
    this.#toldDrain = true;
    setTimeout(() => {
      this.sheet.pass('drain');
      this.#end();
    }, DRAIN_WATCH_MS);
  }
}

const KIND = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;

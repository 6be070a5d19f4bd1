import { readFileSync } from 'node:fs';
import process from 'node:process';
import type { Problem } from '../../spec/contract/protocol.ts';
import { limited } from './limited.ts';

/**
 * How a scheduler is reached. What is not said comes from the variables that a fleet's pod has: `NOVA_TORCH_SCHEDULER_URL`, and
 * `NOVA_TORCH_TOKEN_FILE` where the mesh does not say who calls.
 */
export interface ConnectionOptions {
  /** Of a scheduler, or of several: when one does not answer, the next is asked. */
  readonly url?: string | readonly string[];
  /** A bearer token, or a way to it that is asked for each call: tokens in files are renewed. */
  readonly token?: string | (() => string | undefined);
  /** Which of one's teams is meant, for people who are in several. */
  readonly team?: string;
  readonly fetch?: typeof fetch;
}

export interface Ask {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** 30 seconds when absent. */
  readonly timeoutMs?: number;
}

export interface Connection {
  /** One call, made once. Rejects with `SchedulerProblem` for what the scheduler refuses, `SchedulerUnreachable` without an answer. */
  ask<Body>(ask: Ask): Promise<Body>;
  /** The same, for an answer that goes on. */
  stream(ask: Ask): Promise<ReadableStream<Uint8Array>>;
}

/** The scheduler says no (RFC 9457). */
export class SchedulerProblem extends Error {
  readonly status: number;
  /** Its name: `queue-full`, `stale`; `unknown` for an answer that is no problem document. */
  readonly problem: string;
  /** What it says of this one request, where it says more than its name does. */
  readonly detail: string | undefined;
  readonly errors: NonNullable<Problem['errors']>;
  readonly retryAfterMs: number | undefined;

  constructor(status: number, document: Partial<Problem>, retryAfterMs: number | undefined) {
    // The detail alone says what happened, not to what: "it names t-1".
    const said = [document.title, document.detail].filter((text) => text !== undefined).join(': ');
    super(said === '' ? `the scheduler answers ${status}` : said);
    this.name = 'SchedulerProblem';
    this.status = status;
    this.problem = document.type?.split('/').at(-1) ?? 'unknown';
    this.detail = document.detail;
    this.errors = document.errors ?? [];
    this.retryAfterMs = retryAfterMs;
  }
}

/** There was no answer, or none that can be read: nobody knows whether anything was done. */
export class SchedulerUnreachable extends Error {
  constructor(url: string, options: ErrorOptions, says = 'does not answer') {
    super(`the scheduler at ${url} ${says}`, options);
    this.name = 'SchedulerUnreachable';
  }
}

/** What should be said is no JSON: the caller's mistake, and not the scheduler's silence. Nothing was sent. */
export class Unsendable extends TypeError {
  constructor(cause: unknown) {
    super(`is no JSON: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'Unsendable';
  }
}

/** However that fails: values that are none, circles, what is nested too deeply, and a `toJSON` that throws. */
export function jsonOf(body: unknown): string {
  try {
    return JSON.stringify(body);
  } catch (error) {
    throw new Unsendable(error);
  }
}

/** What should be said beside a body cannot be: a key of other letters, a token of two lines. Nothing was sent. */
export class HeaderFault extends TypeError {
  constructor(name: string) {
    super(`what is to be said as \`${name}\` has a character that no header may have`);
    this.name = 'HeaderFault';
  }
}

/** Does not show the value: it may be a token. */
function headersOf(said: Readonly<Record<string, string>>): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(said)) {
    try {
      headers.set(name, value);
    } catch {
      throw new HeaderFault(name);
    }
  }
  return headers;
}

const LIKE = 'http://scheduler:8080';

/** Said when the client is made: a call would take what is none for a scheduler that does not answer, and wait for it. */
function mustBeAddress(url: string): void {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new TypeError(`\`${url}\` is no scheduler: one looks like ${LIKE}`);
  }
  const { username, password, host } = new URL(url);
  if (username === '' && password === '') return;
  throw new TypeError(`the address of ${host} holds a login: a token says who calls, see NOVA_TORCH_TOKEN_FILE`);
}

/** Variables of a process. Said without Node's types: whoever submits from elsewhere need not have them. */
export type Environment = Readonly<Record<string, string | undefined>>;

const TIMEOUT_MS = 30_000;

/** Throws when nobody says where the scheduler is. */
export function connection(options: ConnectionOptions, env: Environment = process.env): Connection {
  const { url = env['NOVA_TORCH_SCHEDULER_URL'], fetch: call = fetch, team } = options;
  const urls = (typeof url === 'string' ? [url] : (url ?? [])).map((one) => one.replace(/\/+$/, ''));
  if (urls.length === 0) throw new TypeError('no scheduler: give `url`, or set NOVA_TORCH_SCHEDULER_URL');
  for (const one of urls) mustBeAddress(one);
  const token = options.token ?? tokenFrom(env['NOVA_TORCH_TOKEN_FILE']);
  let at = 0;
  const send = async ({ method, path, body, headers, signal }: Ask, limit: AbortSignal): Promise<Response> => {
    const base = urls[at % urls.length] ?? '';
    const bearer = typeof token === 'function' ? token() : token;
    const text = body === undefined ? undefined : jsonOf(body);
    const said = headersOf({
      ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
      ...(team !== undefined && { 'nova-team': team }),
      ...(text !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    });
    try {
      return await call(`${base}${path}`, {
        method,
        redirect: 'error',
        signal: limit,
        headers: said,
        ...(text !== undefined && { body: text }),
      });
    } catch (error) {
      signal?.throwIfAborted();
      at += 1;
      throw new SchedulerUnreachable(base, { cause: error });
    }
  };
  return {
    ask: async <Body>(ask: Ask) => {
      const { signal, end } = limited(ask.timeoutMs ?? TIMEOUT_MS, ask.signal);
      try {
        const response = await send(ask, signal);
        const text = await response.text().catch((error: unknown) => {
          ask.signal?.throwIfAborted();
          throw new SchedulerUnreachable(response.url, { cause: error });
        });
        if (response.ok) return answerOf(text, response.url) as Body;
        // Another one may be well.
        if (response.status >= 500) at += 1;
        throw problemOf(response, text);
      } finally {
        end();
      }
    },
    stream: async (ask) => {
      const { signal, end } = limited(ask.timeoutMs ?? TIMEOUT_MS, ask.signal);
      try {
        const response = await send(ask, signal);
        if (response.ok && response.body !== null) return ending(response.body, end);
        throw problemOf(response, await response.text());
      } catch (error) {
        end();
        throw error;
      }
    },
  };
}

/** A stream whose limit goes with it, however it ends. */
function ending(body: ReadableStream<Uint8Array>, end: () => void): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      try {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        end();
        controller.close();
      } catch (error) {
        end();
        controller.error(error);
      }
    },
    cancel: (reason) => {
      end();
      return reader.cancel(reason);
    },
  });
}

/** Read for each call: the file is renewed while the process runs. */
function tokenFrom(file: string | undefined): (() => string) | undefined {
  return file === undefined ? undefined : () => readFileSync(file, 'utf8').trim();
}

function problemOf(response: Response, text: string): SchedulerProblem {
  const after = Number(response.headers.get('retry-after') ?? Number.NaN);
  return new SchedulerProblem(response.status, documentOf(text), Number.isFinite(after) ? after * 1000 : undefined);
}

/** An answer that was cut off may look as if it were whole. */
function answerOf(text: string, url: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SchedulerUnreachable(url, { cause: error }, 'gives an answer that is no JSON');
  }
}

function documentOf(text: string): Partial<Problem> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

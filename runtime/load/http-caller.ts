import { Agent, request as plainRequest } from 'node:http';
import { Agent as SafeAgent, request as safeRequest } from 'node:https';
import type { Json } from '../../spec/contract/source.ts';

/**
 * Calls of the API for those who measure or break it: nothing is retried, followed or hidden, and connections are kept as a
 * good client keeps them. One of these is cheaper than `fetch`, which counts when the caller shares its processors with what
 * it measures.
 */
export interface HttpCaller {
  /** Rejects with `CallFailed` when there is no answer. */
  call(request: HttpRequest): Promise<HttpAnswer>;
  close(): void;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly body?: Json;
  readonly key?: string;
  readonly timeoutMs: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: Json;
  /** `Retry-After`, in milliseconds. */
  readonly retryAfterMs?: number;
}

/** There was no answer: nobody knows whether anything was done. */
export class CallFailed extends Error {
  readonly code: string;

  constructor(code: string, options?: ErrorOptions) {
    super(code, options);
    this.name = 'CallFailed';
    this.code = code;
  }
}

const SOCKETS_MAX = 1024;

/** `token` is asked for each call when it is a function; `team` says which of one's teams is meant. */
export function httpCaller(token: string | (() => string) | undefined, team?: string): HttpCaller {
  const options = { keepAlive: true, maxSockets: SOCKETS_MAX, scheduling: 'lifo' } as const;
  const plain = new Agent(options);
  const safe = new SafeAgent(options);
  const origins = new Map<string, Origin>();
  const placeOf = (url: string) => {
    const end = url.indexOf('/', url.indexOf('//') + 2);
    const origin = end === -1 ? url : url.slice(0, end);
    // Reading a URL anew for each call would cost more than the rest of it.
    const known = origins.get(origin) ?? readOrigin(origin);
    origins.set(origin, known);
    return { ...known, path: end === -1 ? '/' : url.slice(end) };
  };
  return {
    call: ({ method, url, body, key, timeoutMs }) =>
      new Promise((resolve, reject) => {
        const isSafe = url.startsWith('https:');
        const text = body === undefined ? undefined : JSON.stringify(body);
        const bearer = typeof token === 'function' ? token() : token;
        const headers = {
          ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
          ...(team !== undefined && { 'nova-team': team }),
          ...(text !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
          ...(key !== undefined && { 'idempotency-key': key }),
        };
        const call = (isSafe ? safeRequest : plainRequest)({
          ...placeOf(url),
          ...{ method, headers, agent: isSafe ? safe : plain },
        });
        const timer = setTimeout(() => call.destroy(new CallFailed('timeout')), timeoutMs);
        const fail = (error: Error): void => {
          clearTimeout(timer);
          reject(error instanceof CallFailed ? error : new CallFailed(codeOf(error), { cause: error }));
        };
        call.once('error', fail);
        call.once('response', (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.once('error', fail);
          response.once('close', () => {
            if (!response.complete) fail(new CallFailed('cut off'));
          });
          response.once('end', () => {
            clearTimeout(timer);
            const seconds = Number(response.headers['retry-after']);
            resolve({
              status: response.statusCode ?? 0,
              body: parsed(Buffer.concat(chunks).toString()),
              ...(Number.isFinite(seconds) && { retryAfterMs: seconds * 1000 }),
            });
          });
        });
        call.end(text);
      }),
    close: () => {
      plain.destroy();
      safe.destroy();
    },
  };
}

interface Origin {
  readonly protocol: string;
  readonly hostname: string;
  readonly port: string;
}

function readOrigin(origin: string): Origin {
  const { protocol, hostname, port } = new URL(origin);
  // Node takes the address of IPv6 without its brackets.
  return { protocol, hostname: hostname.replaceAll(/[[\]]/g, ''), port };
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}

/** The last part of a problem's type: `queue-full`; else the status. */
export function problemCode({ status, body }: HttpAnswer): string {
  const type = typeof body === 'object' && body !== null && 'type' in body ? body['type'] : undefined;
  return typeof type === 'string' ? (type.split('/').at(-1) ?? type) : String(status);
}

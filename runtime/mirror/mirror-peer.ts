import * as http from 'node:http';
import * as https from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  MirrorRefused,
  REFUSALS,
  type MirrorContents,
  type MirrorPiece,
  type MirrorState,
  type Place,
  type RefusalReason,
} from './mirror.ts';

/** The peer, as its owner sees it. Each call rejects with `MirrorRefused`, or with anything else when the peer is away. */
export interface MirrorPeer {
  begin(): Promise<MirrorState>;
  append(piece: MirrorPiece): Promise<Place>;
}

/** The same for a scheduler that has lost its disk. */
export interface MirrorSource {
  contents(): Promise<MirrorContents | undefined>;
  /** Writes a segment to `into`. */
  fetch(segment: string, bytes: number, into: Writable): Promise<void>;
}

export interface HttpPeerOptions {
  /** Where the peer takes mirrors: `http://scheduler-1:8081`. */
  readonly url: string;
  readonly owner: string;
  readonly journal: () => string;
  /** What proves who calls, where no proxy does. */
  readonly token: () => Promise<string | undefined>;
  /** A request that takes longer has failed. */
  readonly timeoutMs: number;
}

export interface HttpPeer extends MirrorPeer, MirrorSource {
  close(): void;
}

export function httpPeer(options: HttpPeerOptions): HttpPeer {
  const { url, owner, journal, timeoutMs } = options;
  const { Agent } = url.startsWith('https:') ? https : http;
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const at = (path: string): string => `${url.replace(/\/$/, '')}/mirror/${owner}${path}`;
  const ask = (method: string, path: string, body?: Buffer): Promise<IncomingMessage> =>
    send(options, agent, method, at(path), body);
  return {
    begin: async () => {
      const response = await ask('POST', `/begin?journal=${journal()}`, Buffer.alloc(0));
      return (await readJson(response, timeoutMs)) as MirrorState;
    },
    append: async ({ session, segment, at, cut, oldest, bytes }) => {
      const query = `session=${session}&at=${at}&oldest=${oldest}${cut ? '&cut=1' : ''}`;
      return (await readJson(await ask('POST', `/${segment}?${query}`, bytes), timeoutMs)) as Place;
    },
    contents: async () => {
      const response = await send({ ...options, timeoutMs: CHECK_MS }, agent, 'GET', at(''));
      const body = await readJson(response, timeoutMs, [200, 404]);
      if (response.statusCode === 404 && reasonOf(body) === 'none') return undefined;
      if (response.statusCode === 404) throw refusal(404, body);
      if (!isContents(body)) throw new Error('its answer is not what a peer says');
      return body;
    },
    fetch: async (segment, bytes, into) => {
      const response = await ask('GET', `/${segment}?bytes=${bytes}`);
      if (response.statusCode !== 200) await readJson(response, timeoutMs);
      else await pipeline(ofLength(response, bytes), into);
    },
    close: () => agent.destroy(),
  };
}

/** Before it answers, a peer reads and checks all that it has. */
const CHECK_MS = 300_000;

async function send(
  { token, timeoutMs }: HttpPeerOptions,
  agent: http.Agent,
  method: string,
  url: string,
  body?: Buffer,
): Promise<IncomingMessage> {
  const bearer = await token();
  const { request } = url.startsWith('https:') ? https : http;
  return new Promise((resolve, reject) => {
    const call = request(url, {
      method,
      agent,
      timeout: timeoutMs,
      headers: {
        ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
        ...(body !== undefined && { 'content-type': 'application/octet-stream', 'content-length': body.length }),
      },
    });
    const late = (): unknown => call.destroy(new Error(`it has not answered for ${timeoutMs} ms`));
    let timer: NodeJS.Timeout | undefined;
    let isAnswered = false;
    call.once('timeout', late);
    // One whose head comes a byte at a time is never silent.
    call.once('finish', () => {
      if (!isAnswered) timer = setTimeout(late, timeoutMs);
    });
    call.once('response', (response) => {
      isAnswered = true;
      clearTimeout(timer);
      resolve(response);
    });
    call.on('error', reject);
    // What changes the protocol, as 101 does, is neither an answer nor an error to Node.
    call.once('close', () => {
      clearTimeout(timer);
      reject(new Error('it has ended the connection without an answer'));
    });
    call.end(body);
  });
}

/** What is neither longer nor shorter than was asked for; Node holds a body to the length that its head says. */
function ofLength(response: IncomingMessage, bytes: number): IncomingMessage {
  if (Number(response.headers['content-length']) === bytes) return response;
  response.destroy();
  throw new Error(`its answer is not of ${bytes} bytes`);
}

async function readJson(
  response: IncomingMessage,
  timeoutMs: number,
  good: readonly number[] = [200],
): Promise<unknown> {
  const late = (): unknown => response.destroy(new Error(`its answer did not end within ${timeoutMs} ms`));
  const timer = setTimeout(late, timeoutMs);
  const text = await readText(response).finally(() => clearTimeout(timer));
  const status = response.statusCode ?? 0;
  if (good.includes(status)) return JSON.parse(text) as unknown;
  throw refusal(status, parsed(text));
}

async function readText(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > ANSWER_BYTES_MAX) throw new Error('its answer is too large');
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

const ANSWER_BYTES_MAX = 1_048_576;

function isContents(body: unknown): body is MirrorContents {
  const { journal, segments } = (body ?? {}) as { readonly [Name in keyof MirrorContents]?: unknown };
  return typeof journal === 'string' && Array.isArray(segments) && segments.every(isSegment);
}

function isSegment(one: unknown): boolean {
  const { name, bytes } = (one ?? {}) as { readonly name?: unknown; readonly bytes?: unknown };
  return typeof name === 'string' && Number.isSafeInteger(bytes);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** An answer that is not the peer's own, such as that of a proxy before it, says that the peer is away. */
function refusal(status: number, body: unknown): Error {
  const reason = REFUSALS.find((one) => one === reasonOf(body));
  if (reason === undefined || status === 503) return new Error(`it answered ${status}`);
  const detail = (body as { readonly detail?: unknown }).detail;
  return new MirrorRefused(reason satisfies RefusalReason, typeof detail === 'string' ? detail : `status ${status}`);
}

function reasonOf(body: unknown): string {
  return typeof body === 'object' && body !== null && 'reason' in body ? String(body.reason) : '';
}

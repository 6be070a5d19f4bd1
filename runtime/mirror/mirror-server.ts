import { createReadStream } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { isSegmentName } from '../journal/segment.ts';
import { MirrorFolder, type MirrorFolderOptions } from './mirror-folder.ts';
import { MirrorRefused, PIECE_BYTES_MAX, type RefusalReason } from './mirror.ts';

/** Who calls: another scheduler, somebody who is known and is none, somebody unknown, or that cannot be told now. */
export type MirrorCaller = 'peer' | 'stranger' | 'nobody' | 'unavailable';

export interface MirrorServerOptions extends Omit<MirrorFolderOptions, 'directory'> {
  /** One folder in it for each owner. */
  readonly directory: string;
  /** The schedulers whose mirrors are here. */
  readonly owners: readonly string[];
  readonly whoCalls: (credentials: MirrorCredentials) => Promise<MirrorCaller>;
  readonly onFault: (error: unknown) => void;
}

/** What a request brings to prove who calls. */
export interface MirrorCredentials {
  readonly authorization: string | undefined;
  readonly forwardedClientCert: string | undefined;
  readonly peer: string;
}

export interface MirrorServer {
  readonly server: Server;
  /** Gives its URL. */
  listen(port: number, host: string): Promise<string>;
  /** Cuts what is under way, as its end would, and lets go of all files. */
  close(): Promise<void>;
}

interface Kept {
  readonly folders: ReadonlyMap<string, MirrorFolder>;
  /** Of pieces that are being read. */
  readonly bodies: { open: number };
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/**
 * What a peer takes and gives back, on a port of its own. Who calls is asked before a byte of the body is read, and a body is
 * never longer than a piece.
 *
 *     POST /mirror/<owner>/begin?journal=<id>               a session: where the mirror ends
 *     POST /mirror/<owner>/<segment>?session=&at=&oldest=   the next records; `&cut=1` from the sure place on
 *     GET  /mirror/<owner>                                  what there is, checked
 *     GET  /mirror/<owner>/<segment>?bytes=                 one segment of it
 */
export function mirrorServer(options: MirrorServerOptions): MirrorServer {
  const folders = new Map(
    options.owners.map((owner) => [owner, new MirrorFolder({ ...options, directory: join(options.directory, owner) })]),
  );
  // Node looks for slow connections every half minute, unless it is told otherwise.
  const bodies = { open: 0 };
  const server = createServer({ connectionsCheckingInterval: 500 }, (request, response) => {
    answer(options, { folders, bodies }, request, response).catch((error: unknown) => {
      options.onFault(error);
      response.destroy();
    });
  });
  server.headersTimeout = 2000;
  server.requestTimeout = 15_000;
  server.keepAliveTimeout = 72_000;
  server.maxConnections = 64;
  return {
    server,
    listen: async (port, host) => {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, resolve);
      });
      const { address, family, port: taken } = server.address() as AddressInfo;
      return `http://${family === 'IPv6' ? `[${address}]` : address}:${taken}`;
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      for (const folder of folders.values()) await folder.close();
    },
  };
}

function credentialsOf({ headers, socket }: IncomingMessage): MirrorCredentials {
  const forwarded = headers['x-forwarded-client-cert'];
  return {
    authorization: headers.authorization,
    forwardedClientCert: Array.isArray(forwarded) ? forwarded.join(',') : forwarded,
    peer: socket.remoteAddress ?? '',
  };
}

async function answer(
  options: MirrorServerOptions,
  { folders, bodies }: Kept,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const caller = await options.whoCalls(credentialsOf(request));
  if (caller !== 'peer') return refuse(request, response, STATUS_OF[caller], 'identity', 'only another scheduler may');
  const url = new URL(request.url ?? '/', 'http://mirror');
  const [, root, owner = '', rest = '', ...more] = url.pathname.split('/');
  const folder = folders.get(owner);
  if (root !== 'mirror' || folder === undefined || more.length > 0) {
    return refuse(request, response, 404, 'place', 'no mirror is kept here under this name');
  }
  try {
    if (request.method === 'GET' && isSegmentName(rest)) {
      return await sendSegment(join(options.directory, owner, rest), Number(url.searchParams.get('bytes')), response);
    }
    const { status, body } = await ask(folder, bodies, request, rest, url.searchParams);
    send(response, status, body);
  } catch (error) {
    if (!(error instanceof MirrorRefused)) options.onFault(error);
    const [reason, detail]: [RefusalReason, string] =
      error instanceof MirrorRefused
        ? [error.reason, error.message]
        : ['failed', 'the mirror failed: see the log here'];
    refuse(request, response, STATUS_OF[reason], reason, detail);
  }
}

async function ask(
  folder: MirrorFolder,
  bodies: Kept['bodies'],
  request: IncomingMessage,
  what: string,
  query: URLSearchParams,
): Promise<Answer> {
  if (request.method === 'GET' && what === '') {
    const contents = await folder.contents();
    return contents === undefined ? { status: 404, body: { reason: 'none' } } : { status: 200, body: contents };
  }
  if (request.method === 'POST' && what === 'begin') {
    const journal = query.get('journal') ?? '';
    if (!ID.test(journal)) throw new MirrorRefused('malformed', 'the id of the journal');
    return { status: 200, body: await folder.begin(journal) };
  }
  if (request.method === 'POST' && isSegmentName(what)) {
    const [session = '', oldest = ''] = ['session', 'oldest'].map((name) => query.get(name) ?? '');
    const at = Number(query.get('at') ?? Number.NaN);
    const bytes = await bodyOf(request, bodies);
    const piece = { session, segment: what, at, oldest, cut: query.get('cut') === '1', bytes };
    return { status: 200, body: await folder.append(piece) };
  }
  throw new MirrorRefused('malformed', 'there is no such operation');
}

const ID = /^[0-9a-f-]{36}$/;

/** An owner has one on its way, and perhaps one that it has given up. */
const BODIES_MAX = 4;

async function bodyOf(request: IncomingMessage, bodies: Kept['bodies']): Promise<Buffer> {
  if (bodies.open >= BODIES_MAX) throw new MirrorRefused('failed', `${BODIES_MAX} pieces are on their way already`);
  bodies.open += 1;
  try {
    return await readBody(request);
  } finally {
    bodies.open -= 1;
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > PIECE_BYTES_MAX) throw new MirrorRefused('malformed', `a piece has at most ${PIECE_BYTES_MAX} bytes`);
    parts.push(part);
  }
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts, size);
}

async function sendSegment(path: string, bytes: number, response: ServerResponse): Promise<void> {
  if (!Number.isSafeInteger(bytes) || bytes < 1) throw new MirrorRefused('malformed', 'how many bytes');
  const stream = createReadStream(path, { end: bytes - 1 });
  await new Promise((resolve, reject) => stream.once('open', resolve).once('error', reject));
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': bytes });
  await pipeline(stream, response);
}

const STATUS_OF: Readonly<Record<RefusalReason | Exclude<MirrorCaller, 'peer'>, number>> = {
  stranger: 403,
  nobody: 401,
  unavailable: 503,
  'other-journal': 409,
  session: 409,
  place: 409,
  malformed: 400,
  identity: 403,
  damaged: 500,
  failed: 500,
  full: 507,
};

/** Nothing more is read of who is refused. */
function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  reason: RefusalReason,
  detail: string,
): void {
  if (response.headersSent) return void response.destroy();
  if (!request.complete) response.setHeader('connection', 'close');
  send(response, status, { reason, detail });
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

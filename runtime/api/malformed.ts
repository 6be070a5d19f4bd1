import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { Socket } from 'node:net';
import type { AuditTrail } from './audit-trail.ts';
import { ProblemError } from './problems.ts';
import { sendProblem, writeProblem } from './refusals.ts';

/** The last request of a connection, and its answer. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/**
 * Answers what is no request that a route could see: bytes that are not HTTP, headers that are too many or too slow, tunnels and
 * expectations. The connection ends with the answer. It never stands before or within the answer to another request.
 */
export function refuseMalformed(server: Server, trail: AuditTrail): void {
  const last = new WeakMap<Duplex, Exchange>();
  const refuse = (socket: Duplex, problem: ProblemError): void => {
    if (!(socket instanceof Socket) || socket.destroyed) return;
    const id = randomUUID();
    trail.malformed(problem, socket.remoteAddress ?? '', id);
    const answer = (): void => {
      if (socket.writable) writeProblem(socket, problem, id);
      // Who never closes its side would keep one of the connections that all share.
      setTimeout(() => socket.destroy(), LINGER_MS).unref();
    };
    const before = last.get(socket);
    if (before === undefined || before.response.writableFinished) answer();
    else if (before.request.complete) before.response.once('finish', answer);
    else if (before.response.headersSent) socket.destroy();
    else answer();
  };
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    last.set(request.socket, { request, response });
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code !== 'ECONNRESET') refuse(socket, malformed(error));
  });
  server.on('connect', (_, socket) => {
    // Node has let go of it: a caller that resets it would end the process.
    socket.on('error', () => undefined);
    refuse(socket, new ProblemError('method-not-allowed'));
  });
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    const problem = new ProblemError('bad-request', { detail: '`Expect` is not understood' });
    const id = randomUUID();
    trail.malformed(problem, request.socket.remoteAddress ?? '', id);
    sendProblem(response, problem, id);
  });
}

/** For a caller that still sends: it would be reset before it has read the answer. */
const LINGER_MS = 1000;

/** What Node says of bytes that are no request. */
function malformed({ code = '' }: NodeJS.ErrnoException): ProblemError {
  if (code === 'HPE_HEADER_OVERFLOW') return new ProblemError('headers-too-large');
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return new ProblemError('too-large');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new ProblemError('too-slow');
  return new ProblemError('bad-request', { detail: 'this is not HTTP' });
}

import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NotIJson } from '../core/i-json.ts';
import { NoRoom, StoreFailure, Uncertain } from '../store/store-failure.ts';
import { ProblemError, problemDocument, PROBLEMS, type ProblemName } from './problems.ts';

/** Which problem an error is; undefined for one that is our mistake. */
export function problemOf(error: unknown): ProblemError | undefined {
  if (error instanceof ProblemError) return error;
  if (error instanceof NotIJson) return new ProblemError('bad-request', { detail: error.message });
  // Of the other failures the store's own words are not for callers.
  if (error instanceof Uncertain) return new ProblemError('unavailable', { detail: error.message, retryAfterMs: 1000 });
  if (error instanceof NoRoom) return new ProblemError('not-now', { detail: error.message });
  if (error instanceof StoreFailure)
    return new ProblemError('unavailable', { detail: STORE_FAILURES[error.kind], retryAfterMs: 1000 });
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const known = FASTIFY_PROBLEMS[code];
  return known === undefined ? undefined : new ProblemError(known[0], { detail: known[1] });
}

const STORE_FAILURES: Readonly<Record<StoreFailure['kind'], string>> = {
  unavailable: 'the store does not answer',
  full: 'the store has no room',
  refused: 'the store does not do what it is asked: the log of the scheduler says why',
};

const FASTIFY_PROBLEMS: Readonly<Record<string, readonly [ProblemName, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['too-large', 'the body has too many bytes'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['unsupported-media-type', 'the content type is not application/json'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['bad-request', 'the body is not as long as Content-Length says'],
  FST_ERR_BAD_URL: ['bad-request', 'the path has a wrong escape'],
  FST_ERR_MAX_PARAM_LENGTH: ['not-found', 'a part of the path is too long'],
  // The caller went away, or its chunks are no chunks.
  ECONNRESET: ['bad-request', 'the body ended before its end'],
};

/** Answers with a problem document. */
export function answerProblem(reply: FastifyReply, request: FastifyRequest, problem: ProblemError): FastifyReply {
  for (const [name, value] of Object.entries(headersOf(problem))) void reply.header(name, value);
  return reply
    .code(PROBLEMS[problem.problem][0])
    .serializer((body: unknown) => JSON.stringify(body))
    .send(problemDocument(problem, `urn:request:${request.id}`));
}

function headersOf({ problem, retryAfterMs }: ProblemError): Readonly<Record<string, string>> {
  return {
    'content-type': 'application/problem+json; charset=utf-8',
    ...(retryAfterMs !== undefined && { 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1000))) }),
    ...(PROBLEMS[problem][0] === 401 && { 'www-authenticate': 'Bearer' }),
  };
}

/** The same without a reply of fastify's; the connection ends with it. */
export function sendProblem(response: ServerResponse, problem: ProblemError, requestId: string): void {
  const { status, headers, body } = lastAnswer(problem, requestId);
  response.writeHead(status, headers).end(body);
}

/** The same over a bare connection. */
export function writeProblem(socket: Socket, problem: ProblemError, requestId: string): void {
  const { status, headers, body } = lastAnswer(problem, requestId);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`);
}

function lastAnswer(problem: ProblemError, requestId: string) {
  const body = JSON.stringify(problemDocument(problem, `urn:request:${requestId}`));
  const headers = { ...headersOf(problem), 'content-length': String(Buffer.byteLength(body)), connection: 'close' };
  return { status: PROBLEMS[problem.problem][0], headers, body };
}

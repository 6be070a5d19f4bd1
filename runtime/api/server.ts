import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { CompleteRequest } from '../../spec/contract/protocol.ts';
import type { RoutingTable } from '../../spec/contract/routing-table.ts';
import type { AuditSink } from '../core/audit-sink.ts';
import { readIJson } from '../core/i-json.ts';
import type { Scheduler } from '../core/scheduler.ts';
import { auditTrail, type AuditTrail } from './audit-trail.ts';
import { mayAsk, reachesAll } from './access.ts';
import { requestCheck } from './check-request.ts';
import { Connections } from './connections.ts';
import { writeEvents } from './event-stream.ts';
import { whoCalls, type Authenticator, type Identity } from './identity.ts';
import type { ApiLimits } from './limits.ts';
import { openApi } from './openapi.ts';
import type { Operation } from './operation.ts';
import { OPERATIONS } from './operations.ts';
import { ProblemError, PROBLEMS } from './problems.ts';
import { refuseMalformed } from './malformed.ts';
import { answerProblem, problemOf } from './refusals.ts';
import { methodsOf, routeOf } from './route-paths.ts';
import { Shares, shareOf } from './shares.ts';
import { Waiters } from './waiters.ts';

export interface ApiOptions {
  readonly scheduler: Scheduler;
  readonly table: () => RoutingTable;
  readonly authenticators: readonly Authenticator[];
  readonly audit: AuditSink;
  readonly limits: ApiLimits;
  readonly version: string;
  readonly nowMs: () => number;
  /** Whether it goes soon: answers then close their connection, so that the caller opens the next one elsewhere. */
  readonly leaving?: () => boolean;
  /** A submission was refused for a reason of ours before the scheduler heard of it, which counts those that it hears of. */
  readonly onUnasked: (outcome: 'shed' | 'error') => void;
  /** Something of ours broke; the caller is told only the request id. */
  readonly onFault: (error: unknown, requestId: string) => void;
}

/** What is known of a request on its way. */
interface Progress {
  operation: Operation | undefined;
  who: Identity | undefined;
  /** Of the body, as it came. */
  bytes: number;
  /** It has come to the scheduler. */
  isAsked: boolean;
}

/** The API in one piece: what is shared by all requests. */
interface Api {
  readonly options: ApiOptions;
  readonly trail: AuditTrail;
  readonly waiters: Waiters;
  readonly connections: Connections;
  readonly shares: Shares;
  readonly load: { inFlight: number; waiting: number };
}

/** The API as a server that does not listen yet. */
export function apiServer(options: ApiOptions): FastifyInstance {
  const api: Api = {
    options,
    trail: auditTrail(options.audit, options.nowMs),
    waiters: new Waiters(),
    connections: new Connections(options.limits.pipelined),
    shares: new Shares(),
    load: { inFlight: 0, waiting: 0 },
  };
  const app = emptyServer(api);
  let closing = false;
  app.addHook('preClose', (done) => {
    closing = true;
    api.waiters.close();
    done();
  });
  app.addHook('onSend', (_, reply, __, done) => {
    if (closing || options.leaving?.() === true) void reply.header('connection', 'close');
    done();
  });
  app.addHook('onRequest', (request, reply, done) => {
    const excess = api.connections.excessOf(request.raw);
    if (excess === 'unanswered') return void reply.hijack();
    done(excess === undefined ? headersProblem(request.raw, options.limits) : tooMany(options.limits));
  });
  readJson(app, options.limits);
  for (const operation of OPERATIONS) serve(app, operation, api);
  const document = openApi(options.version);
  app.get('/openapi.json', (_, reply) => reply.send(document));
  app.setNotFoundHandler((request, reply) => refuse(api, request, reply, strayed(request, reply)));
  app.setErrorHandler((error, request, reply) => refuse(api, request, reply, error));
  return app;
}

function emptyServer(api: Api): FastifyInstance {
  const { limits } = api.options;
  const app = Fastify({
    bodyLimit: limits.bodyBytes,
    http: {
      // Node looks for slow connections every half minute, unless it is told otherwise.
      connectionsCheckingInterval: 500,
      headersTimeout: limits.headersMs,
      // Ours to refuse, as a problem.
      requireHostHeader: false,
    },
    // Until all of a request is there; how long an answer takes is another matter.
    requestTimeout: limits.requestMs,
    keepAliveTimeout: 72_000,
    forceCloseConnections: false,
    return503OnClosing: false,
    exposeHeadRoutes: false,
    genReqId: (request) => requestIdOf(request.headers['x-request-id']),
    routerOptions: { maxParamLength: 200 },
    logger: false,
    // `refuseMalformed` answers.
    clientErrorHandler: () => undefined,
    frameworkErrors: (error, request, reply) => void refuse(api, request, reply, error),
  });
  app.decorateRequest('progress');
  app.server.maxConnections = limits.connections;
  // Node would leave out what is beyond its count, an idempotency key among it, and go on; `headersProblem` refuses.
  app.server.maxHeadersCount = 0;
  refuseMalformed(app.server, api.trail);
  api.connections.watch(app.server);
  return app;
}

/** Looked at before anything else of a request. */
function headersProblem({ headers, rawHeaders }: IncomingMessage, { headers: most }: ApiLimits): Error | undefined {
  // Names and values take turns.
  if (rawHeaders.length > most * 2) return new ProblemError('headers-too-large', { detail: `at most ${most} headers` });
  if (headers.host === undefined) return new ProblemError('bad-request', { detail: 'there is no Host' });
  const twice = ONCE.find((name) => countOf(rawHeaders, name) > 1);
  return twice === undefined
    ? undefined
    : new ProblemError('bad-request', { detail: `there is more than one ${twice}` });
}

/** Of these Node takes the first, and who looked before it may have taken the last. */
const ONCE = ['Host', 'Authorization', 'Content-Type', 'Last-Event-ID'];

function countOf(rawHeaders: readonly string[], name: string): number {
  const wanted = name.toLowerCase();
  return rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === wanted).length;
}

function tooMany({ pipelined }: ApiLimits): ProblemError {
  const detail = `a connection has at most ${pipelined} requests under way`;
  return new ProblemError('too-many-requests', { detail, retryAfterMs: 1000 });
}

function requestIdOf(header: string | string[] | undefined): string {
  return typeof header === 'string' && /^[\w-]{1,64}$/.test(header) ? header : randomUUID();
}

/** Only JSON, only uncompressed. */
function readJson(app: FastifyInstance, limits: ApiLimits): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      if (request.headers['content-encoding'] !== undefined) {
        throw new ProblemError('unsupported-media-type', { detail: 'bodies are not compressed' });
      }
      progressOf(request).bytes = body.length;
      done(null, readIJson(body as Buffer, limits));
    } catch (error) {
      done(error as Error);
    }
  });
}

declare module 'fastify' {
  interface FastifyRequest {
    /** `undefined` until something is known of it. */
    progress: Progress | undefined;
  }
}

function progressOf(request: FastifyRequest): Progress {
  request.progress ??= { operation: undefined, who: undefined, bytes: 0, isAsked: false };
  return request.progress;
}

/** One operation: who asks is known before the body is read. */
function serve(app: FastifyInstance, operation: Operation, api: Api): void {
  const { options, load, waiters, shares } = api;
  const check = requestCheck(operation);
  const patient = operation.streams === true || operation.id === 'pollTasks';
  const kind = patient ? 'waiting' : 'inFlight';
  app.route({
    method: operation.method,
    url: routeOf(operation.path),
    onRequest: async (request) => {
      const progress = progressOf(request);
      progress.operation = operation;
      progress.who = await callerOf(request, options);
      mayAsk(operation, progress.who);
    },
    handler: async (request, reply) => {
      if (load[kind] >= options.limits[kind])
        throw new ProblemError('unavailable', {
          detail: 'this scheduler has as many requests under way as it takes',
          retryAfterMs: 1000,
        });
      const said = check(request);
      const { who } = progressOf(request);
      const room = options.limits.waiting - load.waiting;
      const free =
        patient && who !== undefined
          ? shares.take(shareOf(operation, who, said.params, options.limits), room)
          : undefined;
      const { socket } = request.raw;
      const waiter = patient || asksForWork(operation, said.body) ? waiters.enter(socket) : undefined;
      load[kind] += 1;
      try {
        return await run(api, operation, said, request, reply, waiter?.signal ?? NEVER);
      } finally {
        load[kind] -= 1;
        free?.();
        if (waiter !== undefined) waiters.leave(socket, waiter);
      }
    },
  });
}

/** Tasks that nobody hears of would wait until their leases are over. */
function asksForWork({ id }: Operation, body: unknown): boolean {
  return id === 'completeTask' && (body as CompleteRequest).next !== undefined;
}

/** Whoever answers at once need not hear that nobody waits any more. */
const NEVER = new AbortController().signal;

async function callerOf({ headers, socket }: FastifyRequest, { authenticators }: ApiOptions): Promise<Identity> {
  const forwarded = headers['x-forwarded-client-cert'];
  const who = await whoCalls(authenticators, {
    authorization: headers.authorization,
    forwardedClientCert: Array.isArray(forwarded) ? forwarded.join(',') : forwarded,
    peer: socket.remoteAddress ?? '',
  });
  if (who === 'unavailable') {
    const detail = 'the keys that tokens are checked with cannot be had';
    throw new ProblemError('unavailable', { detail, retryAfterMs: 2000 });
  }
  if (who === 'refused') throw new ProblemError('unauthorized');
  return who;
}

async function run(
  api: Api,
  operation: Operation,
  said: ReturnType<ReturnType<typeof requestCheck>>,
  request: FastifyRequest,
  reply: FastifyReply,
  gone: AbortSignal,
): Promise<FastifyReply> {
  const { scheduler, table } = api.options;
  const { who, bytes } = progressOf(request);
  if (who === undefined) throw new Error(`${operation.id} was asked by nobody`);
  progressOf(request).isAsked = true;
  const { headers } = request;
  const all = reachesAll(operation, who);
  const answer = await operation.run({ scheduler, table: table(), who, all, ...said, headers, bytes, gone });
  api.trail.done({ request, operation, who }, answer.body);
  if (answer.stream === undefined) return reply.code(answer.status).send(answer.body);
  reply.hijack();
  try {
    await writeEvents(reply.raw, answer.stream, gone);
  } catch (error) {
    // The answer has begun: the reader comes back with the last event it saw.
    if (problemOf(error) === undefined) api.options.onFault(error, request.id);
  }
  return reply;
}

/** A path that is not there, or not for this method. */
function strayed({ method, url }: FastifyRequest, reply: FastifyReply): ProblemError {
  const methods = methodsOf(url);
  if (methods.length === 0 || methods.includes(method)) return new ProblemError('not-found');
  void reply.header('allow', methods.join(', '));
  return new ProblemError('method-not-allowed');
}

function refuse(api: Api, request: FastifyRequest, reply: FastifyReply, error: unknown): FastifyReply {
  const problem = problemOf(error) ?? new ProblemError('internal', { detail: `request ${request.id}` });
  if (problem.problem === 'internal') api.options.onFault(error, request.id);
  const { operation, who, isAsked } = progressOf(request);
  const [status] = PROBLEMS[problem.problem];
  // Where it is known who calls, only the bound on requests at work says 503.
  if (operation?.id === 'submitTask' && !isAsked && status >= 500)
    api.options.onUnasked(status === 503 && who !== undefined ? 'shed' : 'error');
  api.trail.refused({ request, operation, who }, problem);
  if (api.connections.excessOf(request.raw) !== undefined) void reply.header('connection', 'close');
  return answerProblem(reply, request, problem);
}

import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { RoutingTable } from '../../spec/contract/routing-table.ts';
import type { TaskEvent } from '../../spec/contract/protocol.ts';
import type { AuditSink } from '../core/audit-sink.ts';
import type { Scheduler } from '../core/scheduler.ts';
import { StoreFailure } from '../store/store-failure.ts';
import { whoCalls, type Authenticator, type Identity } from './identity.ts';
import { checkShape, type ApiLimits } from './limits.ts';
import { isRequired, openApi } from './openapi.ts';
import type { Call } from './call.ts';
import { OPERATIONS, type Operation } from './operations.ts';
import { ProblemError, problemDocument, PROBLEMS, type ProblemName } from './problems.ts';
import { bodies, type Schema } from './schemas.ts';

export interface ApiOptions {
  readonly scheduler: Scheduler;
  readonly table: () => RoutingTable;
  readonly authenticators: readonly Authenticator[];
  readonly audit: AuditSink;
  readonly limits: ApiLimits;
  readonly version: string;
  readonly nowMs: () => number;
  /** Something of ours broke; the caller is told only the request id. */
  readonly onFault: (error: unknown, requestId: string) => void;
}

/** The API as a server that does not listen yet. */
export function apiServer(options: ApiOptions): FastifyInstance {
  const { limits } = options;
  const app = Fastify({
    bodyLimit: limits.bodyBytes,
    // Node looks for slow connections every half minute, unless it is told otherwise.
    http: { connectionsCheckingInterval: 500, headersTimeout: limits.headersMs, requestTimeout: limits.requestMs },
    keepAliveTimeout: 72_000,
    forceCloseConnections: false,
    return503OnClosing: false,
    exposeHeadRoutes: false,
    genReqId: (request) => requestIdOf(request.headers['x-request-id']),
    routerOptions: { maxParamLength: 200 },
    logger: false,
  });
  app.server.maxConnections = limits.connections;
  app.server.maxHeadersCount = 64;
  readJson(app, limits);
  const load = { inFlight: 0, waiting: 0 };
  for (const operation of OPERATIONS) serve(app, operation, options, load);
  const document = openApi(options.version);
  app.get('/openapi.json', (_, reply) => reply.send(document));
  app.setNotFoundHandler((request, reply) => answerProblem(reply, request, new ProblemError('not-found')));
  app.setErrorHandler((error, request, reply) => answerProblem(reply, request, asProblem(error, request, options)));
  return app;
}

function requestIdOf(header: string | string[] | undefined): string {
  return typeof header === 'string' && /^[\w-]{1,64}$/.test(header) ? header : randomUUID();
}

/** Only JSON, only uncompressed, and what it says only in an honest shape. */
function readJson(app: FastifyInstance, limits: ApiLimits): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (request.headers['content-encoding'] !== undefined) {
      done(new ProblemError('unsupported-media-type', { detail: 'bodies are not compressed' }));
      return;
    }
    try {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(body as Buffer);
      const value: unknown = text === '' ? undefined : JSON.parse(text);
      checkShape(value, limits);
      done(null, value);
    } catch (error) {
      done(error instanceof ProblemError ? error : new ProblemError('bad-request', { detail: 'the body is not JSON' }));
    }
  });
}

const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });

function validatorOf(schema: Schema): ValidateFunction {
  return ajv.compile(schema);
}

function serve(
  app: FastifyInstance,
  operation: Operation,
  options: ApiOptions,
  load: { inFlight: number; waiting: number },
): void {
  const { scheduler, table, limits } = options;
  const checkBody = operation.body === undefined ? undefined : validatorOf(bodies[operation.body]);
  const checkParams = mapValues(operation.params ?? {}, validatorOf);
  const checkQuery = mapValues(operation.query ?? {}, validatorOf);
  const kind = operation.streams === true || operation.id === 'pollTasks' ? 'waiting' : 'inFlight';
  app.route({
    method: operation.method,
    url: operation.path.replaceAll(/\{(\w+)\}/g, ':$1'),
    handler: async (request, reply) => {
      if (load[kind] >= limits[kind]) throw new ProblemError('unavailable', { retryAfterMs: 1000 });
      load[kind] += 1;
      try {
        const who = await authorize(operation, request, options);
        const body = bodyOf(operation, request.body, checkBody);
        const params = textsOf(request.params, checkParams, 'not-found');
        const query = textsOf(request.query, checkQuery, 'bad-request');
        const missing = operation.needs?.find((name) => !Object.hasOwn(query, name));
        if (missing !== undefined) throw new ProblemError('bad-request', { detail: `\`${missing}\` is missing` });
        const gone = goneSignal(request);
        const { headers, id } = request;
        const bytes = Number(headers['content-length'] ?? 0);
        const call: Call = { scheduler, table: table(), who, params, query, body, headers, bytes, requestId: id, gone };
        const answer = await operation.run(call);
        audit(operation, request, who, options, answer.body);
        if (answer.stream !== undefined) {
          await stream(reply, answer.stream, gone);
          return reply;
        }
        return reply.code(answer.status).send(answer.body);
      } finally {
        load[kind] -= 1;
      }
    },
  });
}

async function authorize(operation: Operation, request: FastifyRequest, options: ApiOptions): Promise<Identity> {
  const { headers, socket } = request;
  const forwarded = headers['x-forwarded-client-cert'];
  const who = await whoCalls(options.authenticators, {
    authorization: headers.authorization,
    forwardedClientCert: Array.isArray(forwarded) ? forwarded.join(',') : forwarded,
    peer: socket.remoteAddress ?? '',
  });
  if (who === 'unavailable') throw new ProblemError('unavailable', { retryAfterMs: 2000 });
  if (who === 'refused') throw new ProblemError('unauthorized');
  if (!operation.roles.some((role) => who.roles.has(role))) {
    record(operation, request, who.subject, options, 'refused', 'forbidden');
    throw new ProblemError('forbidden', { detail: `${operation.id} is for ${operation.roles.join(', ')}` });
  }
  return who;
}

function bodyOf({ body: name }: Operation, body: unknown, check: ValidateFunction | undefined): unknown {
  if (name === undefined || check === undefined) return undefined;
  if (body === undefined || body === null) {
    if (isRequired(name)) throw new ProblemError('bad-request', { detail: 'a JSON body is missing' });
    return {};
  }
  if (check(body)) return body;
  throw new ProblemError('invalid-body', { errors: (check.errors ?? []).slice(0, 20).map(placed) });
}

function placed({ instancePath, message = 'does not fit', params, keyword }: ErrorObject): {
  readonly pointer: string;
  readonly detail: string;
} {
  const name = (params as { readonly additionalProperty?: string }).additionalProperty;
  if (keyword === 'additionalProperties' && name !== undefined) {
    return { pointer: `${instancePath}/${escapePointer(name)}`, detail: 'there is no such field' };
  }
  return { pointer: instancePath, detail: message };
}

function escapePointer(name: string): string {
  return name.slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1');
}

/** Parameters as texts; one that is unknown, twice there or of another form is refused. */
function textsOf(
  given: unknown,
  checks: Readonly<Record<string, ValidateFunction>>,
  problem: ProblemName,
): Readonly<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries((given ?? {}) as Readonly<Record<string, unknown>>)) {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    if (check === undefined)
      throw new ProblemError('bad-request', { detail: `there is no parameter ${name.slice(0, 64)}` });
    if (typeof value !== 'string' || !check(value)) {
      throw new ProblemError(problem, problem === 'not-found' ? {} : { detail: `\`${name}\` is not of its form` });
    }
    texts[name] = value;
  }
  return texts;
}

/** Fires when the connection ends before the answer. */
function goneSignal({ raw }: FastifyRequest): AbortSignal {
  const gone = new AbortController();
  raw.socket.once('close', () => gone.abort('gone'));
  return gone.signal;
}

const STREAM_ALIVE_MS = 15_000;

/** Server-sent events; a comment now and then, so that nobody on the way thinks it is over. */
async function stream(reply: FastifyReply, events: AsyncIterable<TaskEvent>, gone: AbortSignal): Promise<void> {
  const text = Readable.from(toText(events), { objectMode: true, highWaterMark: 16 });
  const alive = setInterval(() => {
    if (!reply.raw.writableNeedDrain) reply.raw.write(': still here\n\n');
  }, STREAM_ALIVE_MS);
  gone.addEventListener('abort', () => text.destroy(), { once: true });
  reply.hijack();
  reply.raw.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  try {
    for await (const part of text) {
      if (!reply.raw.write(part)) await new Promise((resolve) => reply.raw.once('drain', resolve));
    }
  } finally {
    clearInterval(alive);
    reply.raw.end();
  }
}

async function* toText(events: AsyncIterable<TaskEvent>): AsyncGenerator<string> {
  for await (const event of events) yield `id: ${event.seq}\nevent: task\ndata: ${JSON.stringify(event)}\n\n`;
}

function audit(operation: Operation, request: FastifyRequest, who: Identity, options: ApiOptions, body: unknown): void {
  if (operation.audit === undefined) return;
  const id = (body as { readonly id?: unknown } | undefined)?.id;
  record(operation, request, who.subject, options, 'done', undefined, typeof id === 'string' ? id : undefined);
}

function record(
  operation: Operation,
  request: FastifyRequest,
  actor: string,
  { audit: sink, nowMs }: ApiOptions,
  outcome: 'done' | 'refused' | 'failed',
  reason?: string,
  target?: string,
): void {
  const params = Object.values((request.params ?? {}) as Readonly<Record<string, string>>).join('/');
  sink.record({
    at: nowMs(),
    actor,
    action: operation.audit ?? `api:${operation.id}`,
    target: (target ?? params).slice(0, 200),
    outcome,
    requestId: request.id,
    ...(reason !== undefined && { reason }),
  });
}

function asProblem(error: unknown, request: FastifyRequest, options: ApiOptions): ProblemError {
  const problem = known(error);
  if (problem === undefined) {
    options.onFault(error, request.id);
    return new ProblemError('internal', { detail: `request ${request.id}` });
  }
  if (problem.problem !== 'not-found' && problem.problem !== 'forbidden' && request.method === 'POST') {
    options.audit.record({
      at: options.nowMs(),
      actor: 'caller',
      action: `api:${request.method.toLowerCase()}`,
      target: request.url.split('?')[0]?.slice(0, 200) ?? '',
      outcome: 'refused',
      requestId: request.id,
      reason: problem.problem,
    });
  }
  return problem;
}

function known(error: unknown): ProblemError | undefined {
  if (error instanceof ProblemError) return error;
  if (error instanceof StoreFailure) return new ProblemError('unavailable', { retryAfterMs: 1000 });
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const name = FASTIFY_PROBLEMS[code];
  return name === undefined ? undefined : new ProblemError(name);
}

const FASTIFY_PROBLEMS: Readonly<Record<string, ProblemName>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-media-type',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'bad-request',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'bad-request',
  FST_ERR_BAD_URL: 'bad-request',
};

function answerProblem(reply: FastifyReply, request: FastifyRequest, problem: ProblemError): FastifyReply {
  const [status] = PROBLEMS[problem.problem];
  if (problem.retryAfterMs !== undefined) {
    void reply.header('retry-after', String(Math.max(1, Math.ceil(problem.retryAfterMs / 1000))));
  }
  if (status === 401) void reply.header('www-authenticate', 'Bearer');
  return reply
    .code(status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .serializer((body: unknown) => JSON.stringify(body))
    .send(problemDocument(problem, `urn:request:${request.id}`));
}

function mapValues<From, To>(
  from: Readonly<Record<string, From>>,
  make: (value: From) => To,
): Readonly<Record<string, To>> {
  return Object.fromEntries(Object.entries(from).map(([name, value]) => [name, make(value)]));
}

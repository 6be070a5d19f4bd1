import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Assignment } from '../../spec/contract/protocol.ts';
import { agentMetrics } from './agent-metrics.ts';
import { handedOver } from './handed-over.ts';
import type { WorkerEvent, WorkerState } from './worker.ts';

export interface AgentServerOptions {
  readonly port: number;
  readonly metricsPort: number;
  readonly state: () => WorkerState;
  readonly drain: () => Promise<void>;
  /** Where tasks are handed over to a push fleet; `false` when there is no room. */
  readonly take?: (task: Assignment) => boolean;
  readonly listen: (listener: (event: WorkerEvent) => void) => void;
}

/**
 * What a fleet's pod is expected to answer: `/healthz/startup`, `/healthz/ready` and `/healthz/live`, `/drain`, which answers
 * when all is settled, `POST /v1/tasks` for a push fleet, and metrics on a port of their own. Returns the way to close it. Whatever
 * a request is, and however its connection ends, it ends neither the process nor what runs in it.
 */
export async function serveAgent(options: AgentServerOptions): Promise<() => Promise<void>> {
  const metrics = agentMetrics(options.state);
  options.listen((event) => metrics.note(event));
  const api = createServer((request, response) => {
    answer(request, response, options).catch(() => giveUp(response));
  });
  const numbers = createServer((_, response) => {
    metrics
      .render()
      .then((text) => send(response, 200, text, metrics.contentType))
      .catch(() => giveUp(response));
  });
  await Promise.all([listening(api, options.port), listening(numbers, options.metricsPort)]);
  return async () => {
    await Promise.all([closed(api), closed(numbers)]);
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { state, drain, take }: AgentServerOptions,
): Promise<void> {
  const path = `${request.method} ${(request.url ?? '').split('?', 1)[0]}`;
  const { phase } = state();
  if (path === 'GET /healthz/live' || path === 'GET /healthz/startup') send(response, 200, 'alive\n');
  else if (path === 'GET /healthz/ready') send(response, phase === 'running' ? 200 : 503, `${phase}\n`);
  else if (path === 'GET /drain') {
    await drain();
    send(response, 200, 'drained\n');
  } else if (path === 'POST /v1/tasks' && take !== undefined) await takeTask(request, response, take);
  else send(response, 404, 'not found\n');
}

async function takeTask(
  request: IncomingMessage,
  response: ServerResponse,
  take: (task: Assignment) => boolean,
): Promise<void> {
  const handed = await handedOver(request);
  if ('status' in handed) {
    // What is left of the body is not waited for.
    response.setHeader('connection', 'close');
    send(response, handed.status, `${handed.says}\n`);
  } else if (take(handed.task)) send(response, 202, '');
  else {
    response.setHeader('retry-after', '1');
    send(response, 429, 'no free slot\n');
  }
}

/** The caller has gone in the middle, or something of ours has failed: then it is told to try again. */
function giveUp(response: ServerResponse): void {
  if (response.headersSent || response.destroyed) response.destroy();
  else send(response, 500, 'something failed here\n');
}

function send(response: ServerResponse, status: number, text: string, type = 'text/plain'): void {
  response.writeHead(status, { 'content-type': type });
  response.end(text);
}

async function listening(server: Server, port: number): Promise<void> {
  server.headersTimeout = 5000;
  server.listen(port);
  await once(server, 'listening');
}

function closed(server: Server): Promise<void> {
  server.closeIdleConnections();
  return new Promise((resolve) => {
    server.close(() => resolve());
    // A probe that is being answered has this long.
    setTimeout(() => server.closeAllConnections(), 500).unref();
  });
}

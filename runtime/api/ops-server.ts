import { createServer, type Server, type ServerResponse } from 'node:http';
import type { Scheduler } from '../core/scheduler.ts';
import { Connections } from './connections.ts';
import type { ApiLimits } from './limits.ts';

export interface OpsOptions {
  readonly scheduler: Pick<Scheduler, 'status'>;
  readonly metrics: () => Promise<string>;
  readonly contentType: string;
  readonly onFault: (error: unknown, requestId: string) => void;
  readonly limits: Pick<ApiLimits, 'opsConnections'>;
}

/**
 * Health and metrics, on a port of their own: a flood of callers does not look like an illness. Readiness does not depend on the
 * store, without which tasks are still accepted.
 */
export function opsServer({ scheduler, metrics, contentType, onFault, limits }: OpsOptions): Server {
  const scrape = together(metrics);
  const connections = new Connections(PIPELINED_MAX);
  // Node looks for slow connections every half minute, unless it is told otherwise.
  const server = createServer({ connectionsCheckingInterval: 500 }, (request, response) => {
    const excess = connections.excessOf(request);
    if (excess === 'unanswered') return;
    if (excess === 'last') {
      response.setHeader('connection', 'close');
      return send(response, 429, 'text/plain', `a connection has at most ${PIPELINED_MAX} requests under way\n`);
    }
    const path = (request.url ?? '').split('?')[0];
    if (request.method !== 'GET') {
      send(response, 405, 'text/plain', 'GET only\n');
    } else if (path === '/metrics') {
      scrape().then(
        (text) => send(response, 200, contentType, text),
        (error: unknown) => {
          onFault(error, 'metrics');
          send(response, 500, 'text/plain', 'metrics cannot be read\n');
        },
      );
    } else if (path === '/healthz/live' || path === '/healthz/startup') {
      send(response, 200, 'text/plain', 'alive\n');
    } else if (path === '/healthz/ready') {
      const { ready } = scheduler.status();
      send(response, ready ? 200 : 503, 'text/plain', ready ? 'ready\n' : 'not ready\n');
    } else send(response, 404, 'text/plain', 'metrics are at /metrics, health is below /healthz\n');
  });
  connections.watch(server);
  server.on('checkExpectation', (_, response: ServerResponse) => {
    response.setHeader('connection', 'close');
    send(response, 417, 'text/plain', 'nothing is expected here\n');
  });
  server.headersTimeout = 2000;
  // Also of one that does not read: what is written for it stays in memory.
  server.timeout = SILENT_MS;
  server.requestTimeout = 5000;
  server.maxConnections = limits.opsConnections;
  return server;
}

/** A scrape, and what a probe may send before it has an answer. */
const PIPELINED_MAX = 4;
const SILENT_MS = 10_000;

/** All who ask while one answer is made are given that one: a hundred scrapes are no more work than one. */
function together(ask: () => Promise<string>): () => Promise<string> {
  let underWay: Promise<string> | undefined;
  return () => {
    underWay ??= ask().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
}

function send(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
  response.end(text);
}

import { createServer, type Server, type ServerResponse } from 'node:http';
import type { Scheduler } from '../core/scheduler.ts';

export interface OpsOptions {
  readonly scheduler: Pick<Scheduler, 'status'>;
  readonly metrics: () => Promise<string>;
  readonly contentType: string;
  readonly onFault: (error: unknown, requestId: string) => void;
}

/**
 * Health and metrics, on a port of their own: a flood of callers does not look like an illness. Readiness does not depend on the
 * store, without which tasks are still accepted.
 */
export function opsServer({ scheduler, metrics, contentType, onFault }: OpsOptions): Server {
  // Node looks for slow connections every half minute, unless it is told otherwise.
  const server = createServer({ connectionsCheckingInterval: 500 }, (request, response) => {
    const path = (request.url ?? '').split('?')[0];
    if (request.method !== 'GET') {
      send(response, 405, 'text/plain', 'GET only\n');
    } else if (path === '/metrics') {
      metrics().then(
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
  server.headersTimeout = 2000;
  server.requestTimeout = 5000;
  server.maxConnections = 256;
  return server;
}

function send(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
  response.end(text);
}

import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isLoopback } from './identity.ts';
import { opsServer, type OpsOptions } from './ops-server.ts';
import { apiServer, type ApiOptions } from './server.ts';

export interface RunningApi {
  readonly url: string;
  readonly opsUrl: string;
  /** Milliseconds since the last request came. */
  quietMs(): number;
  /** Stops to listen, answers what is under way, and ends. */
  close(): Promise<void>;
}

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  readonly opsHost: string;
  readonly opsPort: number;
}

/** Throws when the development token would be open to the network. */
export async function startApi(options: ApiOptions & OpsOptions & ListenOptions): Promise<RunningApi> {
  const { host, port, opsHost, opsPort, authenticators, limits } = options;
  if (authenticators.some(({ name }) => name === 'development token') && !isLoopback(host)) {
    throw new Error(`the development token is for loopback only, and the API listens on ${host}`);
  }
  const app = apiServer(options);
  const ops = opsServer(options);
  let lastMs = performance.now();
  app.server.on('request', () => {
    lastMs = performance.now();
  });
  const close = async (): Promise<void> => {
    // A connection whose last answer is out would be kept for the next request; nobody looks for such ones but us.
    const idle = setInterval(() => app.server.closeIdleConnections(), IDLE_LOOK_MS);
    const last = setTimeout(() => app.server.closeAllConnections(), limits.closeMs);
    await app.close();
    clearInterval(idle);
    clearTimeout(last);
    if (ops.listening) await closeOps(ops);
  };
  try {
    await app.listen({ host, port });
    await new Promise<void>((resolve, reject) => {
      ops.once('error', reject);
      ops.listen(opsPort, opsHost, resolve);
    });
  } catch (error) {
    // One of two that listens keeps the process alive, and answers for a scheduler that is none.
    await close();
    throw error;
  }
  return {
    url: urlOf(app.server.address()),
    opsUrl: urlOf(ops.address()),
    quietMs: () => performance.now() - lastMs,
    close,
  };
}

const IDLE_LOOK_MS = 20;

/** One that closes looks for slow connections no more: without an end of ours, half of a request would be waited for. */
async function closeOps(ops: Server): Promise<void> {
  const last = setTimeout(() => ops.closeAllConnections(), OPS_CLOSE_MS);
  await new Promise((resolve) => ops.close(resolve));
  clearTimeout(last);
}

/** A probe or a scrape takes milliseconds. */
const OPS_CLOSE_MS = 500;

function urlOf(address: string | AddressInfo | null): string {
  if (address === null || typeof address === 'string') throw new Error('the server does not listen on a port');
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}

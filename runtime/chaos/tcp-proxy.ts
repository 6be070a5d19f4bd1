import { createServer, connect, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/**
 * A wire between two processes that can be made worse. It never loses, repeats or reorders a byte of a connection that lives,
 * as TCP does not:
 *
 * - `open`: as if it were not there
 * - `cut`: all connections are reset, new ones as well
 * - `stuck`: connections stay, nothing arrives; what was sent arrives when it opens again (a partition that heals)
 * - `deaf`: what is asked arrives, no answer comes back; ends with a reset, so that those answers are lost for good
 * - `slow`: everything arrives, `slowMs` late
 */
export type WireState =
  { readonly kind: 'open' | 'cut' | 'stuck' | 'deaf' } | { readonly kind: 'slow'; readonly slowMs: number };

/** A TCP port of the loopback, or the path of a socket. */
export type WireEnd = number | string;

export interface TcpProxy {
  readonly port: number;
  /** Where new connections lead; nowhere while it is `undefined`. */
  lead(to: WireEnd | undefined): void;
  set(state: WireState): void;
  close(): Promise<void>;
}

interface Pair {
  readonly from: Socket;
  readonly to: Socket;
}

export async function tcpProxy(): Promise<TcpProxy> {
  const pairs = new Set<Pair>();
  let state: WireState = { kind: 'open' };
  let end: WireEnd | undefined;
  const server = createServer({ allowHalfOpen: true }, (from) => {
    if (state.kind === 'cut' || end === undefined) {
      from.on('error', () => undefined);
      reset(from);
      return;
    }
    const to = connect({ ...(typeof end === 'number' ? { port: end, host: '127.0.0.1' } : { path: end }) });
    to.allowHalfOpen = true;
    const pair = { from, to };
    pairs.add(pair);
    relay(from, to, () => (state.kind === 'stuck' ? 'hold' : delayOf(state)));
    relay(to, from, () => (state.kind === 'stuck' || state.kind === 'deaf' ? 'hold' : delayOf(state)));
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      one.on('error', () => other.destroy());
      one.once('close', () => {
        pairs.delete(pair);
        if (one.destroyed && !one.readableEnded) other.destroy();
      });
    }
  });
  await listen(server);
  const resetAll = (): void => {
    for (const { from, to } of pairs) {
      reset(from);
      to.destroy();
    }
    pairs.clear();
  };
  return {
    port: (server.address() as AddressInfo).port,
    lead: (to) => {
      end = to;
    },
    set: (next) => {
      if (next.kind === 'cut' || state.kind === 'deaf') resetAll();
      state = next;
    },
    close: async () => {
      resetAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Node never lets go of a socket that is reset while it says goodbye. */
function reset(socket: Socket): void {
  if (socket.writableEnded || socket.connecting) socket.destroy();
  else socket.resetAndDestroy();
}

function delayOf(state: WireState): number {
  return state.kind === 'slow' ? state.slowMs : 0;
}

const HELD_LOOK_MS = 10;

/** Hands on what arrives, in its order: one chunk after the other. */
function relay(from: Socket, to: Socket, wait: () => number | 'hold'): void {
  const queue: { readonly chunk: Buffer | undefined; readonly atMs: number }[] = [];
  let busy = false;
  const next = (): void => {
    const [first] = queue;
    if (first === undefined || to.destroyed) {
      busy = false;
      return;
    }
    const ms = wait();
    const leftMs = ms === 'hold' ? HELD_LOOK_MS : first.atMs + ms - performance.now();
    if (leftMs > 0) {
      setTimeout(next, leftMs);
      return;
    }
    queue.shift();
    if (first.chunk === undefined) to.end();
    else to.write(first.chunk);
    next();
  };
  const put = (chunk: Buffer | undefined): void => {
    queue.push({ chunk, atMs: performance.now() });
    if (busy) return;
    busy = true;
    next();
  };
  from.on('data', put);
  from.once('end', () => put(undefined));
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
}

import type { Socket } from 'node:net';

/**
 * Tells polls and streams that nobody waits for their answer any more: the connection is gone, or the server closes. One
 * listener for each connection, however many requests it has carried, and in which order they are answered. An agent polls
 * again and again over one connection: what told one poll, and had nothing to tell, tells the next.
 */
export class Waiters {
  readonly #open = new Map<Socket, Set<AbortController>>();
  /** Of each connection that is listened to. */
  readonly #spare = new WeakMap<Socket, AbortController | undefined>();
  #isClosing = false;

  /** Call `leave` when it is answered. */
  enter(socket: Socket): AbortController {
    const isKnown = this.#spare.has(socket);
    const waiter = this.#spare.get(socket) ?? new AbortController();
    this.#spare.set(socket, undefined);
    if (socket.destroyed) waiter.abort('gone');
    else if (this.#isClosing) waiter.abort('closing');
    const others = this.#open.get(socket) ?? new Set();
    this.#open.set(socket, others.add(waiter));
    if (!isKnown) socket.once('close', () => this.#gone(socket));
    return waiter;
  }

  leave(socket: Socket, waiter: AbortController): void {
    const others = this.#open.get(socket);
    others?.delete(waiter);
    if (others?.size === 0) this.#open.delete(socket);
    if (!waiter.signal.aborted && this.#spare.has(socket)) this.#spare.set(socket, waiter);
  }

  /** The server closes: polls answer now, streams end, and so do those that come behind them. */
  close(): void {
    this.#isClosing = true;
    for (const waiters of this.#open.values()) for (const waiter of waiters) waiter.abort('closing');
  }

  #gone(socket: Socket): void {
    for (const waiter of this.#open.get(socket) ?? []) waiter.abort('gone');
  }
}

import type { Socket } from 'node:net';

/**
 * Tells polls and streams that nobody waits for their answer any more: the connection is gone, or the server closes. One
 * listener for each connection, however many requests it has carried, and in which order they are answered.
 */
export class Waiters {
  readonly #open = new Map<Socket, Set<AbortController>>();
  readonly #known = new WeakSet<Socket>();

  /** Call `leave` when it is answered. */
  enter(socket: Socket): AbortController {
    const waiter = new AbortController();
    if (socket.destroyed) waiter.abort('gone');
    const others = this.#open.get(socket) ?? new Set();
    this.#open.set(socket, others.add(waiter));
    if (!this.#known.has(socket)) {
      this.#known.add(socket);
      socket.once('close', () => this.#gone(socket));
    }
    return waiter;
  }

  leave(socket: Socket, waiter: AbortController): void {
    const others = this.#open.get(socket);
    others?.delete(waiter);
    if (others?.size === 0) this.#open.delete(socket);
  }

  /** The server closes: polls answer now, streams end. */
  close(): void {
    for (const waiters of this.#open.values()) for (const waiter of waiters) waiter.abort('closing');
  }

  #gone(socket: Socket): void {
    for (const waiter of this.#open.get(socket) ?? []) waiter.abort('gone');
  }
}

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** `last`: it is refused, and the connection ends with its answer. `unanswered`: it came behind that one. */
export type Excess = 'last' | 'unanswered';

/**
 * What one connection may have under way: requests whose answers are not out. The first one beyond is refused, and after its
 * answer the connection ends; what comes behind it is neither read nor answered. Otherwise one connection could send as many
 * polls as all agents together.
 */
export class Connections {
  readonly #most: number;
  readonly #underWay = new WeakMap<Socket, number>();
  readonly #excess = new WeakMap<IncomingMessage, Excess>();

  constructor(most: number) {
    this.#most = most;
  }

  watch(server: Server): void {
    const count = (request: IncomingMessage, response: ServerResponse): void => this.#count(request, response);
    // Before anybody answers.
    server.prependListener('request', count);
    server.prependListener('checkExpectation', count);
  }

  /** Nothing for a request that is within the bound. */
  excessOf(request: IncomingMessage): Excess | undefined {
    return this.#excess.get(request);
  }

  #count(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const before = this.#underWay.get(socket) ?? 0;
    this.#underWay.set(socket, before + 1);
    if (before > this.#most) this.#excess.set(request, 'unanswered');
    if (before === this.#most) {
      this.#excess.set(request, 'last');
      readNoMore(socket);
    }
    // From the refusal on nothing is taken off any more.
    response.once('finish', () => {
      const now = this.#underWay.get(socket) ?? 0;
      if (now <= this.#most) this.#underWay.set(socket, now - 1);
    });
  }
}

/** Bytes go by Node's parser from now on, and are thrown away; the end of the connection is still noticed. */
function readNoMore(socket: Socket): void {
  socket.removeAllListeners('data');
  socket.on('data', () => undefined);
}

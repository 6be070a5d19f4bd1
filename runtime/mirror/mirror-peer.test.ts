import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Writable } from 'node:stream';
import { afterEach, expect, test } from 'vitest';
import { httpPeer, type HttpPeer } from './mirror-peer.ts';

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

const TIMEOUT_MS = 300;

/** One that listens where the peer should, and answers whatever it is asked with this. */
async function answering(answer: (socket: Socket) => void): Promise<HttpPeer> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => answer(socket));
    cleanUps.push(() => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const peer = httpPeer({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    owner: 'scheduler-0',
    journal: () => 'any',
    token: () => Promise.resolve(undefined),
    timeoutMs: TIMEOUT_MS,
  });
  cleanUps.push(() => {
    peer.close();
    server.close();
  });
  return peer;
}

function drip(socket: Socket, text: string): void {
  const timer = setInterval(() => socket.write(text), TIMEOUT_MS / 10);
  cleanUps.push(() => clearInterval(timer));
}

function whole(body: string): string {
  return `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

test.each<[what: string, answer: (socket: Socket) => void, told: string]>([
  [
    'another protocol',
    (socket) => socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'),
    'it has ended the connection without an answer',
  ],
  ['what is not HTTP', (socket) => socket.write('garbage\r\n\r\n'), 'Parse Error'],
  [
    'interim answers without end',
    (socket) => drip(socket, 'HTTP/1.1 103 Early Hints\r\n\r\n'),
    `it has not answered for ${TIMEOUT_MS} ms`,
  ],
  [
    'a head that comes slowly and has no end',
    (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nx: ');
      drip(socket, 'x');
    },
    `it has not answered for ${TIMEOUT_MS} ms`,
  ],
  [
    'a body that comes slowly and has no end',
    (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      drip(socket, '1\r\n \r\n');
    },
    `its answer did not end within ${TIMEOUT_MS} ms`,
  ],
])('a peer that answers with %s is away', async (_, answer, told) => {
  await expect((await answering(answer)).begin()).rejects.toThrow(told);
});

test.each(['null', '{}', '{"journal":1,"segments":[]}', '{"journal":"a","segments":[null]}'])(
  'a peer that says %s of what it has is asked again',
  async (body) => {
    const peer = await answering((socket) => socket.write(whole(body)));
    await expect(peer.contents()).rejects.toThrow('its answer is not what a peer says');
  },
);

test.each([whole('12345'), 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'])(
  'of a segment nothing is written that is not of its length: %j',
  async (answer) => {
    const written: Buffer[] = [];
    const into = new Writable({
      write: (chunk: Buffer, _, done) => {
        written.push(chunk);
        done();
      },
    });
    const peer = await answering((socket) => socket.write(answer));
    await expect(peer.fetch('any', 4, into)).rejects.toThrow('its answer is not of 4 bytes');
    expect(written).toEqual([]);
  },
);

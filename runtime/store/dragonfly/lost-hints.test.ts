import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import process from 'node:process';
import { expect, test } from 'vitest';
import { dragonflyStore } from './dragonfly-store.ts';

const SUBSCRIBED = '*3\r\n$9\r\nsubscribe\r\n$15\r\nnova-torch:hint\r\n:1\r\n';

test('a connection that is lost while hints are asked for again harms nothing, and they are asked for once more', async () => {
  const unheard: unknown[] = [];
  const note = (reason: unknown): void => void unheard.push(reason);
  process.on('unhandledRejection', note);
  let asked = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      // Each command that is not the one in question is fine.
      for (const command of data
        .toString()
        .toLowerCase()
        .split(/(?=\*\d+\r\n)/)) {
        if (!command.includes('subscribe')) {
          socket.write('+OK\r\n');
          continue;
        }
        asked += 1;
        if (asked === 1) socket.write(SUBSCRIBED);
        // The first time it works for a moment; after that the connection goes before it answers.
        setTimeout(() => socket.destroy(), 20);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const store = dragonflyStore({ url: `redis://127.0.0.1:${port}` });
  store.onHint(() => undefined);
  await expect.poll(() => asked, { timeout: 10_000 }).toBeGreaterThan(4);
  await store.close();
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
  process.off('unhandledRejection', note);
  expect(unheard).toEqual([]);
});

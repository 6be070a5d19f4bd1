import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tcpProxy, type TcpProxy } from './tcp-proxy.ts';

let server: Server;
let proxy: TcpProxy;
const open: Socket[] = [];

beforeEach(async () => {
  // Answers each piece with itself in capitals.
  server = createServer((socket) => {
    open.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => socket.write(chunk.toString().toUpperCase()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  proxy = await tcpProxy();
  proxy.lead((server.address() as AddressInfo).port);
});
afterEach(async () => {
  for (const socket of open.splice(0)) socket.destroy();
  await proxy.close();
  await new Promise((resolve) => server.close(resolve));
});

interface Caller {
  readonly socket: Socket;
  heard: string;
  ended: string;
}

async function caller(): Promise<Caller> {
  const socket = connect(proxy.port, '127.0.0.1');
  const seen: Caller = { socket, heard: '', ended: '' };
  open.push(socket);
  socket.on('data', (chunk) => (seen.heard += chunk.toString()));
  socket.on('error', (error) => (seen.ended = 'code' in error ? String(error.code) : error.message));
  socket.on('close', () => (seen.ended ||= 'closed'));
  await new Promise<void>((resolve) => socket.once('connect', resolve).once('close', resolve));
  return seen;
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

test('an open wire carries everything in order, both ways', async () => {
  const one = await caller();
  for (let at = 0; at < 200; at += 1) one.socket.write(`${at % 10}abc`);
  await expect.poll(() => one.heard.length).toBe(800);
  expect(one.heard).toBe(Array.from({ length: 200 }, (_, at) => `${at % 10}ABC`).join(''));
});

test('a slow wire is late and keeps the order', async () => {
  proxy.set({ kind: 'slow', slowMs: 60 });
  const one = await caller();
  const begun = performance.now();
  for (const piece of ['a', 'b', 'c', 'd']) one.socket.write(piece);
  await expect.poll(() => one.heard, { interval: 5 }).toBe('ABCD');
  expect(performance.now() - begun).toBeGreaterThan(115);
});

test('through a stuck wire nothing arrives until it opens, and then all of it', async () => {
  const one = await caller();
  proxy.set({ kind: 'stuck' });
  one.socket.write('late');
  await after(100);
  expect([one.heard, one.ended]).toEqual(['', '']);
  proxy.set({ kind: 'open' });
  await expect.poll(() => one.heard).toBe('LATE');
});

test('over a deaf wire the question arrives, and its answer never does', async () => {
  let asked = '';
  const one = await caller();
  await expect.poll(() => open.length).toBe(2);
  open[1]?.on('data', (chunk) => (asked += chunk.toString()));
  proxy.set({ kind: 'deaf' });
  one.socket.write('heard');
  await expect.poll(() => asked).toBe('heard');
  await after(50);
  proxy.set({ kind: 'open' });
  await expect.poll(() => one.ended).toBe('ECONNRESET');
  expect(one.heard).toBe('');
});

test('a cut wire resets what is there and refuses what comes', async () => {
  const one = await caller();
  one.socket.write('x');
  await expect.poll(() => one.heard).toBe('X');
  proxy.set({ kind: 'cut' });
  await expect.poll(() => one.ended).toBe('ECONNRESET');
  const two = await caller();
  await expect.poll(() => two.ended).not.toBe('');
  proxy.set({ kind: 'open' });
  const three = await caller();
  three.socket.write('y');
  await expect.poll(() => three.heard).toBe('Y');
});

import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { request as ask } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { encodeFrames } from '../journal/frame.ts';
import { realFiles } from '../journal/journal-files.ts';
import { PIECE_BYTES_MAX } from './mirror.ts';
import { httpPeer, type HttpPeer } from './mirror-peer.ts';
import { mirrorServer, type MirrorCaller, type MirrorServer } from './mirror-server.ts';

const JOURNAL = '00000000-0000-4000-8000-000000000001';
const FIRST = '0000000000000000.journal';

let root = '';
let url = '';
let caller: MirrorCaller = 'peer';
let running: MirrorServer;
let peer: HttpPeer;
let faults: unknown[] = [];

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'nova-torch-mirror-'));
  caller = 'peer';
  faults = [];
  let sessions = 0;
  running = mirrorServer({
    directory: root,
    owners: ['scheduler-0'],
    files: realFiles,
    bytesMax: 100_000_000,
    room: () => Promise.resolve(100_000_000),
    newSession: () => `s${(sessions += 1)}`,
    whoCalls: () => Promise.resolve(caller),
    onFault: (error) => faults.push(error),
  });
  url = await running.listen(0, '127.0.0.1');
  peer = peerOf('scheduler-0');
});
afterEach(async () => {
  peer.close();
  await running.close();
  rmSync(root, { recursive: true, force: true });
});

function peerOf(owner: string): HttpPeer {
  return httpPeer({ url, owner, journal: () => JOURNAL, token: () => Promise.resolve('t'), timeoutMs: 2000 });
}

function bytes(durable: number, lsn: number, size = 10): Buffer {
  return encodeFrames([{ lsn, durable, name: 'open', payload: Buffer.alloc(size, 'x') }]);
}

function piece(at: number, content: Buffer, session = 's1') {
  return { session, segment: FIRST, at, cut: false, oldest: FIRST, bytes: content };
}

test('what is sent over the wire is kept, and can be brought back', async () => {
  expect(await peer.contents()).toBeUndefined();
  const { session } = await peer.begin();
  const end = await peer.append(piece(8, bytes(0, 1), session));
  await peer.append(piece(end.at, bytes(1, 2, 500_000), session));
  const contents = await peer.contents();
  expect(contents).toEqual({
    journal: JOURNAL,
    segments: [{ name: FIRST, bytes: end.at + bytes(1, 2, 500_000).length }],
  });
  const into = new PassThrough();
  const [brought] = await Promise.all([buffer(into), peer.fetch(FIRST, end.at, into)]);
  expect(brought.subarray(8)).toEqual(bytes(0, 1));
  expect(faults).toEqual([]);
});

test.each([
  ['nobody', 401],
  ['stranger', 403],
  ['unavailable', 503],
] as const)('%s is refused, whatever is asked, before a body is read, and nothing changes', async (who, status) => {
  const { session } = await peer.begin();
  await peer.append(piece(8, bytes(0, 1), session));
  const before = await peer.contents();
  caller = who;
  for (const [method, path] of [
    ['GET', '/mirror/scheduler-0'],
    ['GET', `/mirror/scheduler-0/${FIRST}?bytes=8`],
    ['POST', `/mirror/scheduler-0/begin?journal=${JOURNAL}`],
    ['POST', `/mirror/scheduler-0/${FIRST}?session=${session}&at=50&oldest=${FIRST}`],
    ['DELETE', '/anything'],
  ] as const) {
    const call = ask(`${url}${path}`, { method, headers: { 'content-length': method === 'POST' ? 4_000_000 : 0 } });
    call.on('error', () => undefined);
    call.flushHeaders();
    const [response] = (await once(call, 'response')) as [{ statusCode: number; resume: () => void }];
    expect([method, path, response.statusCode]).toEqual([method, path, status]);
    response.resume();
    call.destroy();
  }
  caller = 'peer';
  expect(await peer.contents()).toEqual(before);
  await expect(peer.append(piece(bytes(0, 1).length + 8, bytes(1, 2), session))).resolves.toMatchObject({ lsn: 2 });
});

test('no mirror is kept for another owner than the one before it, and no path leads out of its folder', async () => {
  await expect(peerOf('scheduler-1').begin()).rejects.toMatchObject({ reason: 'place' });
  await expect(peerOf('scheduler-1').contents()).rejects.toMatchObject({ reason: 'place' });
  await expect(peerOf('..').contents()).rejects.toMatchObject({ reason: 'place' });
  const odd = { ...piece(8, bytes(0, 1)), segment: '..%2f0000000000000000.journal' };
  await expect(peer.append(odd)).rejects.toMatchObject({ reason: 'malformed' });
  expect(readdirSync(root)).toEqual([]);
});

test('a body that is longer than a piece is refused when that is seen', async () => {
  const { session } = await peer.begin();
  await expect(peer.append(piece(8, Buffer.alloc(PIECE_BYTES_MAX + 1), session))).rejects.toMatchObject({
    reason: 'malformed',
    message: `a piece has at most ${PIECE_BYTES_MAX} bytes`,
  });
  expect(readdirSync(root)).toEqual([]);
});

test('an id that is none, and what is no operation, is refused', async () => {
  const odd = httpPeer({
    url,
    owner: 'scheduler-0',
    journal: () => '../x',
    token: () => Promise.resolve(undefined),
    timeoutMs: 2000,
  });
  await expect(odd.begin()).rejects.toMatchObject({ reason: 'malformed', message: 'the id of the journal' });
  odd.close();
  const answers = await Promise.all(
    ['POST /mirror/scheduler-0', 'PUT /mirror/scheduler-0/begin', `GET /mirror/scheduler-0/${FIRST}?bytes=-1`].map(
      async (line) => {
        const [method = '', path = ''] = line.split(' ');
        return (await fetch(`${url}${path}`, { method })).status;
      },
    ),
  );
  expect(answers).toEqual([400, 400, 400]);
});

test('what is no answer of a peer, such as a proxy’s, means that it is away', async () => {
  caller = 'unavailable';
  const away = await peer.begin().catch((error: unknown) => error);
  expect(away).toEqual(new Error('it answered 503'));
  await running.close();
  await expect(peer.begin()).rejects.toThrow(/ECONNREFUSED|socket hang up/);
});

test('a connection that says nothing is closed', async () => {
  running.server.headersTimeout = 200;
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.resume();
  socket.write('POST /mirror HTTP/1.1\r\n');
  await once(socket, 'close');
}, 5000);

test('only so many pieces are read at the same time', async () => {
  const { session } = await peer.begin();
  const path = `/mirror/scheduler-0/${FIRST}?session=${session}&at=8&oldest=${FIRST}`;
  const calls = Array.from({ length: 5 }, () => {
    const call = ask(`${url}${path}`, { method: 'POST', headers: { 'content-length': 1000 } });
    call.on('error', () => undefined);
    call.flushHeaders();
    return call;
  });
  const answered = await Promise.race(calls.map((call) => once(call, 'response')));
  const response = answered[0] as NodeJS.ReadableStream & { readonly statusCode: number };
  expect([response.statusCode, JSON.parse((await buffer(response)).toString())]).toEqual([
    500,
    { reason: 'failed', detail: '4 pieces are on their way already' },
  ]);
  for (const call of calls) call.destroy();
  await expect.poll(() => peer.append(piece(8, bytes(0, 1), session)).catch(() => undefined)).toMatchObject({ lsn: 1 });
});

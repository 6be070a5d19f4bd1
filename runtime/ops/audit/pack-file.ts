import { open, rename, rm, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import { PACKED } from './audit-files.ts';

/** Higher levels take two to three times as long for four bytes of a hundred: most of a line are digests. */
const LEVEL = 1;
const STEP_BYTES = 65_536;
/** Compressing a step takes a millisecond of another thread: with a pause between, it is no burst beside what tasks wait for. */
const PAUSE_MS = 5;

/**
 * Puts the compressed form of a file that nobody writes any more in its place. Until that is whole and durable under its own name
 * the file stays, and after a crash in between both are there: what is compressed is then made again.
 */
export async function packFile(dir: string, name: string, stop: AbortSignal): Promise<void> {
  const path = join(dir, name);
  const packed = `${path}${PACKED}`;
  const draft = `${packed}.new`;
  try {
    await withFile(path, 'r', (from) => withFile(draft, 'w', (to) => pack(from, to, stop)));
    await rename(draft, packed);
  } catch (error) {
    // Whatever lies there goes with the next start; what is wrong is said already.
    await rm(draft, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncFolder(dir);
  await unlink(path);
}

async function pack(from: FileHandle, to: FileHandle, signal: AbortSignal): Promise<void> {
  const write = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of chunks) await to.writeFile(chunk);
  };
  await pipeline(steps(from, signal), createGzip({ level: LEVEL, chunkSize: STEP_BYTES }), write, { signal });
  await to.sync();
}

async function* steps(file: FileHandle, signal: AbortSignal): AsyncGenerator<Buffer> {
  const { size } = await file.stat();
  let at = 0;
  while (at < size) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(STEP_BYTES), 0, STEP_BYTES, at);
    if (bytesRead === 0) throw new Error(`a file of the audit log ends at byte ${at} of ${size}`);
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
    await wait(PAUSE_MS, undefined, { signal });
  }
}

async function withFile(path: string, flags: string, use: (file: FileHandle) => Promise<void>): Promise<void> {
  const file = await open(path, flags, 0o600);
  try {
    await use(file);
  } finally {
    await file.close();
  }
}

export async function syncFolder(dir: string): Promise<void> {
  const folder = await open(dir, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

import { write, writeSync } from 'node:fs';
import type { DestinationStream } from 'pino';

/** Text that waits for a slow reader; what comes beyond is dropped. */
const HELD_CHARACTERS_MAX = 8 * 1024 * 1024;
/** Until a pipe that is full is tried again. */
const BUSY_MS = 50;
/** The last words of a process wait so often for a pipe that is full. */
const LAST_TRIES = 20;

export interface OutputOptions {
  readonly fd?: number;
  readonly heldMax?: number;
}

export interface Output extends DestinationStream {
  write(text: string): void;
  /** Calls when nothing waits any more, or what waits cannot be written now. */
  flush(done?: () => void): void;
  flushSync(): void;
}

/**
 * Standard output: lines are gathered while one write is under way, and `flushSync` writes what waits before it returns.
 *
 * Where it cannot be written, on a disk that is full or to nobody, what was being written is lost and all else goes on: the next
 * line is tried again. Pino's own destination ends the process with an error there, and then turns for ever in its last words.
 */
export function standardOutput({ fd = 1, heldMax = HELD_CHARACTERS_MAX }: OutputOptions = {}): Output {
  let held = '';
  let isWriting = false;
  let flushed: (() => void)[] = [];
  const rest = (): void => {
    isWriting = false;
    for (const done of flushed.splice(0)) done();
  };
  const writeOn = (bytes: Buffer): void => {
    isWriting = true;
    write(fd, bytes, (error, written) => {
      if (error !== null && isBusy(error)) setTimeout(() => writeOn(bytes), BUSY_MS);
      else if (error !== null) rest();
      else if (written < bytes.length) writeOn(bytes.subarray(written));
      else next();
    });
  };
  const next = (): void => {
    if (held === '') return rest();
    const bytes = Buffer.from(held);
    held = '';
    writeOn(bytes);
  };
  return {
    write: (text) => {
      if (held.length + text.length <= heldMax) held += text;
      if (!isWriting) next();
    },
    flush: (done = () => undefined) => {
      if (!isWriting && held === '') return done();
      flushed.push(done);
      if (!isWriting) next();
    },
    flushSync: () => {
      const bytes = Buffer.from(held);
      held = '';
      writeNow(fd, bytes);
    },
  };
}

function writeNow(fd: number, bytes: Buffer): void {
  let at = 0;
  for (let tries = 0; at < bytes.length && tries < LAST_TRIES;) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      if (!isBusy(error)) return;
      tries += 1;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BUSY_MS);
    }
  }
}

function isBusy(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EAGAIN' || code === 'EBUSY';
}

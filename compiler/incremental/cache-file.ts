import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { BUILD, VERSION } from '../core/version.ts';

/** Raised when the shape of what is cached changes. */
const SHAPE = 1;

/**
 * A value of a cache file; undefined when there is none, or it is torn, damaged, of another build or another program's.
 * The first line names the build and the SHA-256 of the rest: a cache is a memory, and a wrong one is no memory.
 */
export function readCache(path: string): unknown {
  try {
    const text = readFileSync(path, 'utf8');
    const end = text.indexOf('\n');
    const body = text.slice(end + 1);
    return text.slice(0, end) === header(body) ? JSON.parse(body) : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a value. A cache that cannot be written (read-only, disk full) costs time later and nothing else. */
export function writeCache(path: string, value: unknown): void {
  const body = JSON.stringify(value);
  const beside = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(beside, `${header(body)}\n${body}`);
    renameSync(beside, path);
  } catch {
    // See above.
  }
}

function header(body: string): string {
  return `nova-torch cache ${SHAPE} ${VERSION} ${BUILD} ${createHash('sha256').update(body).digest('hex')}`;
}

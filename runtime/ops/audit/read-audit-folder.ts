import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { auditFileNumber } from './audit-files.ts';
import { KEY_FILES } from './audit-keys.ts';
import type { AuditFile } from './verify-audit.ts';

export interface AuditFolder {
  /** The oldest first; read when their turn comes. */
  readonly files: readonly AuditFile[];
  /** Empty when the folder has none. */
  readonly macKey: Uint8Array;
  readonly publicKey?: string;
  /** The log's own name. */
  readonly log?: string;
  /** A scheduler has opened a log here, whether or not it has written a record. */
  readonly isOpened: boolean;
}

/** A log's folder, as it lies on a disk. Throws what the file system throws. */
export function readAuditFolder(dir: string): AuditFolder {
  const names = readdirSync(dir);
  const text = (name: string): string | undefined =>
    names.includes(name) ? readFileSync(join(dir, name), 'utf8').trim() : undefined;
  const publicKey = text(KEY_FILES.public);
  const log = text(KEY_FILES.log);
  return {
    files: names
      .filter((name) => auditFileNumber(name) > 0)
      .sort()
      .map((name) => ({ name, read: () => readFileSync(join(dir, name), 'utf8') })),
    macKey: Buffer.from(text(KEY_FILES.mac) ?? ''),
    isOpened: log !== undefined,
    ...(log !== undefined && { log }),
    ...(publicKey !== undefined && { publicKey }),
  };
}

import { readFileSync } from 'node:fs';
import { DEFAULT_LIMITS, type ApiLimits } from '../api/limits.ts';

/** How many files and connections this process may have open; undefined where the system does not say. */
export function openFilesMax(path = '/proc/self/limits'): number | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
  const max = Number(/^Max open files\s+(\d+)/m.exec(text)?.[1]);
  return Number.isNaN(max) ? undefined : max;
}

/** For the journal, the audit log, the store, the mirror, and calls of push agents. */
const OTHERS = 1024;

/**
 * So many connections that callers cannot take the last file: a journal that cannot begin its next one ends the process, and
 * connections are there before anybody is asked who calls. Where there are few files callers have half of them.
 */
export function limitsWithin(files: number | undefined): ApiLimits {
  if (files === undefined) return DEFAULT_LIMITS;
  return {
    ...DEFAULT_LIMITS,
    connections: Math.min(DEFAULT_LIMITS.connections, Math.max(Math.floor(files / 2), files - OTHERS)),
    opsConnections: Math.min(DEFAULT_LIMITS.opsConnections, Math.ceil(files / 8)),
  };
}

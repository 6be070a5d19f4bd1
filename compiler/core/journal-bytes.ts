import { REFUSED_FROM } from '../../spec/contract/overload.ts';
import type { EnvironmentFacts } from './model.ts';

type Volume = Pick<EnvironmentFacts['scheduler'], 'journalBytes' | 'mirrored'>;

/**
 * What the journal may take of its volume, which also holds the audit log and is never filled to the brim. A mirror is another
 * journal's there, and takes a quarter more than that at most.
 */
export function journalBytesMax({ journalBytes, mirrored }: Volume): number {
  return Math.floor((journalBytes * (mirrored ? 3 : 6)) / 8);
}

/** And the audit log: it makes room for itself. Of the smallest volume with a mirror that is what four of its files take. */
export function auditBytesMax({ journalBytes, mirrored }: Volume): number {
  return Math.floor(journalBytes / (mirrored ? 16 : 8));
}

/** Somebody is woken while there is still room for tasks of normal priority: of those alone it grows no further than that. */
export function journalAlarmBytes(volume: Volume): number {
  return Math.floor(journalBytesMax(volume) * (REFUSED_FROM.normal - 0.1));
}

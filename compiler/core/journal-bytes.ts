import { REFUSED_FROM } from '../../spec/contract/overload.ts';

/** What the journal may take of its volume, which also holds the audit log and is never filled to the brim. */
export function journalBytesMax(volumeBytes: number): number {
  return Math.floor((volumeBytes * 3) / 4);
}

/** Somebody is woken while there is still room for tasks of normal priority: of those alone it grows no further than that. */
export function journalAlarmBytes(volumeBytes: number): number {
  return Math.floor(journalBytesMax(volumeBytes) * (REFUSED_FROM.normal - 0.1));
}

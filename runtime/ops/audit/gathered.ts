import type { AuditEvent, AuditSink } from '../../core/audit-sink.ts';

/**
 * A sink that hands on what it was told in groups, after `gatherMs` at most: where every task is an event, a write and an fsync
 * for each would cost more than the task, and the journal waits for the same disk.
 */
export interface GatheredSink extends AuditSink {
  /** Hands on what is left, and from now on everything at once. */
  close(): void;
}

export function gathered(sink: AuditSink, gatherMs: number): GatheredSink {
  let waiting: AuditEvent[] = [];
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  const handOn = (): void => {
    timer = undefined;
    const events = waiting;
    waiting = [];
    for (const event of events) sink.record(event);
  };
  return {
    record: (event) => {
      if (isClosed) sink.record(event);
      else {
        waiting.push(event);
        timer ??= setTimeout(handOn, gatherMs);
      }
    },
    close: () => {
      isClosed = true;
      clearTimeout(timer);
      handOn();
    },
  };
}

import type { AuditEvent, AuditSink } from '../../core/audit-sink.ts';

/**
 * A sink that does not write a line for each thing of which there may be a flood (`AuditEvent.gather`): callers cause as many of
 * those as the network bears, and the oldest files go when there are too many lines. Of each address or actor and each reason the
 * first is written, and after `everyMs` the last of those that came behind it, with how many they were. Beyond `KINDS_MAX` of them
 * the rest count as one. So a flood is seen when it begins, and writes some hundred lines an hour.
 */
export interface SparingSink extends AuditSink {
  /** Writes what was only counted. */
  close(): void;
}

const EVERY_MS = 600_000;
const KINDS_MAX = 32;
const OTHERS = 'others';

export function sparing(sink: AuditSink, everyMs: number = EVERY_MS): SparingSink {
  const counted = new Map<string, { last: AuditEvent; count: number }>();
  let timer: NodeJS.Timeout | undefined;
  const write = (): void => {
    clearTimeout(timer);
    timer = undefined;
    for (const { last, count } of counted.values()) if (count > 0) sink.record({ ...last, count });
    counted.clear();
  };
  return {
    record: ({ gather, ...event }) => {
      if (gather === undefined) {
        sink.record(event);
        return;
      }
      timer ??= setTimeout(write, everyMs).unref();
      const own = `${gather} ${event.reason ?? ''}`;
      const kind = counted.has(own) || counted.size < KINDS_MAX ? own : OTHERS;
      const last = kind === OTHERS ? { ...event, from: OTHERS } : event;
      const known = counted.get(kind);
      counted.set(kind, { last, count: known === undefined ? 0 : known.count + 1 });
      if (known === undefined) sink.record(last);
    },
    close: write,
  };
}

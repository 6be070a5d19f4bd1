import type { AppendOptions, Journal, JournalRecord } from '../../journal/journal.ts';

/** A journal in memory: `sync` decides when what was appended is durable. Its records outlive the journal that wrote them. */
export function memoryJournal(
  records: JournalRecord[] = [],
  sync: () => Promise<void> = () => Promise.resolve(),
): Journal {
  let lsn = records.at(-1)?.lsn ?? 0;
  let durableLsn = lsn;
  const open = new Set<string>();
  return {
    get lsn() {
      return lsn;
    },
    get durableLsn() {
      return durableLsn;
    },
    get stats() {
      return { bytes: 0, bytesMax: 1, openRecords: open.size, pendingMs: 0 };
    },
    append: (payload: Uint8Array, options: AppendOptions) => {
      lsn += 1;
      records.push({ lsn, payload });
      if (options.open !== undefined) open.add(options.open);
      return lsn;
    },
    settle: (name) => {
      open.delete(name);
    },
    durable: async (wanted) => {
      await sync();
      durableLsn = Math.max(durableLsn, wanted);
    },
    async *read(afterLsn) {
      for (const record of [...records]) if (record.lsn > afterLsn) yield record;
    },
    raise: (to) => {
      lsn = Math.max(lsn, to);
    },
    close: () => Promise.resolve(),
  };
}

import process from 'node:process';
import { openJournal } from '../file-journal.ts';

/** A process that appends as fast as it can, and tells its parent what is durable, until it is killed. */
const [, , directory = '', life = '0'] = process.argv;
const journal = await openJournal({
  directory,
  segmentBytes: 20_000,
  bytesMax: 100_000_000,
  reserveBytes: 4096,
  keepMs: 3_600_000,
  nowMs: () => Date.now(),
  onFatal: (error) => {
    throw error;
  },
});
for (let count = 0; ; count += 1) {
  const text = `${life}:${count}:${'x'.repeat(count % 300)}`;
  const lsn = journal.append(Buffer.from(text), { class: 'submit' });
  void journal.durable(lsn).then(() => process.stdout.write(`${lsn} ${text.length}\n`));
  if (count % 7 === 0) await journal.durable(lsn);
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openJournal } from '../journal/file-journal.ts';
import { smallDisk, type SmallDisk } from './small-disk.ts';

const MAY_NOT = { name: 'ChaosRefused', message: 'no file system can be mounted here' };

test('a small disk is full to the last byte and free again; where it cannot be made it says what to do', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nova-torch-small-'));
  let disk: SmallDisk | undefined;
  try {
    disk = smallDisk(folder);
    const path = join(folder, 'file');
    writeFileSync(path, 'before');
    disk.fill();
    expect(() => writeFileSync(join(folder, 'other'), 'x'.repeat(5000))).toThrow('ENOSPC');
    disk.empty();
    writeFileSync(join(folder, 'other'), 'x'.repeat(5000));
  } catch (error) {
    // Not root, or in a container that may not mount.
    expect(error).toMatchObject(MAY_NOT);
  } finally {
    disk?.remove();
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a journal on a disk that is full to the last byte opens, refuses submissions, and takes ends', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'nova-torch-small-'));
  let disk: SmallDisk | undefined;
  try {
    disk = smallDisk(directory);
  } catch (error) {
    expect(error).toMatchObject(MAY_NOT);
    return;
  }
  const options = {
    ...{ directory, segmentBytes: 1_000_000, bytesMax: 64_000_000, reserveBytes: 1_000_000, keepMs: 1000 },
    nowMs: () => Date.now(),
    onFatal: (error: Error) => expect.unreachable(error.message),
  };
  try {
    await (await openJournal(options)).close();
    disk.fill();
    const journal = await openJournal(options);
    try {
      expect(() => journal.append(Buffer.from('a'), { class: 'submit' })).toThrow('the disk of the journal is full');
      const lsn = journal.append(Buffer.from('b'), { class: 'settle' });
      await journal.durable(lsn);
    } finally {
      await journal.close();
    }
  } finally {
    disk.remove();
    rmSync(directory, { recursive: true, force: true });
  }
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { smallDisk, type SmallDisk } from './small-disk.ts';

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
    expect(error).toMatchObject({ name: 'ChaosRefused', message: 'no file system can be mounted here' });
  } finally {
    disk?.remove();
    rmSync(folder, { recursive: true, force: true });
  }
});

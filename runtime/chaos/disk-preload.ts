import { promises } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import process from 'node:process';
import { badDisk } from './bad-disk.ts';

/** `node --import`: puts a bad disk under the journal of the program that follows. No file of that program knows of it. */
const folder = process.env['CHAOS_DISK'];
if (folder !== undefined) {
  promises.open = badDisk(promises.open, folder);
  syncBuiltinESMExports();
}

import process from 'node:process';
import { lockFolder } from '../folder-lock.ts';

/** A process that tries to lock each folder that it is told, at the moment it is told, and keeps what it got until it is told again. */
let unlock: (() => Promise<void>) | undefined;
process.on('message', (directory: string) => {
  void (async () => {
    await unlock?.();
    unlock = undefined;
    try {
      if (directory !== '') unlock = await lockFolder({ directory, file: 'lock', what: 'the folder' });
      process.send?.(unlock === undefined ? 'free' : 'locked');
    } catch (error) {
      process.send?.(error instanceof Error ? error.message : 'broken');
    }
  })();
});
process.send?.('ready');

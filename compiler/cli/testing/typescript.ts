import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { folderOf } from './built.ts';

const TSC = resolve(import.meta.dirname, '../../../node_modules/typescript/bin/tsc');
const FLAGS = ['--ignoreConfig', '--noEmit', '--strict', '--exactOptionalPropertyTypes', '--target', 'es2023'];

/** What the real compiler of TypeScript says of a text, an entry for each line that it finds wrong. */
export function typeErrors(text: string): readonly string[] {
  const cwd = folderOf({ 'text.ts': text });
  const { stdout, stderr } = spawnSync(process.execPath, [TSC, ...FLAGS, 'text.ts'], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return `${stdout}${stderr}`.split('\n').filter((line) => line.startsWith('text.ts') || /\berror\b/.test(line));
}

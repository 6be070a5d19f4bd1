import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';

/** The built command. */
export const BUILT = resolve(import.meta.dirname, '../../../dist/compiler/cli/main.js');

/** What the built command wrote and how it ended. */
export interface BuiltRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command in a process of its own, without a terminal. */
export function runBuilt(
  words: readonly string[],
  cwd: string,
  more: { input?: string; env?: Record<string, string> } = {},
): BuiltRun {
  const { NO_COLOR: _, FORCE_COLOR: __, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [BUILT, ...words], {
    cwd,
    encoding: 'utf8',
    env: { ...env, ...more.env },
    ...(more.input === undefined ? {} : { input: more.input }),
  });
  return { code: status, stdout, stderr };
}

/** A folder of its own for one test, with these files; it is removed afterwards. */
export function folderOf(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'nova-torch-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  write(folder, files);
  return folder;
}

/** Writes files below a folder. */
export function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** Every file below a folder, by path, sorted. Links are not followed: Node's own walk does since version 22. */
export function contents(folder: string): Record<string, string> {
  const paths = [...filesBelow(folder, '')].sort();
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}

function filesBelow(folder: string, path: string): readonly string[] {
  return readdirSync(join(folder, path), { withFileTypes: true }).flatMap((entry) => {
    const below = path === '' ? entry.name : `${path}/${entry.name}`;
    if (entry.isDirectory()) return filesBelow(folder, below);
    return entry.isFile() ? [below] : [];
  });
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A user's folder for the tests of one file, so that compiles remember and no test finds the key of whoever runs it. */
export const stateFolder = mkdtempSync(join(tmpdir(), 'nova-torch-state-'));

afterAll(() => rmSync(stateFolder, { recursive: true, force: true }));

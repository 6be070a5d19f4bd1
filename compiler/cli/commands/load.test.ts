import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { PROFILES } from '../../../runtime/load/profiles.ts';
import { runBuilt } from '../testing/built.ts';
import { runHere } from '../testing/host.ts';
import { load } from './load.ts';

const cwd = mkdtempSync(join(tmpdir(), 'nova-torch-load-command-'));
afterAll(() => rmSync(cwd, { recursive: true }));

test('a scheduler of its own under load: rates, times, assignment and a verdict', () => {
  const { code, stdout, stderr } = runBuilt(
    ['load', 'smoke', '--dev', '--agents', '2', '--seconds', '3', '--rate', '60', '--format', 'json'],
    cwd,
  );
  expect([code === 0 || code === 1, stderr]).toEqual([true, '']);
  const report = JSON.parse(stdout) as Record<string, unknown>;
  expect(report).toMatchObject({ profile: 'smoke', failed: 0, refused: 0, errors: {} });
  expect(report['answered']).toBe(report['sent']);
  expect(report['answered']).toBeGreaterThan(30);
  expect(report).toMatchObject({ assignMs: { count: report['answered'] } });
  expect(report['checks']).toHaveLength(4);
}, 60_000);

test.for([
  [
    ['load', 'brisk'],
    'error: there is no profile `brisk`\n  there are smoke, development, staging, production, stress, soak, spike\n',
  ],
  [
    ['load', 'smoke'],
    'error: what should be submitted is not said\n  name a task type with --task, or start a scheduler with --dev\n',
  ],
  [
    ['load', 'smoke', '--task', 'a', '--agents', '1'],
    'error: whose agents these are is not said\n  name the fleet and its build with --fleet and --build\n',
  ],
  [
    ['load', 'smoke', '--task', 'a', '--input', '[1]'],
    `error: the input is no JSON object\n  --input '{"question": "Why?"}'\n`,
  ],
  [
    ['load', 'smoke', '--task', 'a'],
    'error: there is no token in `.nova-torch/dev-token`\n  name its file with --token-file\n',
  ],
  [
    ['load', 'smoke', '--task', 'a', '--token-file', 'token', '--url', 'http://127.0.0.1:1'],
    'error: nobody answers at http://127.0.0.1:1: ECONNREFUSED\n  start one with `nova-torch serve --dev`, or name another with --url\n',
  ],
] as const)('%o says what is missing, and sends nothing', async ([words, stderr]) => {
  writeFileSync(join(cwd, 'token'), 'x');
  expect(await runHere([...words], { cwd })).toEqual({ code: 2, stdout: '', stderr });
});

test('the help names each profile with its rate', () => {
  for (const [name, { perSecond }] of Object.entries(PROFILES)) {
    expect(load.description).toMatch(new RegExp(`${name} \\(${perSecond}[ ,]`));
  }
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { measureAvailability } from './availability.ts';
import { chaosText } from './chaos-text.ts';
import { FAULTS } from './faults.ts';
import { ChaosRefused } from './refused.ts';
import { runChaos, type ChaosReport } from './run-chaos.ts';
import { smallDisk } from './small-disk.ts';

/** The short form of `nova-torch chaos run` and `npm run availability`: real processes, a real store. */
const COMMAND = resolve('dist/compiler/cli/main.js');
const SEED = Number(process.env['NOVA_TORCH_CHAOS_SEED'] ?? 1 + Math.floor(Math.random() * 1_000_000));

/** Root on Linux, outside of a container that forbids it: a full disk is then a real one. */
const MAY_MOUNT = mayMount();

function mayMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'nova-torch-mount-'));
  try {
    smallDisk(folder).remove();
    return true;
  } catch (error) {
    if (!(error instanceof ChaosRefused)) throw error;
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What is printed when a promise was broken: the seed, the table, the histories. */
function told(report: ChaosReport): string {
  return chaosText(report, FAULTS).join('\n');
}

test('killed, stopped, wiped, set back, cut off and without power it loses nothing and finishes nothing twice', async () => {
  const report = await runChaos({
    command: COMMAND,
    seed: SEED,
    durationMs: 22_000,
    // A few seconds as a rule; a breaker that has opened may hold a fleet for four minutes.
    drainMs: 280_000,
    perSecond: 40,
    faults: FAULTS,
    schedulers: 2,
    agents: 3,
    smallDisks: MAY_MOUNT,
    // Every second run has mirrors, and loses whole disks.
    mirrored: SEED % 2 === 1,
  });
  const { broken, failures, refused, counts, called, faults } = report;
  expect({ broken: broken.length, failures, refused }, told(report)).toEqual({ broken: 0, failures: [], refused: 0 });
  expect(counts.accepted).toBeGreaterThan(200);
  expect(counts.finished).toBeGreaterThan(200);
  expect(called).toBeGreaterThan(100);
  expect(faults.length).toBeGreaterThan(5);
}, 400_000);

test('the control: with disks that only say that they have synced, the loss is seen and named', async () => {
  const report = await runChaos({
    command: COMMAND,
    seed: SEED,
    durationMs: 4000,
    drainMs: 3000,
    perSecond: 40,
    faults: FAULTS.filter(({ kind }) => kind === 'power:all'),
    schedulers: 2,
    agents: 1,
    lyingDisks: true,
  });
  const gone = report.broken.filter(({ promise }) => promise === 'lost' || promise === 'taken back');
  expect(gone.length, told(report)).toBeGreaterThan(0);
  const [first] = gone;
  expect(first?.history.join('\n')).toMatch(/ accepted .*[^]* power:all /);
  expect(told(report)).toContain(`--seed ${SEED} draws the same faults`);
}, 120_000);

test('replicas that are restarted one after the other fail no request, and killed ones do', async () => {
  const options = { command: COMMAND, perSecond: 60, requestsMin: 200, replicas: 2 };
  const graceful = await measureAvailability({ ...options, restarts: 3, signal: 'term' });
  expect(graceful).toMatchObject({ restarts: 3, failed: {}, badEnds: [] });
  // A busy machine may make a replica say that it has enough; that is an answer, and no failure.
  expect(graceful.refused).toBeLessThan(graceful.requests / 50);
  expect(graceful.requests).toBeGreaterThanOrEqual(200);
  const killed = await measureAvailability({ ...options, restarts: 2, signal: 'kill' });
  expect(Object.keys(killed.failed)).not.toEqual([]);
}, 180_000);

import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { CallFailed } from '../load/http-caller.ts';
import { isMirrored, loseDisk } from './lost-disk.ts';
import { startSystem, type ChaosSystem } from './system.ts';

/** Two real schedulers and a real store: what a disk that is lost for good takes with it, with a mirror and without. */
let system: ChaosSystem | undefined;
afterEach(() => system?.close());

function start(mirrored: boolean): Promise<ChaosSystem> {
  return startSystem({
    command: resolve('dist/compiler/cli/main.js'),
    schedulers: 2,
    agents: 1,
    leaseMs: 5000,
    lameDuckMs: 0,
    mirrored,
    onReport: () => undefined,
    onUnasked: (says) => {
      throw new Error(says);
    },
  });
}

const LATER_MS = 4000;

/** Tasks at each scheduler that nobody runs before they are lost. */
async function submit({ urls, caller }: ChaosSystem, name: string, count: number): Promise<readonly string[]> {
  const answers = Array.from({ length: count }, async (_, n) => {
    const body = { task: 'work-red', input: { n }, delayMs: LATER_MS };
    const url = `${urls[n % urls.length]}/v1/tasks`;
    const answer = await caller.call({ method: 'POST', url, body, key: `${name}-${n}`, timeoutMs: 10_000 });
    expect(answer.status).toBeLessThan(300);
    return (answer.body as { readonly id: string }).id;
  });
  return Promise.all(answers);
}

async function stateOf({ urls, caller }: ChaosSystem, id: string): Promise<string> {
  const answer = await caller.call({ method: 'GET', url: `${urls[1]}/v1/tasks/${id}`, timeoutMs: 20_000 });
  return answer.status === 200 ? String((answer.body as { readonly state?: unknown }).state) : String(answer.status);
}

/** One of two disks and the store, at the same moment. */
async function loseDiskAndStore({ store, schedulers }: ChaosSystem): Promise<void> {
  const [first] = schedulers;
  if (first === undefined) throw new Error('there is no scheduler');
  await Promise.all([store.child().kill(), ...schedulers.map((one) => one.kill())]);
  loseDisk(first);
  store.wipe();
  await Promise.all([store.start(), ...schedulers.map((one) => one.start())]);
}

test('one disk and the store are lost together: every accepted task is there, and ends', async () => {
  system = await start(true);
  const ids = await submit(system, 'kept', 60);
  await loseDiskAndStore(system);
  const states = await Promise.all(ids.map((id) => stateOf(system as ChaosSystem, id)));
  expect(states.filter((state) => /^\d+$/.test(state))).toEqual([]);
  await expect
    .poll(async () => new Set(await Promise.all(ids.map((id) => stateOf(system as ChaosSystem, id)))), {
      timeout: 40_000,
    })
    .toEqual(new Set(['succeeded']));
}, 120_000);

test('the control: without a mirror that loses the tasks of this scheduler', async () => {
  system = await start(false);
  const ids = await submit(system, 'lost', 20);
  await loseDiskAndStore(system);
  const states = await Promise.all(ids.map((id) => stateOf(system as ChaosSystem, id)));
  expect(states.filter((state) => state === '404')).toHaveLength(10);
}, 120_000);

test('a peer that is killed under load fails no request, and has everything when it is back', async () => {
  system = await start(true);
  const { schedulers, urls, caller } = system;
  const [first, peer] = schedulers;
  if (first === undefined || peer === undefined) throw new Error('there are two schedulers');
  const failed: string[] = [];
  const slowestMs: number[] = [];
  const offers: Promise<void>[] = [];
  const offer = async (n: number): Promise<void> => {
    const begun = performance.now();
    const request = { method: 'POST', url: `${urls[0]}/v1/tasks`, body: { task: 'work-red', input: { n } } } as const;
    try {
      const { status } = await caller.call({ ...request, key: `load-${n}`, timeoutMs: 10_000 });
      if (status >= 300) failed.push(String(status));
    } catch (error) {
      failed.push(error instanceof CallFailed ? error.code : String(error));
    }
    slowestMs.push(performance.now() - begun);
  };
  for (let n = 0; n < 150; n += 1) {
    offers.push(offer(n));
    await pause(20);
    if (n === 30) await peer.kill();
    if (n === 100) await peer.start();
  }
  await Promise.all(offers);
  expect(failed).toEqual([]);
  // The wait for the peer, and what a busy machine adds.
  expect(Math.max(...slowestMs)).toBeLessThan(5000);
  await isMirrored(first);
  await expect
    .poll(() => segments(join(peer.mirror, first.name)), { timeout: 10_000 })
    .toEqual(segments(first.journal));
}, 120_000);

function segments(folder: string): Readonly<Record<string, number>> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.journal'));
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(folder, name)).length]));
}

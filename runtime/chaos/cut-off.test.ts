import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HttpAnswer } from '../load/http-caller.ts';
import { startSystem, type ChaosSystem } from './system.ts';

/** One of two real schedulers loses its way to the store, and nobody denies what it has accepted. */
let system: ChaosSystem;

beforeAll(async () => {
  system = await startSystem({
    command: resolve('dist/compiler/cli/main.js'),
    schedulers: 2,
    agents: 0,
    leaseMs: 5000,
    lameDuckMs: 0,
    onReport: () => undefined,
    onUnasked: (says) => {
      throw new Error(says);
    },
  });
}, 60_000);

afterAll(() => system.close());

function submit(url: string | undefined, key: string): Promise<HttpAnswer> {
  const body = { task: 'work-red', input: {} };
  return system.caller.call({ method: 'POST', url: `${url}/v1/tasks`, body, key, timeoutMs: 10_000 });
}

function read(url: string | undefined, id: string): Promise<HttpAnswer> {
  return system.caller.call({ method: 'GET', url: `${url}/v1/tasks/${id}`, timeoutMs: 20_000 });
}

test.each(['cut', 'stuck'] as const)(
  'what it accepts while its wire is %s is 503 at the other one, never 404, and there when the wire is mended',
  async (kind) => {
    const [url, other] = system.urls;
    const [wire] = system.storeWires;
    wire?.set({ kind });
    let n = 0;
    const alone = async (): Promise<HttpAnswer> => submit(url, `${kind}-${(n += 1)}`);
    await expect.poll(async () => (await alone()).status, { timeout: 20_000 }).toBe(202);
    const { id } = (await alone()).body as { readonly id: string };
    expect(await read(other, id)).toMatchObject({
      status: 503,
      retryAfterMs: 1000,
      body: { detail: 'the store does not know it; scheduler-0 may, and was not seen there' },
    });
    const asked = Array.from({ length: 40 }, async (_, turn) => {
      await pause(turn * 100);
      return (await read(other, id)).status;
    });
    wire?.set({ kind: 'open' });
    const statuses = await Promise.all(asked);
    expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([]);
    expect(statuses.at(-1)).toBe(200);
  },
  60_000,
);

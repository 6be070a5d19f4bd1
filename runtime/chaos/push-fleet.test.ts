import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Assignment, SubmitResponse } from '../../spec/contract/protocol.ts';
import { CallFailed } from '../load/http-caller.ts';
import { PUSHED_FLEET, taskOf } from './chaos-table.ts';
import { finalStates } from './final-states.ts';
import { startSystem, type ChaosSystem } from './system.ts';

/** Two real schedulers call an agent that takes its time, and are broken while they wait for it. */
const RUN_MS = 400;
const LEASE_MS = 6000;
const DRAIN_MS = 60_000;

let agent: Server;
let system: ChaosSystem;
/** Tokens that the agent was called with, by task. */
let calls: Map<string, number[]>;

beforeEach(async () => {
  calls = new Map();
  agent = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { id, token } = JSON.parse(Buffer.concat(parts).toString()) as Assignment;
      calls.set(id, [...(calls.get(id) ?? []), token]);
      setTimeout(() => response.end(JSON.stringify({ token })), RUN_MS);
    });
  }).listen(0, '127.0.0.1');
  await once(agent, 'listening');
  system = await startSystem({
    command: resolve('dist/compiler/cli/main.js'),
    schedulers: 2,
    agents: 0,
    leaseMs: LEASE_MS,
    lameDuckMs: 0,
    pushUrl: `http://127.0.0.1:${(agent.address() as AddressInfo).port}`,
    onReport: () => undefined,
    onUnasked: (says) => {
      throw new Error(says);
    },
  });
}, 60_000);

afterEach(async () => {
  await system.close();
  agent.closeAllConnections();
  await new Promise((done) => agent.close(done));
});

/** Until it is accepted, by whichever of them is there. */
async function submit(n: number): Promise<string> {
  const { caller, urls } = system;
  for (let at = n; ; at += 1) {
    const url = `${urls[at % urls.length]}/v1/tasks`;
    const body = { task: taskOf(PUSHED_FLEET), input: { n } };
    const answer = await caller.call({ method: 'POST', url, body, key: `n-${n}`, timeoutMs: 3000 }).catch((error) => {
      if (!(error instanceof CallFailed)) throw error;
    });
    if (answer !== undefined && answer.status < 300) return (answer.body as unknown as SubmitResponse).id;
    await pause(50);
  }
}

/** Submits all the time while something is done to the system; gives the ids. */
async function meanwhile(work: () => Promise<void>): Promise<readonly string[]> {
  const ids: Promise<string>[] = [];
  const timer = setInterval(() => ids.push(submit(ids.length)), 40);
  await work().finally(() => clearInterval(timer));
  return Promise.all(ids);
}

async function finals(ids: readonly string[]) {
  const { caller, urls } = system;
  const nowMs = (): number => performance.now();
  return finalStates({ caller, urls, ids, untilMs: nowMs() + DRAIN_MS, nowMs });
}

test('while schedulers are restarted one after the other an agent is called once for each task, and what it says counts', async () => {
  const ids = await meanwhile(async () => {
    for (let turn = 0; turn < 6; turn += 1) {
      await pause(700);
      const scheduler = system.schedulers[turn % 2];
      expect(await scheduler?.stop()).toBe(0);
      await scheduler?.start();
    }
  });
  const { finals: states } = await finals(ids);
  expect(ids.length).toBeGreaterThan(50);
  expect(ids.map((id) => states.get(id))).toEqual(ids.map((id) => ({ state: 'succeeded', token: calls.get(id)?.[0] })));
  expect(ids.filter((id) => calls.get(id)?.length !== 1)).toEqual([]);
}, 180_000);

test('after a kill and a lost store every task has an end that its agent has said', async () => {
  const ids = await meanwhile(async () => {
    await pause(1000);
    await system.schedulers[0]?.kill();
    await system.store.flush();
    await pause(500);
    await system.schedulers[0]?.start();
    await pause(1000);
  });
  const { finals: states } = await finals(ids);
  expect(ids.length).toBeGreaterThan(20);
  const unsaid = ids.filter((id) => {
    const { state, token = 0 } = states.get(id) ?? {};
    return state !== 'succeeded' || calls.get(id)?.includes(token) !== true;
  });
  expect(unsaid).toEqual([]);
}, 180_000);

test('an agent that is away for some seconds is waited for: no attempt of its task is counted', async () => {
  const { port } = agent.address() as AddressInfo;
  agent.close();
  const id = await submit(0);
  await pause(3000);
  expect(calls.size).toBe(0);
  agent.listen(port, '127.0.0.1');
  const { finals: states, redriven } = await finals([id]);
  expect(redriven).toBe(0);
  expect(states.get(id)).toEqual({ state: 'succeeded', token: calls.get(id)?.[0] });
  const url = `${system.urls[0]}/v1/tasks/${id}`;
  expect((await system.caller.call({ method: 'GET', url, timeoutMs: 3000 })).body).toMatchObject({ attempts: 0 });
}, 180_000);

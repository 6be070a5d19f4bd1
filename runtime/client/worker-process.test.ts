import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { client } from './client.ts';
import { FLEET, servedFleet } from './testing/served-fleet.ts';

const CLIENT = pathToFileURL(resolve('dist/runtime/client/index.js')).href;

let child: ChildProcess | undefined;
afterEach(() => {
  child?.kill('SIGKILL');
  child = undefined;
});

/**
 * An agent as a process of its own, with one slot and no server, so that nothing but the worker keeps it. A task takes `runMs`;
 * without it, its handler never ends and leaves nothing that Node would wait for.
 */
const AGENT = `
import { worker } from ${JSON.stringify(CLIENT)};
const observe = ({ kind }) => console.log(kind);
await worker({ observe, slots: 1, token: 'dev-token' })
  .on('summarize', async ({ input: { runMs } }) => {
    await new Promise((end) => runMs === undefined ? undefined : setTimeout(end, runMs));
    return { short: 'done' };
  })
  .run();
`;

async function agent(drainMs?: number) {
  const url = await servedFleet({ heartbeatMs: 1000 }, drainMs);
  const env = { PATH: process.env['PATH'], NOVA_TORCH_SCHEDULER_URL: url, NOVA_TORCH_FLEET: FLEET, POD_NAME: 'a-1' };
  const started = spawn(process.execPath, ['--input-type=module', '--eval', AGENT], {
    env,
    stdio: ['ignore', 'pipe', 2],
  });
  child = started;
  let said = '';
  started.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = once(started, 'exit') as Promise<[number | null, string | null]>;
  const has = async (kind: string) => {
    await expect.poll(() => said, { timeout: 10_000 }).toContain(kind);
  };
  return { tasks: client({ url, token: 'dev-token' }), process: started, ended, has };
}

test(
  'an agent whose slots are all taken lives on, and gives back at its end what takes too long',
  { timeout: 30_000 },
  async () => {
    const { tasks, process: own, ended, has } = await agent(500);
    const { id } = await tasks.submit('summarize', {});
    await has('started');
    await new Promise((go) => setTimeout(go, 2500));
    expect(await tasks.get(id)).toMatchObject({ state: 'running', crashes: 0 });
    own.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(await tasks.get(id)).toMatchObject({ state: 'ready', crashes: 0 });
  },
);

test('a second SIGTERM changes nothing: what runs is finished', { timeout: 30_000 }, async () => {
  const { tasks, process: own, ended, has } = await agent(10_000);
  const { id } = await tasks.submit('summarize', { runMs: 1500 });
  await has('started');
  own.kill('SIGTERM');
  await has('draining');
  own.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  expect(await tasks.get(id)).toMatchObject({ state: 'succeeded', attempts: 0, crashes: 0 });
});

test(
  'a handler that never ends is tested to its end, also where nothing else keeps the process',
  { timeout: 30_000 },
  () => {
    const code = `
import { testWorker, worker } from ${JSON.stringify(CLIENT)};
const one = worker({ url: 'http://nowhere', fleet: 'a/b' }).on('greet', () => new Promise(() => undefined));
console.log(JSON.stringify(await testWorker(one).run('greet', {}, { stop: { afterMs: 20, reason: 'drained' } })));
`;
    const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
      encoding: 'utf8',
    });
    expect([status, stdout]).toEqual([0, '{"settled":"released"}\n']);
  },
);

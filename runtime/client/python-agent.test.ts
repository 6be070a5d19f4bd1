import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { client } from './client.ts';
import { freePort } from './testing/free-port.ts';
import { FLEET, servedFleet } from './testing/served-fleet.ts';

const HAS_PYTHON = spawnSync('python3', ['--version']).status === 0;

const folder = mkdtempSync(join(tmpdir(), 'nova-torch-python-'));
const TOKEN_FILE = join(folder, 'token');
writeFileSync(TOKEN_FILE, 'dev-token');
afterAll(() => rmSync(folder, { recursive: true }));

let child: ChildProcess | undefined;
afterEach(() => {
  child?.kill('SIGKILL');
  child = undefined;
});

/** The agent of the guide with another handler, as a process that logs what it calls. */
const PROGRAM = `
import sys
sys.path.insert(0, "docs/examples")
import agent
class _Odd(Exception):
    pass
def handle(task, stopped):
    if task["input"]["text"] == "odd":
        raise _Odd("\\ud83d")
    stopped.wait(1)
    return {"short": "x"}
agent.handle = handle
made = agent.call
def call(path, *rest, **named):
    print(path.split("/")[-1].split("?")[0], flush=True)
    return made(path, *rest, **named)
agent.call = call
agent.main()
`;

function python(url: string) {
  const env = {
    ...process.env,
    NOVA_TORCH_SCHEDULER_URL: url,
    NOVA_TORCH_FLEET: FLEET,
    NOVA_TORCH_TOKEN_FILE: TOKEN_FILE,
  };
  const started = spawn('python3', ['-c', PROGRAM], { env, stdio: ['ignore', 'pipe', 2] });
  child = started;
  let said = '';
  started.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return {
    ended: once(started, 'exit'),
    end: () => started.kill('SIGTERM'),
    has: async (call: string) => {
      await expect.poll(() => said, { timeout: 15_000 }).toContain(call);
    },
  };
}

test.skipIf(!HAS_PYTHON)(
  'an agent in plain Python goes at once on SIGTERM when nothing runs',
  { timeout: 40_000 },
  async () => {
    const { has, end, ended } = python(await servedFleet());
    await has('poll');
    const askedMs = performance.now();
    end();
    expect(await ended).toEqual([0, null]);
    await has('drain');
    expect(performance.now() - askedMs).toBeLessThan(10_000);
  },
);

test.skipIf(!HAS_PYTHON)('on SIGTERM it finishes what runs, and takes nothing more', { timeout: 40_000 }, async () => {
  const url = await servedFleet();
  const tasks = client({ url, token: 'dev-token' });
  const { has, end, ended } = python(url);
  const { id } = await tasks.submit('summarize', { text: 'x' });
  await has('poll');
  await expect.poll(async () => (await tasks.get(id)).state, { timeout: 15_000 }).toBe('running');
  const after = await tasks.submit('summarize', { text: 'after' });
  end();
  expect(await ended).toEqual([0, null]);
  expect(await tasks.get(id)).toMatchObject({ state: 'succeeded', attempts: 0, crashes: 0 });
  expect(await tasks.get(after.id)).toMatchObject({ state: 'ready' });
});

test.skipIf(!HAS_PYTHON)('it goes on SIGTERM also when it never found a scheduler', { timeout: 40_000 }, async () => {
  const { has, end, ended } = python(`http://127.0.0.1:${await freePort()}`);
  await has('agents');
  end();
  expect(await ended).toEqual([0, null]);
});

test.skipIf(!HAS_PYTHON)(
  'what its work raises is a failed attempt, however it is called',
  { timeout: 40_000 },
  async () => {
    const url = await servedFleet();
    const tasks = client({ url, token: 'dev-token' });
    python(url);
    const { id } = await tasks.submit('summarize', { text: 'odd' });
    await expect.poll(async () => (await tasks.get(id)).attempts, { timeout: 15_000 }).toBeGreaterThan(0);
    expect(await tasks.get(id)).toMatchObject({ reason: 'Error', crashes: 0 });
  },
);

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { PROFILES } from '../../../runtime/load/profiles.ts';
import { runBuilt } from '../testing/built.ts';
import { runHere } from '../testing/host.ts';
import { load } from './load.ts';

const cwd = mkdtempSync(join(tmpdir(), 'nova-torch-load-command-'));
let close = (): void => undefined;
afterEach(() => close());
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
  expect(report['checks']).toHaveLength(5);
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
    ['load', 'smoke', '--task', 'a', '--url', 'nowhere'],
    'error: `nowhere` is no address of a scheduler\n  one looks like http://127.0.0.1:8080\n',
  ],
  [
    ['load', 'smoke', '--dev', '--token-file', 'token'],
    'error: `--dev` and `--token-file` exclude each other\n  --dev starts a scheduler with a task, a fleet and a token of its own\n',
  ],
  [['load', 'smoke', '--task', 'a', '--token-file', '.'], 'error: `.` is no regular file\n'],
] as const)('%o says what is missing, and sends nothing', async ([words, stderr]) => {
  writeFileSync(join(cwd, 'token'), 'x');
  const help = '  see: nova-torch load --help\n';
  expect(await runHere([...words], { cwd })).toEqual({ code: 2, stdout: '', stderr: stderr + help });
});

interface Heard {
  readonly token: string | undefined;
  readonly team: string | undefined;
}

/** A scheduler that notes who asks, and answers a submission as it is told. */
async function scheduler(answer: (heard: readonly Heard[]) => { readonly status: number; readonly body: object }) {
  const heard: Heard[] = [];
  const server = createServer(({ method, headers }, response) => {
    heard.push({ token: headers.authorization, team: headers['nova-team'] as string | undefined });
    const { status, body } = method === 'GET' ? { status: 200, body: {} } : answer(heard);
    response.writeHead(status).end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { heard, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const BRIEFLY = ['load', 'smoke', '--task', 'a', '--seconds', '1', '--rate', '200'];

test('who asks, and where, is said as to every other command, and a token of a file is read anew', async () => {
  const file = join(cwd, 'renewed');
  writeFileSync(file, 'first\n');
  const { heard, url } = await scheduler((all) => {
    // Renewed as a kubelet does it, once gone for a moment.
    if (all.length === 10) rmSync(file);
    if (all.length === 20) writeFileSync(file, 'second\n');
    return { status: 201, body: { id: `t-${all.length}`, status: 'accepted' } };
  });
  let ms = 0;
  const env = { NOVA_TORCH_SCHEDULER_URL: url, NOVA_TORCH_TOKEN_FILE: 'renewed', NOVA_TORCH_TEAM: 'web' };
  const { stderr } = await runHere(BRIEFLY, { cwd, env, now: () => (ms += 2000) });
  expect(stderr).toBe('');
  expect(heard.length).toBeGreaterThan(30);
  expect(heard[0]).toEqual({ token: 'Bearer first', team: 'web' });
  expect(heard[15]).toEqual({ token: 'Bearer first', team: 'web' });
  expect(heard.at(-1)).toEqual({ token: 'Bearer second', team: 'web' });
});

test('options come before the environment, which may hold the token itself', async () => {
  const { heard, url } = await scheduler(() => ({ status: 201, body: { id: 't', status: 'accepted' } }));
  const env = { NOVA_TORCH_SCHEDULER_URL: 'http://127.0.0.1:1', NOVA_TORCH_TOKEN: 'mine', NOVA_TORCH_TEAM: 'web' };
  await runHere([...BRIEFLY, '--url', url, '--team', 'data'], { cwd, env });
  expect(heard.at(-1)).toEqual({ token: 'Bearer mine', team: 'data' });
});

test('who is in several teams and names none is told so at once', async () => {
  const body = { type: 'https://nova-torch.dev/problems/which-team', title: 'You are of several teams' };
  const { url } = await scheduler(() => ({ status: 400, body }));
  expect(await runHere(['load', 'soak', '--task', 'a', '--url', url], { cwd, env: {} })).toEqual({
    code: 2,
    stdout: '',
    stderr: `error: ${url} answers which-team\n  --team says which\n  see: nova-torch load --help\n`,
  });
});

test('where nobody answers, who may not and who proves nothing hear so at once, as from every other command', async () => {
  const asked = async (words: readonly string[]) => {
    const { code, stderr } = await runHere(['load', 'smoke', '--task', 'a', ...words], { cwd, env: {} });
    return [code, stderr];
  };
  expect(await asked(['--url', 'http://127.0.0.1:1'])).toEqual([
    1,
    'error: nobody answers at http://127.0.0.1:1: ECONNREFUSED\n  start one with `nova-torch serve --dev`, or name another with --url\n',
  ]);
  const forbidden = { type: 'https://nova-torch.dev/problems/forbidden', detail: 'you are not of web' };
  const { url } = await scheduler(() => ({ status: 403, body: forbidden }));
  expect(await asked(['--url', url])).toEqual([
    3,
    `error: ${url} answers forbidden: you are not of web\n  ask an operator, or use a token with more roles\n`,
  ]);
});

test('what no scheduler takes is asked for once, and not for as long as the profile says', async () => {
  const body = { type: 'https://nova-torch.dev/problems/no-route' };
  const { heard, url } = await scheduler(() => ({ status: 422, body }));
  expect(await runHere(['load', 'soak', '--task', 'a', '--url', url], { cwd, env: {} })).toEqual({
    code: 1,
    stdout: '',
    stderr: `error: ${url} answers no-route\n  see --task and --input\n`,
  });
  expect(heard.length).toBeLessThan(10);
});

const WITH_AGENTS = [...BRIEFLY, '--agents', '1', '--fleet', 'a/b', '--build', 'v1'];

test('agents that cannot register are said, and nothing is submitted for nobody', async () => {
  const errors = [{ pointer: '/build', detail: 'the routing table has v2' }];
  const body = { type: 'https://nova-torch.dev/problems/invalid-body', errors };
  const { heard, url } = await scheduler(() => ({ status: 422, body }));
  expect(await runHere([...WITH_AGENTS, '--url', url], { cwd, env: {} })).toEqual({
    code: 1,
    stdout: '',
    stderr:
      `error: ${url} answers invalid-body: /build the routing table has v2\n` +
      '  the agents cannot register: see --fleet and --build\n',
  });
  expect(heard).toHaveLength(2);
});

test(
  'agents that were handed nothing have measured nothing, and that is no time of 0 ms',
  { timeout: 15_000 },
  async () => {
    const { url } = await scheduler((all) => ({ status: 200, body: { id: `t-${all.length}`, tasks: [] } }));
    const { code, stdout } = await runHere([...WITH_AGENTS, '--url', url], { cwd, env: {} });
    expect(code).toBe(1);
    expect(stdout).toMatch(/\nhanded to an agent( +-){5}\n/);
    expect(stdout).toMatch(/\nbroken {2}handed {2}0, at least 1\n/);
  },
);

test('the help names each profile with its rate', () => {
  for (const [name, { perSecond }] of Object.entries(PROFILES)) {
    expect(load.description).toMatch(new RegExp(`${name} \\(${perSecond}[ ,]`));
  }
});

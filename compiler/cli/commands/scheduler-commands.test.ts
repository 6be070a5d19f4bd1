import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TaskFailure } from '../../../runtime/client/task-failure.ts';
import { worker } from '../../../runtime/client/worker.ts';
import { BUILT } from '../testing/built.ts';
import { runHere, type Ran } from '../testing/host.ts';

/** A real scheduler of one's own, as a person would start it, and the commands against it. */
const folder = mkdtempSync(join(tmpdir(), 'nova-torch-commands-'));
const FLEET = 'research/web-researcher';
let url = '';
let end = (): unknown => undefined;

beforeAll(async () => {
  mkdirSync(join(folder, 'generated/dev'), { recursive: true });
  writeFileSync(
    join(folder, 'generated/dev/routing-table.json'),
    readFileSync(resolve('generated/dev/routing-table.json')),
  );
  const env = { PATH: process.env['PATH'], NOVA_TORCH_HTTP_PORT: '0', NOVA_TORCH_OPS_PORT: '0' };
  const child = spawn(process.execPath, [BUILT, 'serve', '--dev'], { cwd: folder, env });
  end = () => child.kill('SIGKILL');
  url = await new Promise<string>((done, fail) => {
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const [, api] = /the API is at (\S+),/.exec(said) ?? [];
      if (api !== undefined) done(api);
    });
    child.once('close', () => fail(new Error(said)));
  });
});

afterAll(() => {
  end();
  rmSync(folder, { recursive: true, force: true });
});

/** A command as a person in that folder gives it: the token is found beside the journal. */
function nova(...words: string[]): Promise<Ran> {
  return runHere([...words, '--url', url], { cwd: folder });
}

async function submitted(key: string): Promise<string> {
  const input = JSON.stringify({ question: `What is ${key}?` });
  const { stdout, stderr } = await nova(
    'task',
    'submit',
    'research',
    '--input',
    input,
    '--key',
    key,
    '--format',
    'json',
  );
  expect(stderr).toBe('');
  return (JSON.parse(stdout) as { id: string }).id;
}

test('a task is submitted, shown, explained, listed and cancelled', async () => {
  const id = await submitted('k-1');
  expect(await submitted('k-1')).toBe(id);
  expect((await nova('task', 'get', id)).stdout).toContain('ready');
  expect((await nova('task', 'why', id)).stdout).toContain(`no agent of ${FLEET}`);
  expect((await nova('task', 'list', FLEET)).stdout).toContain(id);
  expect(await nova('task', 'cancel', id, '--reason', 'asked twice')).toMatchObject({
    code: 0,
    stdout: `${id}  cancelled\n`,
  });
  expect(await nova('task', 'cancel', id)).toMatchObject({ code: 0 });
  const watched = await nova('task', 'watch', id);
  expect(watched.code).toBe(1);
  expect(watched.stdout).toMatch(/cancelled +asked twice\n$/);
});

test('a fleet is paused, resumed and drained, and says so', async () => {
  expect(await nova('fleet', 'pause', FLEET, '--reason', 'vendor is down')).toMatchObject({
    code: 0,
    stdout: `${FLEET}  paused\n`,
  });
  const { stdout } = await nova('fleet', 'get', FLEET);
  expect(stdout).toContain(`${FLEET} (paused)`);
  expect(stdout).toMatch(/\npaused since 20\S+Z: vendor is down\n$/);
  const id = await submitted('k-2');
  expect((await nova('task', 'why', id)).stdout).toContain('is paused');
  expect(await nova('fleet', 'resume', FLEET)).toMatchObject({ code: 0 });
  expect(await nova('fleet', 'drain', FLEET)).toMatchObject({ code: 0, stdout: `${FLEET}  draining\n` });
  expect((await nova('fleet', 'list')).stdout).toContain('draining');
  await nova('fleet', 'resume', FLEET);
  await nova('task', 'cancel', id);
});

test.each([
  ['by its own name', 'agent-0', 'agent-0', 'Why is the sky blue?'],
  ['as the list shows it', `${FLEET}/agent-1`, 'agent-1', 'Why is the sea green?'],
])(
  'a task that an agent takes is waited for, and the agent is listed and drained %s',
  async (_, given, name, question) => {
    const token = readFileSync(join(folder, '.nova-torch/dev-token'), 'utf8').trim();
    const agent = worker({ url, token, fleet: FLEET, name, signals: false });
    const running = agent.on('research', () => ({ answered: 'no', claims: [] })).run();
    const input = JSON.stringify({ question });
    const waited = await nova('task', 'submit', 'research', '--input', input, '--wait', '--format', 'json');
    expect(JSON.parse(waited.stdout)).toMatchObject({ agent: name });
    expect((await nova('agent', 'list', '--fleet', FLEET)).stdout).toContain(`${FLEET}/${name} `);
    expect(await nova('agent', 'drain', FLEET, given)).toMatchObject({
      code: 0,
      stdout: `${name} of ${FLEET}  draining\n`,
    });
    await running;
  },
);

test('the team that is named is the one that is asked for', async () => {
  const id = await submitted('k-team');
  expect((await nova('task', 'get', id, '--team', 'dev')).code).toBe(0);
  const input = '{"question":"Whose?"}';
  expect(await nova('task', 'submit', 'research', '--input', input, '--team', 'others')).toEqual({
    code: 3,
    stdout: '',
    stderr:
      'error: This is not yours to do: you are not of others\n  ask an operator, or use a token with more roles\n',
  });
  await nova('task', 'cancel', id);
});

test('dead letters are listed and given another chance', async () => {
  expect(await nova('dlq', 'list', FLEET)).toMatchObject({ code: 0 });
  expect((await nova('dlq', 'redrive', FLEET)).stdout).toMatch(/^\d+ tasks? ready again\n$/);
});

test('a dead letter ends the watching of it; of those that are named, what is left is told, and it ends with 1', async () => {
  const [id, other] = [await submitted('k-dead'), await submitted('k-cancelled')];
  await nova('task', 'cancel', other);
  const token = readFileSync(join(folder, '.nova-torch/dev-token'), 'utf8').trim();
  const agent = worker({ url, token, fleet: FLEET, name: 'agent-2', slots: 1, signals: false });
  const running = agent
    .on('research', () => {
      throw new TaskFailure('not_today', 'it rains', { retryAfterMs: 1 });
    })
    .run();
  const state = async (): Promise<string> => (await nova('task', 'get', id)).stdout;
  await expect.poll(state, { timeout: 30_000 }).toMatch(/^state +dead$/m);
  await agent.drain();
  await running;
  expect(await nova('task', 'watch', id)).toEqual({
    code: 1,
    stdout: expect.stringMatching(/ dead +agent-2, \S.*\n$/) as string,
    stderr: `it is a dead letter: nova-torch task why ${id} says why\n  nova-torch task retry ${id} gives it another chance\n`,
  });
  expect(await nova('dlq', 'redrive', FLEET, '--id', id, '--id', other)).toEqual({
    code: 1,
    stdout: `1 task ready again\n${other} is left: it is cancelled\n`,
    stderr: '',
  });
  await nova('task', 'cancel', id);
});

test.each([
  [
    'a fleet that is no name',
    ['fleet', 'get', 'triage'],
    2,
    'error: `triage` is no fleet\n  a fleet is named team/fleet\n',
  ],
  [
    'a fleet nobody knows',
    ['fleet', 'get', 'support/nobody'],
    1,
    'error: there is no `support/nobody`\n  it never was, is forgotten, or belongs to somebody else\n',
  ],
  [
    'an agent of another fleet',
    ['agent', 'drain', FLEET, 'support/triage/triage-0'],
    2,
    `error: \`support/triage/triage-0\` is no agent of ${FLEET}\n  an agent is named by its own name, or as \`agent list\``,
  ],
  [
    'an agent without a name',
    ['agent', 'drain', FLEET, `${FLEET}/`],
    2,
    `error: \`${FLEET}/\` is no agent of ${FLEET}\n`,
  ],
  [
    'an agent nobody knows',
    ['agent', 'drain', FLEET, `${FLEET}/nobody`],
    1,
    `error: no agent of ${FLEET} is called nobody\n  it never was, is forgotten, or belongs to somebody else\n`,
  ],
  ['a task nobody knows', ['task', 'get', 'nothing'], 1, 'error: there is no `nothing`\n'],
  [
    'a key that was used for something else',
    ['task', 'submit', 'research', '--input', '{"question": "Who painted the Mona Lisa?"}', '--key', 'k-1'],
    1,
    'error: This idempotency key was used for something else: it names ',
  ],
  [
    'a task type without a route',
    ['task', 'submit', 'unheard_of'],
    1,
    'error: No route takes this task: none takes unheard_of with these labels and this input\n',
  ],
  ['input that is no JSON', ['task', 'submit', 'x', '--input', '{'], 2, 'error: the input is not JSON: '],
  [
    'a delay that is none',
    ['task', 'submit', 'x', '--delay', 'soon'],
    2,
    'error: `soon` is no length of time\n  one looks like 30s, 10m or 2h\n',
  ],
  [
    'a key that no header may hold',
    ['task', 'submit', 'research', '--input', '{"question": "Why?"}', '--key', '注文'],
    2,
    'error: `注文` is no key\n  a key has 1 to 128 printable characters of ASCII, and no space\n',
  ],
  [
    'a label without a name',
    ['task', 'submit', 'x', '--label', 'a'],
    2,
    'error: `a` is no label\n  a label is given as name=value\n',
  ],
])('%s is refused in one line', async (_, words, code, stderr) => {
  const ran = await nova(...words);
  expect(ran.code).toBe(code);
  expect(ran.stderr.startsWith(stderr), ran.stderr).toBe(true);
  expect(ran.stdout).toBe('');
});

test('an address with a login is refused, and the login is not shown', async () => {
  expect(await runHere(['fleet', 'list', '--url', 'http://me:secret@127.0.0.1:1'], { cwd: folder })).toMatchObject({
    code: 2,
    stderr:
      'error: the address of 127.0.0.1:1 holds a login\n  a token says who asks: NOVA_TORCH_TOKEN, or --token-file\n' +
      '  see: nova-torch fleet list --help\n',
  });
});

test('a wrong token and a scheduler that is not there are said with what to do', async () => {
  const env = { NOVA_TORCH_TOKEN: 'wrong', NOVA_TORCH_SCHEDULER_URL: url };
  expect(await runHere(['fleet', 'list'], { cwd: tmpdir(), env })).toMatchObject({
    code: 3,
    stderr: 'error: Who calls is not known\n  set NOVA_TORCH_TOKEN, or name the file of a token with --token-file\n',
  });
  expect(await runHere(['fleet', 'list', '--url', 'http://127.0.0.1:1'], { cwd: folder })).toMatchObject({
    code: 1,
    stderr:
      'error: the scheduler at http://127.0.0.1:1 does not answer\n  nova-torch serve --dev runs one here; --url names another\n',
  });
  expect(await runHere(['fleet', 'list', '--url', 'nowhere'], { cwd: folder })).toMatchObject({ code: 2 });
});

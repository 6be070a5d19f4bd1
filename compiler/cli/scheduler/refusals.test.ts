import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runHere } from '../testing/host.ts';

const cwd = mkdtempSync(join(tmpdir(), 'nova-torch-refusals-'));

interface Answer {
  readonly status: number;
  readonly body: object | string;
}

/** What is answered: each once, and the last one again and again. */
let answers: Answer[] = [];
let asked = 0;
const server = createServer((_, response) => {
  asked += 1;
  const { status, body } = (answers.length > 1 ? answers.shift() : answers[0]) ?? { status: 500, body: '' };
  response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(cwd, { recursive: true });
});

function problem(status: number, name: string, more: object = {}): Answer {
  return { status, body: { type: `https://nova-torch.dev/problems/${name}`, ...more } };
}

const GONE = { title: 'There is no such thing' };

test.for([
  [['fleet', 'get', 'a/b'], problem(404, 'not-found', GONE), 'there is no `a/b`', /^it never was/],
  [
    ['dlq', 'redrive', 'a/b', '--id', 't-9'],
    problem(404, 'not-found', { ...GONE, detail: 't-9 is not of a/b' }),
    't-9 is not of a/b',
    /^it never was/,
  ],
  [
    ['agent', 'list', '--fleet', 'a/b'],
    problem(404, 'not-found', { ...GONE, detail: 'no fleet is called a/b' }),
    'no fleet is called a/b',
    /^it never was/,
  ],
  [['task', 'get', 't'], { status: 404, body: 'nothing here' }, 'the scheduler answers 404', /^is this the API/],
] as const)('%j: %j is said of what is not there', async ([words, answer, message, hint]) => {
  answers = [answer];
  const { code, stdout, stderr } = await runHere([...words, '--url', url], { cwd });
  const [first, second, ...more] = stderr.trimEnd().split('\n  ');
  expect([code, stdout, first, more]).toEqual([1, '', `error: ${message}`, []]);
  if (hint === undefined) expect(second).toBeUndefined();
  else expect(second).toMatch(hint);
});

test.for([
  ['two\nlines', 'a token of two lines'],
  ['', 'an empty token'],
  ['caf\u00e9 \u65e5', 'a token of other letters'],
] as const)('%j is no token, and is not taken for silence of the scheduler', async ([text]) => {
  writeFileSync(join(cwd, 'token'), text);
  asked = 0;
  const hint = '  a token is one line of printable characters, without a space\n  see: nova-torch fleet list --help\n';
  expect(await runHere(['fleet', 'list', '--url', url, '--token-file', 'token'], { cwd })).toEqual({
    code: 2,
    stdout: '',
    stderr: `error: \`token\` holds no token\n${hint}`,
  });
  expect(asked).toBe(0);
});

test('a variable with a token that is none is named, and one that is empty says nothing', async () => {
  answers = [{ status: 200, body: { fleets: [] } }];
  const listed = (NOVA_TORCH_TOKEN: string) =>
    runHere(['agent', 'list', '--url', url], { cwd, env: { NOVA_TORCH_TOKEN } });
  expect((await listed('a b')).stderr).toContain('error: NOVA_TORCH_TOKEN holds no token\n');
  answers = [{ status: 200, body: { agents: [] } }];
  expect(await listed('')).toEqual({ code: 0, stdout: 'no agents\n', stderr: '' });
});

test.for([
  [['--key', '\u65e5'], '`\u65e5` is no key'],
  [['--key', ''], '`` is no key'],
  [['--team', '\u65e5'], '`\u65e5` is no team'],
] as const)('%j is refused before anything is sent', async ([words, message]) => {
  asked = 0;
  const { code, stderr } = await runHere(['task', 'submit', 'a', '--url', url, ...words], { cwd });
  expect([code, stderr.split('\n')[0], asked]).toEqual([2, `error: ${message}`, 0]);
});

test('who waits for a scheduler that is away hears so, once, and then what came of it', async () => {
  const away = problem(503, 'unavailable', { title: 'Not just now' });
  answers = [away, away, away, { status: 201, body: { id: 't-1', status: 'accepted' } }];
  expect(await runHere(['task', 'submit', 'a', '--url', url], { cwd })).toEqual({
    code: 0,
    stdout: 't-1  accepted\n',
    stderr: 'Not just now; asking again, for 60 s at most\n',
  });
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { afterAll, expect, test } from 'vitest';
import type { TaskPage, TaskView } from '../../../spec/contract/protocol.ts';
import { runHere, type Ran } from '../testing/host.ts';

/** What a scheduler answers, and what it was asked. */
let page: TaskPage = { tasks: [] };
let before: TaskPage[] = [];
let asked = '';
let all: string[] = [];
const server = createServer((request, response) => {
  asked = request.url ?? '';
  all.push(asked);
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(before.shift() ?? page));
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function nova(...words: string[]): Promise<Ran> {
  return runHere([...words, 'support/triage', '--url', url], { cwd: tmpdir() });
}

const VIEW: TaskView = {
  ...{ id: 't-1', task: 'triage', state: 'dead', fleet: 'support/triage', build: 'v1', route: 'tickets' },
  ...{ priority: 'normal', attempts: 3, crashes: 0, agent: 'fx' },
  ...{ acceptedAt: '2026-01-15T00:00:00.000Z', since: '2026-01-15T00:01:00.000Z', reason: 'model_refused' },
};

test.for([
  ['dead', 'model_refused'],
  ['failed', 'model_refused'],
  ['cancelled', 'model_refused'],
  ['running', 'fx'],
  ['succeeded', 'fx'],
] as const)('of a task that is %s the list shows %s', async ([state, shown]) => {
  page = { tasks: [{ ...VIEW, state }] };
  const { stdout } = await nova('task', 'list');
  expect(
    stdout
      .trimEnd()
      .split(/ {2,}|\n/)
      .at(-1),
  ).toBe(shown);
});

test('dead letters say why, and a list that goes on says how', async () => {
  page = { tasks: [VIEW], next: '0.100' };
  const first = await nova('dlq', 'list', '--limit', '1');
  expect(asked).toBe('/v1/tasks?fleet=support%2Ftriage&of=dead&limit=1');
  expect(first.stdout).toMatch(/ model_refused\nand more: --after 0\.100\n$/);
  page = { tasks: [VIEW] };
  const last = await nova('dlq', 'list', '--after', '0.100');
  expect(asked).toBe('/v1/tasks?fleet=support%2Ftriage&of=dead&limit=20&after=0.100');
  expect(last.stdout).toMatch(/ model_refused\n$/);
  page = { tasks: [VIEW], next: '1.20' };
  expect((await nova('task', 'list', '--limit', '1')).stdout).toMatch(/\nand more: --after 1\.20\n$/);
});

test('answers that are short or empty are followed until the page is full or the list ends', async () => {
  const named = (id: string): TaskView => ({ ...VIEW, id });
  before = [
    { tasks: [], next: '0.2000' },
    { tasks: [named('t-7')], next: '0.4000' },
    { tasks: [named('t-8')], next: '0.4100' },
  ];
  all = [];
  const full = await nova('task', 'list', '--limit', '2');
  const path = '/v1/tasks?fleet=support%2Ftriage&of=open';
  expect(all).toEqual([`${path}&limit=2`, `${path}&limit=2&after=0.2000`, `${path}&limit=1&after=0.4000`]);
  expect(full.stdout).toMatch(/\nt-7 .*\nt-8 .*\nand more: --after 0\.4100\n$/);
  before = [{ tasks: [], next: '0.2000' }];
  page = { tasks: [] };
  expect((await nova('task', 'list')).stdout).toBe('no tasks\n');
});

test('who has none among very many hears how to go on, and nobody asks for ever', async () => {
  page = { tasks: [], next: '0.2000' };
  all = [];
  expect((await nova('task', 'list')).stdout).toBe('no tasks\nand more: --after 0.2000\n');
  expect(all).toHaveLength(1000);
});

test('an empty list says so in its own word', async () => {
  page = { tasks: [] };
  expect((await nova('dlq', 'list')).stdout).toBe('no dead letters\n');
  expect((await nova('task', 'list')).stdout).toBe('no tasks\n');
});

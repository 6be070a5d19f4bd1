import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as listenOnly, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { canonicalJson } from '../../spec/contract/canonical.ts';
import type { RoutingTable } from '../../spec/contract/routing-table.ts';
import type { Json } from '../../spec/contract/source.ts';
import { startDurableServer } from '../store/testing/store-server.ts';

const COMMAND = resolve('dist/compiler/cli/main.js');
const TABLE = resolve('generated/dev/routing-table.json');

let folder: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nova-torch-serve-'));
  mkdirSync(join(folder, 'generated/dev'), { recursive: true });
  cpSync(TABLE, join(folder, 'generated/dev/routing-table.json'));
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

interface Process {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string; readonly stdout: string }>;
  /** Resolves with the addresses once it listens. */
  readonly urls: Promise<{ readonly api: string; readonly ops: string }>;
}

function serve(words: readonly string[], env: Readonly<Record<string, string>> = {}): Process {
  const child = spawn(process.execPath, [COMMAND, 'serve', ...words], {
    cwd: folder,
    env: { PATH: process.env['PATH'], NOVA_TORCH_HTTP_PORT: '0', NOVA_TORCH_OPS_PORT: '0', ...env },
  });
  children.push(child);
  let stdout = '';
  let stderr = '';
  const ended = new Promise<Awaited<Process['ended']>>((done) =>
    child.once('close', (code) => done({ code, stdout, stderr })),
  );
  const urls = new Promise<Awaited<Process['urls']>>((done, fail) => {
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      const [, api, ops] = /listening on (\S+), health and metrics on ([^\s"]+)/.exec(stdout) ?? [];
      if (api !== undefined && ops !== undefined) done({ api, ops });
    });
    child.once('close', () => fail(new Error(`it ended: ${stderr}`)));
  });
  urls.catch(() => undefined);
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return { child, ended, urls };
}

function call(url: string, path: string, body?: unknown): Promise<Response> {
  const token = readFileSync(join(folder, '.nova-torch/dev-token'), 'utf8').trim();
  return fetch(`${url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

/** With the digest that its readers hold it to. */
function writeTable(table: Readonly<Record<string, Json>>): string {
  const digest = `sha256-${createHash('sha256').update(canonicalJson(table)).digest('hex')}`;
  writeFileSync(join(folder, 'generated/dev/routing-table.json'), JSON.stringify({ ...table, digest }));
  return digest;
}

test('a scheduler of one’s own takes a task, ends gracefully, and has it still when it comes back', async () => {
  const first = serve(['--dev']);
  const { api, ops } = await first.urls;
  expect((await fetch(`${ops}/healthz/ready`)).status).toBe(200);
  const submitted = await call(api, '/v1/tasks', {
    task: 'research',
    input: { question: 'Why is the sky blue?' },
  });
  expect([submitted.status, await submitted.clone().text()]).toEqual([201, expect.any(String)]);
  const { id } = (await submitted.json()) as { id: string };
  const metrics = await (await fetch(`${ops}/metrics`)).text();
  expect(metrics).toContain('nova_scheduler_leader');

  first.child.kill('SIGTERM');
  const end = await first.ended;
  expect(end.code).toBe(0);
  expect(end.stdout).toContain('asked to end');

  const second = serve(['--dev']);
  const again = await call((await second.urls).api, `/v1/tasks/${id}`);
  expect([again.status, await again.json()]).toEqual([200, expect.objectContaining({ id })]);
});

test('where there is a collector, an agent hears the trace of a task that came without one', async () => {
  const { api } = await serve(['--dev'], { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' }).urls;
  const submitted = await call(api, '/v1/tasks', { task: 'research', input: { question: 'Who is asking?' } });
  const { fleet } = (await submitted.json()) as { fleet: string };
  const said = await call(api, '/v1/agents', { name: 'a-1', slots: 1, fleet });
  const { build } = (await said.json()) as { build: string };
  const polled = await call(api, `/v1/agents/${fleet}/a-1/poll`, { build, slots: 1, free: 1, waitMs: 5000 });
  const { tasks } = (await polled.json()) as { tasks: readonly { readonly traceparent?: string }[] };
  const [traceparent] = tasks.map((task) => task.traceparent);
  expect(traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
});

test('asked to end it answers for as long as it is called, and closes each connection with its answer', async () => {
  const one = serve(['--dev'], { NOVA_TORCH_LAME_DUCK_MS: '3000' });
  const { api, ops } = await one.urls;
  one.child.kill('SIGTERM');
  await expect.poll(async () => (await fetch(`${ops}/healthz/ready`)).status).toBe(503);
  const begun = performance.now();
  const answers: string[] = [];
  while (performance.now() - begun < 4000) {
    const answer = await call(api, '/v1/status');
    answers.push(`${answer.status} ${answer.headers.get('connection')}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(new Set(answers)).toEqual(new Set(['200 close']));
  expect((await one.ended).code).toBe(0);
  expect(performance.now() - begun).toBeLessThan(9000);
});

test('asked to end while it calls an agent it waits for the answer, and does not call again when it is back', async () => {
  let calls = 0;
  const agent = createServer((_, response) => {
    calls += 1;
    setTimeout(() => response.writeHead(200).end('"answered"'), 1500);
  }).listen(0, '127.0.0.1');
  await once(agent, 'listening');
  try {
    const { digest: _, ...table } = JSON.parse(readFileSync(TABLE, 'utf8')) as RoutingTable;
    const fleet = table.fleets['support/triage'];
    const { input: __, output: ___, ...accept } = fleet?.accepts['ticket_triage'] ?? {};
    const url = `http://127.0.0.1:${(agent.address() as AddressInfo).port}`;
    const fleets = { ...table.fleets, 'support/triage': { ...fleet, url, accepts: { ticket_triage: accept } } };
    writeTable({ ...table, fleets } as unknown as Readonly<Record<string, Json>>);
    const first = serve(['--dev']);
    const body = { task: 'ticket_triage', input: { ticket: '1', revision: 1, language: 'en' } };
    const { id } = (await (await call((await first.urls).api, '/v1/tasks', body)).json()) as { id: string };
    await expect.poll(() => calls).toBe(1);
    first.child.kill('SIGTERM');
    expect((await first.ended).code).toBe(0);

    const { api } = await serve(['--dev']).urls;
    expect(await (await call(api, `/v1/tasks/${id}`)).json()).toMatchObject({ state: 'succeeded', result: 'answered' });
    expect(calls).toBe(1);
  } finally {
    agent.closeAllConnections();
    agent.close();
  }
});

test('a collector that hangs keeps it from ending no longer than there is time', async () => {
  const collector = listenOnly().listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  const one = serve(['--dev'], { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, NOVA_TORCH_SHUTDOWN_MS: '2000' });
  await call((await one.urls).api, '/v1/tasks', { task: 'research', input: { question: 'Who hears of it?' } });
  one.child.kill('SIGTERM');
  expect((await one.ended).code).toBe(0);
  collector.close();
});

test('an interrupted write of its journal costs nothing that was answered', async () => {
  const first = serve(['--dev']);
  const { api } = await first.urls;
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      call(api, '/v1/tasks', { task: 'research', input: { question: `What is number ${index}?` } }),
    ),
  );
  const told = await Promise.all(answers.map(async (answer) => (await answer.json()) as { id: string }));
  expect(answers.flatMap(({ ok, status }, index) => (ok ? [] : [{ status, said: told[index] }]))).toEqual([]);
  const ids = told.map(({ id }) => id);
  first.child.kill('SIGKILL');
  await first.ended;
  const { api: next } = await serve(['--dev']).urls;
  const found = await Promise.all(ids.map(async (id) => (await call(next, `/v1/tasks/${id}`)).status));
  expect(found).toEqual(ids.map(() => 200));
});

test('what keeps it from starting is said with what to do, and exit code 1', async () => {
  const nobody = await serve([]).ended;
  expect(nobody).toMatchObject({ code: 1, stdout: '' });
  expect(nobody.stderr).toBe(
    'error: nobody could call it: no way to prove who calls is configured\n' +
      '  set NOVA_TORCH_AUTH_MESH, an issuer of tokens, or for your own machine use --dev\n',
  );

  const open = await serve(['--dev'], { NOVA_TORCH_HTTP_HOST: '0.0.0.0' }).ended;
  expect(open.code).toBe(1);
  expect(open.stderr).toContain('the development token is for loopback only');

  const settings = await serve(['--dev'], { NOVA_TORCH_HTTP_PORT: 'many' }).ended;
  expect(settings.code).toBe(1);
  expect(settings.stderr).toContain('$NOVA_TORCH_HTTP_PORT');

  writeFileSync(join(folder, 'generated/dev/routing-table.json'), '{"schema":1}');
  const table = await serve(['--dev']).ended;
  expect(table.code).toBe(1);
  expect(table.stderr).toContain('is not a routing table of version 1');
});

test('an address at which it cannot listen ends it at once, also when it listens at the other one already', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  try {
    const end = await serve(['--dev'], { NOVA_TORCH_OPS_PORT: String(port) }).ended;
    expect([end.code, end.stderr]).toEqual([
      1,
      `error: it cannot listen on 127.0.0.1:${port}: another process listens there\n` +
        `  the API is for 127.0.0.1:0, health and metrics for 127.0.0.1:${port}; ` +
        'see NOVA_TORCH_HTTP_PORT and NOVA_TORCH_OPS_PORT\n',
    ]);
  } finally {
    taken.close();
  }
  const nowhere = await serve(['--dev'], { NOVA_TORCH_OPS_HOST: 'nowhere.invalid' }).ended;
  expect([nowhere.code, nowhere.stderr]).toEqual([
    1,
    expect.stringMatching(
      /^error: it cannot listen on nowhere\.invalid: its name cannot be resolved\n {2}the API .*; see NOVA_TORCH_HTTP_HOST and NOVA_TORCH_OPS_HOST\n$/,
    ),
  ]);
});

test('what the system refuses is said in our words, and its place', async () => {
  const settings = await serve(['--config', '/nope']).ended;
  expect([settings.code, settings.stderr]).toEqual([1, 'error: /nope: cannot be read: no such file or folder\n']);

  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const port = String((other.address() as AddressInfo).port);
  const taken = await serve(['--dev'], { NOVA_TORCH_HTTP_PORT: port }).ended;
  other.close();
  expect([taken.code, taken.stderr]).toEqual([
    1,
    `error: it cannot listen on 127.0.0.1:${port}: another process listens there\n` +
      `  the API is for 127.0.0.1:${port}, health and metrics for 127.0.0.1:0; see NOVA_TORCH_HTTP_PORT and NOVA_TORCH_OPS_PORT\n`,
  ]);

  const place = join(folder, 'generated/dev/routing-table.json/audit');
  const audit = await serve(['--dev'], { NOVA_TORCH_AUDIT_DIR: place }).ended;
  expect(audit.stderr).toMatch(`error: it cannot use ${place}: a part of the path is not a folder\n`);

  rmSync(join(folder, 'generated'), { recursive: true });
  const table = await serve(['--dev']).ended;
  const file = join(folder, 'generated/dev');
  expect([table.code, table.stderr]).toEqual([
    1,
    `error: the routing table ${file} cannot be read: no such file or folder\n` +
      '  compile the spec, or say with NOVA_TORCH_ROUTING_DIR where its routing table is\n',
  ]);
});

test('a second scheduler on the same journal is refused, and the first goes on', async () => {
  const first = serve(['--dev']);
  const { ops } = await first.urls;
  const second = await serve(['--dev']).ended;
  expect(second.code).toBe(1);
  expect(second.stderr).toMatch(/the audit log in .* is in use by process \d+/);
  expect((await fetch(`${ops}/healthz/ready`)).status).toBe(200);
});

test('an audit log that somebody else wrote to is refused in words for operators, and so is a folder that cannot be', async () => {
  const first = serve(['--dev']);
  await first.urls;
  first.child.kill('SIGKILL');
  await first.ended;
  appendFileSync(join(folder, '.nova-torch/audit/audit-000001.jsonl'), 'mine\n');
  const damaged = await serve(['--dev']).ended;
  expect([damaged.code, damaged.stderr]).toEqual([
    1,
    expect.stringMatching(
      /^error: the audit log in \S+ cannot be continued: audit-000001\.jsonl: the line that ends at byte \d+ is none of an audit log\n {2}keep the folder, and begin a new one: docs\/reliability\.md#a-damaged-audit-log\n$/,
    ),
  ]);
  const place = join(folder, 'generated/dev/routing-table.json/audit');
  const nowhere = await serve(['--dev'], { NOVA_TORCH_AUDIT_DIR: place }).ended;
  expect([nowhere.code, nowhere.stderr]).toEqual([
    1,
    expect.stringContaining(`  the audit log lies in ${place}: see NOVA_TORCH_AUDIT_DIR\n`),
  ]);
  const dir = join(folder, 'generated/dev/routing-table.json/journal');
  rmSync(join(folder, '.nova-torch/audit'), { recursive: true });
  const neither = await serve(['--dev'], { NOVA_TORCH_JOURNAL_DIR: dir }).ended;
  expect(neither.stderr).toContain(`  the journal lies in ${dir}: see NOVA_TORCH_JOURNAL_DIR\n`);
});

test('a new routing table is used without a restart; a bad one is refused and the old one kept', async () => {
  const { api } = await serve(['--dev']).urls;
  const path = join(folder, 'generated/dev/routing-table.json');
  const good = readFileSync(path, 'utf8');
  const { digest } = JSON.parse(good) as { digest: string };
  const status = async (): Promise<{ table: string; refusedTable?: string }> =>
    (await (await call(api, '/v1/status')).json()) as { table: string; refusedTable?: string };
  expect(await status()).toMatchObject({ table: digest });

  writeFileSync(path, JSON.stringify({ ...(JSON.parse(good) as object), schedules: [] }));
  await expect
    .poll(status, { timeout: 10_000 })
    .toMatchObject({ table: digest, refusedTable: expect.stringContaining('is not what was compiled') });
  expect((await call(api, '/v1/fleets')).status).toBe(200);

  const { digest: _, ...rest } = JSON.parse(good.replace(/"schedules": *\[[^]*?\n  \]/, '"schedules":[]')) as Record<
    string,
    Json
  >;
  const next = writeTable(rest);
  await expect.poll(status, { timeout: 10_000 }).toEqual(expect.objectContaining({ table: next }));
  expect(await status()).not.toHaveProperty('refusedTable');
}, 30_000);

test('a routing table with too many routes to a fleet is refused at the start, and while another one is in force', async () => {
  const path = join(folder, 'generated/dev/routing-table.json');
  const { digest, ...rest } = JSON.parse(readFileSync(path, 'utf8')) as { digest: string; routes: Json[] };
  const route = rest.routes[0] as { id: string; to: { fleet: string }[] };
  const routes = Array.from({ length: 1001 }, (_, index) => ({ ...route, id: `${route.id}-${index}` }));
  const many = { ...rest, routes };
  const own = createHash('sha256').update(canonicalJson(many)).digest('hex');
  const why = `1001 routes lead to the fleet ${route.to[0]?.fleet}, and a scheduler takes at most 1000`;

  const { api } = await serve(['--dev']).urls;
  writeFileSync(path, JSON.stringify({ ...many, digest: `sha256-${own}` }));
  const status = async (): Promise<unknown> => (await call(api, '/v1/status')).json();
  await expect
    .poll(status, { timeout: 10_000 })
    .toMatchObject({ ready: true, table: digest, refusedTable: expect.stringContaining(why) });
  const dir = join(folder, 'other');
  const end = await serve(['--dev'], { NOVA_TORCH_JOURNAL_DIR: dir, NOVA_TORCH_AUDIT_DIR: dir }).ended;
  expect([end.code, end.stderr]).toEqual([1, expect.stringContaining(`cannot be used: ${why}`)]);
}, 30_000);

test('its own task comes through each second, fails while the store stands still, and comes through again', async () => {
  const store = await startDurableServer();
  const { pid = 0 } = store;
  try {
    const env = { NOVA_TORCH_STORE_URL: store.url, NOVA_TORCH_CANARY_SECONDS: '1' };
    const { api, ops } = await serve(['--dev'], env).urls;
    const metrics = async (): Promise<string> => (await fetch(`${ops}/metrics`)).text();
    const count = async (outcome: string): Promise<number> =>
      Number(new RegExp(`nova_canary_tasks_total{outcome="${outcome}"} (\\d+)`).exec(await metrics())?.[1]);
    const patient = { timeout: 20_000 };
    expect(await count('failed')).toBe(0);
    await expect.poll(() => count('ok'), patient).toBeGreaterThan(1);

    process.kill(pid, 'SIGSTOP');
    await expect.poll(() => count('failed'), patient).toBeGreaterThan(0);
    process.kill(pid, 'SIGCONT');
    const before = await count('ok');
    await expect.poll(() => count('ok'), patient).toBeGreaterThan(before);

    // Nobody's figures have it, and nobody is told of it.
    const told = [
      await metrics(),
      await (await call(api, '/v1/fleets')).text(),
      await (await call(api, '/v1/agents')).text(),
    ];
    for (const text of told) expect(text).not.toContain('~canary');
    expect(told[0]).toContain('nova_tasks_submitted_total{fleet="",route="",outcome="accepted"} 0');
    expect((await call(api, '/v1/fleets/~canary/scheduler-0')).status).toBe(404);
    expect((await call(api, '/v1/tasks', { task: '~canary/scheduler-0' })).status).toBe(422);
  } finally {
    await store.stop();
  }
}, 60_000);

import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { canonicalJson } from '../../spec/contract/canonical.ts';
import type { RoutingTable } from '../../spec/contract/routing-table.ts';
import type { Json } from '../../spec/contract/source.ts';

/** What a whole scheduler does when its journal's disk fails: the built command, with a disk that a file beside it breaks. */
const COMMAND = resolve('dist/compiler/cli/main.js');
const FLEET = 'research/web-researcher';

/** What is written to the file `disk`: every write of the journal fails so. On a full disk the reserve still has its room. */
const BREAKS_DISK = `
import { promises, existsSync, readFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
const open = promises.open;
promises.open = async (path, ...rest) => {
  const handle = await open(path, ...rest);
  const name = String(path).split('/').at(-1);
  if (!name.endsWith('.journal') && name !== 'reserve') return handle;
  const write = handle.write.bind(handle);
  handle.write = (...args) => {
    const code = existsSync('disk') ? readFileSync('disk', 'utf8') : '';
    const hasRoom = code === 'ENOSPC' && name !== 'reserve' && !existsSync('.nova-torch/journal/reserve');
    if (code === '' || hasRoom) return write(...args);
    return Promise.reject(Object.assign(new Error(code + ': planted, write'), { code }));
  };
  return handle;
};
syncBuiltinESMExports();
`;

let folder: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nova-torch-journal-faults-'));
  mkdirSync(join(folder, 'generated/dev'), { recursive: true });
  writeFileSync(join(folder, 'disk.mjs'), BREAKS_DISK);
  const { digest: _, ...table } = JSON.parse(readFileSync('generated/dev/routing-table.json', 'utf8')) as RoutingTable;
  const accept: { output?: string } | undefined = table.fleets[FLEET]?.accepts['research'];
  // Any result will do.
  if (accept !== undefined) delete accept.output;
  const own = createHash('sha256')
    .update(canonicalJson(table as unknown as Json))
    .digest('hex');
  writeFileSync(
    join(folder, 'generated/dev/routing-table.json'),
    JSON.stringify({ ...table, digest: `sha256-${own}` }),
  );
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

interface Process {
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string; readonly stdout: string }>;
  readonly api: Promise<string>;
  readonly kill: () => void;
}

function serve(): Process {
  const disk = pathToFileURL(join(folder, 'disk.mjs')).href;
  const child = spawn(process.execPath, ['--import', disk, COMMAND, 'serve', '--dev'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], NOVA_TORCH_HTTP_PORT: '0', NOVA_TORCH_OPS_PORT: '0' },
  });
  children.push(child);
  let stderr = '';
  let stdout = '';
  const ended = new Promise<Awaited<Process['ended']>>((done) => {
    child.once('close', (code) => done({ code, stderr, stdout }));
  });
  const api = new Promise<string>((done, fail) => {
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      const url = /listening on (\S+),/.exec(chunk.toString())?.[1];
      if (url !== undefined) done(url);
    });
    child.once('close', () => fail(new Error(`it ended: ${stderr}`)));
  });
  api.catch(() => undefined);
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return { ended, api, kill: () => child.kill('SIGKILL') };
}

async function call(
  api: string,
  path: string,
  body?: unknown,
): Promise<{ readonly status: number; readonly said: unknown }> {
  const token = readFileSync(join(folder, '.nova-torch/dev-token'), 'utf8').trim();
  const answer = await fetch(`${api}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, said: await answer.json() };
}

function submit(api: string, question: string): ReturnType<typeof call> {
  return call(api, '/v1/tasks', { task: 'research', input: { question } });
}

function breakDisk(code: '' | 'EIO' | 'ENOSPC'): void {
  writeFileSync(join(folder, 'disk'), code);
}

function segments(): readonly string[] {
  const journal = join(folder, '.nova-torch/journal');
  return readdirSync(journal)
    .filter((name) => name.endsWith('.journal'))
    .map((name) => join(journal, name));
}

test('a write that the disk fails ends the process at once: what waited for it was never promised, and the rest is there', async () => {
  const first = serve();
  const api = await first.api;
  const { said } = await submit(api, 'What was before?');
  breakDisk('EIO');
  const refused = await submit(api, 'What is lost?').then(
    ({ status }) => status,
    () => 'no answer',
  );
  expect(refused).toBe('no answer');
  const { code, stdout } = await first.ended;
  expect(code).toBe(74);
  expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
    'log.level': 'fatal',
    message: 'the journal cannot be written: nothing was promised that is not on the disk',
    'error.message': 'EIO: planted, write',
  });
  breakDisk('');
  const { id } = said as { id: string };
  expect(await call(await serve().api, `/v1/tasks/${id}`)).toMatchObject({ status: 200, said: { id } });
});

test('damage in the middle of its journal keeps it from starting: the file and the byte are named, and nothing is changed', async () => {
  const first = serve();
  const api = await first.api;
  for (let n = 0; n < 5; n += 1) await submit(api, `What is number ${n}?`);
  first.kill();
  await first.ended;
  const [file = ''] = segments();
  const bytes = readFileSync(file);
  // In the payload of the first record, behind which others say that it was durable.
  const at = 20;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(file, bytes);
  const { code, stderr } = await serve().ended;
  expect([code, stderr]).toEqual([
    1,
    `error: the journal is damaged: ${file}, byte 8: a record that was durable is broken\n` +
      '  keep the folder, and bring back the volume’s last snapshot: docs/reliability.md#a-damaged-journal\n',
  ]);
  expect(readFileSync(file)).toEqual(bytes);
});

test('on a full disk it refuses submissions and takes the ends of runs, and submissions again when there is room', async () => {
  const full = serve();
  const api = await full.api;
  await submit(api, 'What is running?');
  const agent = `/v1/agents/${FLEET}/a-1`;
  const build = Object.keys(
    (JSON.parse(readFileSync(join(folder, 'generated/dev/routing-table.json'), 'utf8')) as RoutingTable).fleets[FLEET]
      ?.builds ?? {},
  )[0];
  const polled = await call(api, `${agent}/poll`, { build, slots: 1, free: 1, waitMs: 2000 });
  const [task] = (polled.said as { tasks: { id: string; token: number }[] }).tasks;
  breakDisk('ENOSPC');
  // The first one that finds the disk full waits until there is room in the reserve; then it is known.
  expect(await submit(api, 'Is there any room?')).toMatchObject({ status: 201 });
  const refused = await submit(api, 'Is there room for this?');
  expect(refused).toMatchObject({ status: 503 });
  const { id = '', token = 0 } = task ?? {};
  const path = `/v1/tasks/${id}/complete?fleet=${FLEET}`;
  const done = await call(api, path, { agent: 'a-1', token, result: { ok: true } });
  expect(done).toMatchObject({ status: 200 });
  expect(await call(api, `/v1/tasks/${id}`)).toMatchObject({ said: { state: 'succeeded' } });
  breakDisk('');
  await expect
    .poll(async () => (await submit(api, 'What can be asked now?')).status, { timeout: 10_000, interval: 200 })
    .toBe(201);
  full.kill();
  const lines = (await full.ended).stdout.split('\n').filter((line) => line.includes('"journal-full"'));
  expect(lines.map((line) => (JSON.parse(line) as { message: string }).message)).toEqual([
    'the disk of the journal is full: submissions are refused, ends use what is in reserve',
    'the disk of the journal has room again',
  ]);
});

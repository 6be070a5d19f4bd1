import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

/** Two schedulers that mirror each other, without a store: what each start says and does. */
const COMMAND = resolve('dist/compiler/cli/main.js');

let folder = '';
let ports: readonly number[] = [];
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nova-torch-mirrors-'));
  mkdirSync(join(folder, 'generated/dev'), { recursive: true });
  cpSync(resolve('generated/dev/routing-table.json'), join(folder, 'generated/dev/routing-table.json'));
  writeFileSync(join(folder, 'token'), 'a-token-of-this-test-alone');
  ports = [await freePort(), await freePort()];
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

interface Started {
  readonly child: ChildProcess;
  /** All that it has said. */
  readonly says: () => string;
  readonly ended: Promise<number | null>;
}

function start(index: 0 | 1, env: Readonly<Record<string, string>> = {}): Started {
  const own = join(folder, String(index));
  const child = spawn(process.execPath, [COMMAND, 'serve'], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      NOVA_TORCH_SCHEDULER_ID: `s-${index}`,
      NOVA_TORCH_SCHEDULER_COUNT: '2',
      NOVA_TORCH_STORE_URL: `unix:${join(folder, 'no-store')}`,
      NOVA_TORCH_HTTP_PORT: '0',
      NOVA_TORCH_OPS_PORT: '0',
      NOVA_TORCH_AUTH_DEV_TOKEN_FILE: join(folder, 'token'),
      NOVA_TORCH_JOURNAL_DIR: join(own, 'journal'),
      NOVA_TORCH_AUDIT_DIR: join(own, 'audit'),
      NOVA_TORCH_JOURNAL_MIRROR: 'peer',
      NOVA_TORCH_MIRROR_DIR: join(own, 'mirror'),
      NOVA_TORCH_MIRROR_PORT: String(ports[index]),
      NOVA_TORCH_MIRROR_PEER: `http://127.0.0.1:${ports[1 - index]}`,
      ...env,
    },
  });
  children.push(child);
  let said = '';
  const hear = (chunk: Buffer): void => {
    said += chunk.toString();
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  return { child, says: () => said, ended: new Promise((done) => child.once('close', done)) };
}

function listens({ says }: Started): Promise<void> {
  return expect.poll(says, { timeout: 30_000 }).toContain('health and metrics on');
}

function stop({ child, ended }: Started): Promise<number | null> {
  child.kill('SIGTERM');
  return ended;
}

const JOURNAL = '0000000000000000.journal';

test('an empty disk waits for its peer and says so; asked to end it ends; two that start together find each other', async () => {
  const alone = start(0);
  await expect.poll(alone.says, { timeout: 30_000 }).toContain('the peer that may have its mirror does not say');
  expect(alone.says()).not.toContain('health and metrics on');
  expect(await stop(alone)).toBe(0);
  const both = [start(0), start(1)] as const;
  await Promise.all(both.map(listens));
  expect(both.map(({ says }) => says()).join('')).not.toContain('unmirrored');
}, 120_000);

test('a lost disk comes back; a journal that lost what its mirror has, and a damaged mirror, are refused', async () => {
  const journal = join(folder, '0/journal');
  const mirror = join(folder, '1/mirror/s-0');
  const both = [start(0), start(1)] as const;
  await Promise.all(both.map(listens));
  await stop(both[0]);
  // Each life writes a record at least: the last one alone might have been on its way.
  for (let life = 0; life < 2; life += 1) {
    const again = start(0);
    await listens(again);
    await stop(again);
  }
  const whole = readFileSync(join(journal, JOURNAL));
  expect(readFileSync(join(mirror, JOURNAL))).toEqual(whole);

  // The volume is set back to what it was before anything was written but the first record's beginning.
  const first = whole.subarray(0, 16 + whole.readUInt32LE(8));
  writeFileSync(join(journal, JOURNAL), first);
  const behind = start(0);
  expect(await behind.ended).toBe(1);
  expect(behind.says()).toContain('the journal has lost records: it refuses: the mirror has records up to');
  expect(behind.says()).toContain('move the folder of the journal away');

  rmSync(journal, { recursive: true });
  const restored = start(0);
  await listens(restored);
  expect(restored.says()).toMatch(/the journal was empty: 1 segments \(\d+ bytes\) are back from the peer/);
  await stop(restored);
  expect(readFileSync(join(journal, JOURNAL)).subarray(0, whole.length)).toEqual(whole);

  rmSync(journal, { recursive: true });
  const broken = Buffer.from(readFileSync(join(mirror, JOURNAL)));
  broken[20] = (broken[20] ?? 0) ^ 1;
  writeFileSync(join(mirror, JOURNAL), broken);
  const refused = start(0);
  expect(await refused.ended).toBe(1);
  expect(refused.says()).toContain(`${JOURNAL}, byte 8: a record that was durable is broken`);
  expect(refused.says()).toContain('docs/reliability.md#a-damaged-mirror');
  expect(readdirSync(journal).filter((name) => name.endsWith('.journal'))).toEqual([]);
}, 120_000);

import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, expect, test, vi } from 'vitest';
import type { AuditEvent } from '../../core/audit-sink.ts';
import { openAuditLog, type AuditOptions } from './audit-log.ts';
import type { Checkpoint } from './audit-line.ts';
import { readAuditFolder } from './read-audit-folder.ts';
import { verifyAudit, type AuditReport } from './verify-audit.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'nova-torch-audit-'));
  folders.push(made);
  return made;
}

function event(number: number): AuditEvent {
  return {
    at: 1_700_000_000_000 + number,
    actor: 'spiffe://acme/ns/research/sa/summarizer',
    action: 'task:cancel',
    target: `t-${number}`,
    outcome: 'done',
    requestId: `r-${number}`,
  };
}

const OPTIONS: Omit<AuditOptions, 'dir'> = {
  checkpointMs: 60_000,
  checkpointRecords: 10,
  fileBytesMax: 1_000_000,
  bytesMax: 4_000_000,
};

function lines(dir: string): readonly Readonly<Record<string, unknown>>[] {
  const names = readdirSync(dir).filter((name) => name.endsWith('.jsonl'));
  const texts = names.sort().flatMap((name) => readFileSync(join(dir, name), 'utf8').trimEnd().split('\n'));
  return texts.map((text) => JSON.parse(text) as Readonly<Record<string, unknown>>);
}

function verified(dir: string, anchors: readonly Checkpoint[] = []): AuditReport {
  const { files, macKey, publicKey } = readAuditFolder(dir);
  return verifyAudit(files, { macKey, anchors, ...(publicKey !== undefined && { publicKey }) });
}

test('events are numbered, sealed, signed in between and at the end, and prove sound', async () => {
  const dir = folder();
  const checkpoints: Checkpoint[] = [];
  const log = await openAuditLog({ ...OPTIONS, dir, onCheckpoint: (one) => checkpoints.push(one) });
  for (let number = 1; number <= 25; number += 1) log.record(event(number));
  await log.close();
  expect(lines(dir).map(({ kind }) => kind)).toEqual([
    'open',
    ...Array.from({ length: 10 }, () => 'event'),
    'checkpoint',
    ...Array.from({ length: 10 }, () => 'event'),
    'checkpoint',
    ...Array.from({ length: 5 }, () => 'event'),
    'checkpoint',
  ]);
  expect(lines(dir)[1]).toMatchObject({ seq: 2, ...event(1) });
  expect(checkpoints.map(({ through }) => through)).toEqual([11, 22, 28]);
  expect(verified(dir, checkpoints)).toEqual({
    records: 29,
    files: 1,
    firstSeq: 1,
    firstAt: expect.any(Number),
    lastSeq: 29,
    signed: 6,
    provenThrough: 28,
    findings: [],
  });
});

test('a quiet log is signed when its time is over', async () => {
  const dir = folder();
  let signed: () => void = () => undefined;
  const checkpoint = new Promise<void>((resolve) => (signed = resolve));
  const log = await openAuditLog({ ...OPTIONS, dir, checkpointMs: 20, onCheckpoint: () => signed() });
  log.record(event(1));
  // The log's timer does not keep a process alive; this one does.
  const awake = setInterval(() => undefined, 1000);
  await checkpoint;
  clearInterval(awake);
  await log.close();
  expect(lines(dir).map(({ kind }) => kind)).toEqual(['open', 'event', 'checkpoint']);
});

test('a log that is opened again goes on with its chain, and says that it was opened', async () => {
  const dir = folder();
  for (const number of [1, 2, 3]) {
    const log = await openAuditLog({ ...OPTIONS, dir });
    log.record(event(number));
    await log.close();
  }
  const seen = lines(dir);
  expect(seen.filter(({ kind }) => kind !== 'checkpoint').map(({ kind }) => kind)).toEqual([
    'open',
    'event',
    'open',
    'event',
    'open',
    'event',
  ]);
  expect(new Set(seen.filter(({ kind }) => kind === 'open').map(({ log }) => log)).size).toBe(1);
  expect(verified(dir).findings).toEqual([]);
});

/** Options of a log that is rotated after some lines and keeps some files. */
const SMALL = { ...OPTIONS, fileBytesMax: 4096, bytesMax: 6 * 4096, checkpointRecords: 5 };

async function filled(dir: string, options: Partial<AuditOptions> = {}, count = 200): Promise<void> {
  const log = await openAuditLog({ ...SMALL, dir, ...options });
  for (let number = 1; number <= count; number += 1) {
    log.record(event(number));
    if (number % 5 === 0) await log.flush();
  }
  await vi.waitFor(() => expect(files(dir).filter((name) => !name.endsWith('.gz'))).toHaveLength(1), {
    timeout: 10_000,
  });
  await log.close();
}

function files(dir: string): readonly string[] {
  return readdirSync(dir)
    .filter((name) => name.includes('.jsonl'))
    .sort();
}

test('closed files are compressed, the oldest goes when all are as large as they may be, and the log says what went with it', async () => {
  const dir = folder();
  const retired: number[] = [];
  await filled(dir, { onRetired: (records) => retired.push(records) });
  const names = files(dir);
  expect(names.length).toBeGreaterThan(4);
  expect(names.slice(0, -1).every((name) => name.endsWith('.jsonl.gz'))).toBe(true);
  expect(names.at(-1)).toMatch(/\.jsonl$/);
  expect(names).not.toContain('audit-000001.jsonl.gz');
  const bytes = names.map((name) => statSync(join(dir, name)).size);
  expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(6 * 4096);
  const report = verified(dir);
  expect(report.findings).toEqual([]);
  expect(report.firstSeq).toBeGreaterThan(50);
  expect(report.firstAt).toBeGreaterThan(1_700_000_000_000);
  expect(retired.reduce((sum, records) => sum + records, 0)).toBe(report.firstSeq - 1);
  rmSync(join(dir, names[0] ?? ''));
  expect(verified(dir).findings.map(({ kind, line }) => [kind, line])).toEqual([['deleted', 1]]);
});

test('the whole of what was written is there, compressed or not, and other programs can read it', async () => {
  const dir = folder();
  await filled(dir, { bytesMax: 4_000_000 });
  const texts = files(dir).map((name) => {
    const bytes = readFileSync(join(dir, name));
    return name.endsWith('.gz') ? gunzipSync(bytes).toString() : bytes.toString();
  });
  const targets = [...texts.join('').matchAll(/"target":"t-(\d+)"/g)].map(([, number]) => Number(number));
  expect(targets).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
  const { records, lastSeq, findings } = verified(dir);
  expect([records, findings]).toEqual([lastSeq, []]);
});

test('a crash at any moment of compressing leaves every record in one form, and the next start makes it whole', async () => {
  const dir = folder();
  await filled(dir, { bytesMax: 4_000_000 });
  const [first = ''] = files(dir);
  const packed = readFileSync(join(dir, first));
  const raw = join(dir, first.replace('.gz', ''));
  const moments: Readonly<Record<string, () => void>> = {
    'half of it is written': () => {
      rmSync(join(dir, first));
      writeFileSync(join(dir, `${first}.new`), packed.subarray(0, packed.length / 2));
    },
    'it has its name': () => undefined,
    'it has its name, and the power took a part': () => writeFileSync(join(dir, first), packed.subarray(0, 100)),
  };
  for (const [moment, leave] of Object.entries(moments)) {
    const sound = verified(dir);
    writeFileSync(raw, gunzipSync(packed));
    leave();
    expect([moment, verified(dir)]).toEqual([moment, sound]);
    const log = await openAuditLog({ ...SMALL, bytesMax: 4_000_000, dir });
    await vi.waitFor(() => expect(files(dir)).not.toContain('audit-000001.jsonl'), { timeout: 10_000 });
    await log.close();
    expect(files(dir).filter((name) => name.startsWith('audit-000001'))).toEqual([first]);
    expect(gunzipSync(readFileSync(join(dir, first)))).toEqual(gunzipSync(packed));
    expect(verified(dir).findings).toEqual([]);
  }
});

test('what is left of a compressing that was cut short goes with the next start, also where its file has gone since', async () => {
  const dir = folder();
  await filled(dir, { bytesMax: 4_000_000 });
  writeFileSync(join(dir, 'audit-000900.jsonl.gz.new'), 'half');
  await (await openAuditLog({ ...SMALL, bytesMax: 4_000_000, dir })).close();
  expect(files(dir).filter((name) => name.includes('000900'))).toEqual([]);
  expect(verified(dir).findings).toEqual([]);
});

test('a log whose newest file is gone goes on behind the compressed one before it', async () => {
  const dir = folder();
  await filled(dir, { bytesMax: 4_000_000 });
  const newest = files(dir).at(-1) ?? '';
  rmSync(join(dir, newest));
  const before = files(dir);
  const log = await openAuditLog({ ...SMALL, bytesMax: 4_000_000, dir });
  log.record(event(201));
  await log.close();
  expect(files(dir)).toEqual([...before, newest]);
  expect(verified(dir).findings).toEqual([]);
  rmSync(join(dir, newest));
  const last = join(dir, before.at(-1) ?? '');
  writeFileSync(last, readFileSync(last).subarray(0, 50));
  await expect(openAuditLog({ ...SMALL, dir })).rejects.toThrow(`${before.at(-1)}: it cannot be decompressed`);
});

test('what cannot be compressed stays as it is and is named, and lines are written all the same', async () => {
  const dir = folder();
  const problems: string[] = [];
  const onProblem = (error: unknown): void => void problems.push((error as NodeJS.ErrnoException).code ?? '');
  const log = await openAuditLog({ ...SMALL, bytesMax: 4_000_000, dir, onProblem });
  mkdirSync(join(dir, 'audit-000001.jsonl.gz.new'));
  for (let number = 1; number <= 30; number += 1) log.record(event(number));
  await log.flush();
  await vi.waitFor(() => expect(problems).toContain('EISDIR'), { timeout: 10_000 });
  await log.close();
  expect(files(dir)).toContain('audit-000001.jsonl');
  expect(verified(dir).findings).toEqual([]);
});

test('a log that is closed a second time leaves the folder to who has it now', async () => {
  const dir = folder();
  const first = await openAuditLog({ ...OPTIONS, dir });
  await Promise.all([first.close(), first.close()]);
  const second = await openAuditLog({ ...OPTIONS, dir });
  await first.close();
  await expect(openAuditLog({ ...OPTIONS, dir })).rejects.toThrow(`the audit log in ${dir} is open already`);
  await second.close();
});

test('a crash in the middle of a line costs that line alone', async () => {
  const dir = folder();
  const first = await openAuditLog({ ...OPTIONS, dir });
  first.record(event(1));
  await first.flush();
  const crashed = folder();
  cpSync(dir, crashed, { recursive: true });
  await first.close();
  const path = join(crashed, 'audit-000001.jsonl');
  const whole = readFileSync(path, 'utf8');
  appendFileSync(path, `{"seq":3,"kind":"event","at":17${'\0'.repeat(5000)}`);
  expect(verified(crashed).findings.map(({ kind, line }) => [kind, line])).toEqual([['torn', 3]]);
  const second = await openAuditLog({ ...OPTIONS, dir: crashed });
  second.record(event(2));
  await second.close();
  expect(readFileSync(path, 'utf8').startsWith(whole)).toBe(true);
  expect(lines(crashed).map(({ kind }) => kind)).toEqual(['open', 'event', 'open', 'event', 'checkpoint']);
  expect(verified(crashed).findings).toEqual([]);
});

test('a crash before the first line of a file leaves nothing to repair', async () => {
  const dir = folder();
  const log = await openAuditLog({ ...OPTIONS, dir });
  log.record(event(1));
  await log.close();
  writeFileSync(join(dir, 'audit-000002.jsonl'), '');
  const again = await openAuditLog({ ...OPTIONS, dir });
  again.record(event(2));
  await again.close();
  expect(verified(dir)).toMatchObject({ files: 2, findings: [] });
});

test('a log whose end is none of its lines, or whose keys are gone, is not opened', async () => {
  const dir = folder();
  const log = await openAuditLog({ ...OPTIONS, dir });
  log.record(event(1));
  await log.close();
  const key = readFileSync(join(dir, 'audit.key'), 'utf8');
  rmSync(join(dir, 'audit.key'));
  await expect(openAuditLog({ ...OPTIONS, dir })).rejects.toThrow(
    'audit.key: it is gone, and there are records that need it',
  );
  writeFileSync(join(dir, 'audit.key'), key);
  appendFileSync(join(dir, 'audit-000001.jsonl'), 'nonsense\n');
  await expect(openAuditLog({ ...OPTIONS, dir })).rejects.toThrow(
    /^audit-000001.jsonl: the line that ends at byte \d+ is none of an audit log$/,
  );
});

test('one process has a log open: a second one is refused before it touches anything, and a dead one’s lock is taken over', async () => {
  const dir = folder();
  const log = await openAuditLog({ ...OPTIONS, dir });
  log.record(event(1));
  await log.flush();
  await expect(openAuditLog({ ...OPTIONS, dir })).rejects.toThrow(`the audit log in ${dir} is open already`);
  await log.close();
  const lock = join(dir, 'audit.lock');
  writeFileSync(lock, '1');
  const before = readFileSync(join(dir, 'audit-000001.jsonl'));
  await expect(openAuditLog({ ...OPTIONS, dir })).rejects.toThrow(
    `the audit log in ${dir} is in use by process 1; if that is another program, remove ${lock}`,
  );
  expect(readFileSync(join(dir, 'audit-000001.jsonl'))).toEqual(before);
  writeFileSync(lock, '4194304');
  const again = await openAuditLog({ ...OPTIONS, dir });
  again.record(event(2));
  await again.close();
  expect(readdirSync(dir)).not.toContain('audit.lock');
  expect(verified(dir).findings).toEqual([]);
});

test('a log that cannot be opened is not kept locked', async () => {
  const dir = folder();
  await expect(openAuditLog({ ...OPTIONS, dir, signingKey: 'nonsense' })).rejects.toThrow('Ed25519');
  expect(readdirSync(dir)).not.toContain('audit.lock');
});

test('keys that are given are used, and none are made', async () => {
  const other = folder();
  await (await openAuditLog({ ...OPTIONS, dir: other })).close();
  const dir = folder();
  const signingKey = readFileSync(join(other, 'audit.pem'), 'utf8');
  const log = await openAuditLog({ ...OPTIONS, dir, macKey: 'a key of the operator', signingKey });
  log.record(event(1));
  await log.close();
  expect(readFileSync(join(dir, 'audit.pub'))).toEqual(readFileSync(join(other, 'audit.pub')));
  expect(readdirSync(dir).sort()).toEqual(['audit-000001.jsonl', 'audit.id', 'audit.pub']);
  const { files } = readAuditFolder(other);
  expect(files).toEqual([]);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  for (const wrong of ['nonsense', privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()]) {
    await expect(openAuditLog({ ...OPTIONS, dir: folder(), signingKey: wrong })).rejects.toThrow(
      /^the key that signs checkpoints must be a private Ed25519 key as PEM$/,
    );
  }
});

test('the made keys are for their owner alone', async () => {
  const dir = folder();
  await (await openAuditLog({ ...OPTIONS, dir })).close();
  for (const name of ['audit.key', 'audit.pem']) expect(statSync(join(dir, name)).mode & 0o077).toBe(0);
});

test('telling it never waits: ten thousand events are taken at once, and others run while they are written', async () => {
  const dir = folder();
  const log = await openAuditLog({ ...OPTIONS, dir, checkpointRecords: 1000, queueMax: 20_000 });
  for (let number = 1; number <= 10_000; number += 1) log.record(event(number));
  let turns = 0;
  let running = true;
  const turn = (): void => {
    turns += 1;
    if (running) setImmediate(turn);
  };
  setImmediate(turn);
  await log.flush();
  running = false;
  await log.close();
  expect(turns).toBeGreaterThan(100);
  const report = verified(dir);
  expect(report.findings).toEqual([]);
  expect(report.provenThrough).toBe(report.lastSeq - 1);
  expect(report.records).toBeGreaterThan(10_010);
});

test('events beyond the queue are dropped and counted, and the log says so', async () => {
  const dir = folder();
  const log = await openAuditLog({ ...OPTIONS, dir, queueMax: 5 });
  for (let number = 1; number <= 12; number += 1) log.record(event(number));
  await log.close();
  log.record(event(13));
  expect(lines(dir).flatMap(({ kind, count }) => (kind === 'dropped' ? [count] : []))).toEqual([7]);
  expect(lines(dir).filter(({ kind }) => kind === 'event')).toHaveLength(5);
  expect(verified(dir).findings).toEqual([]);
});

test('a disk that does not take it is named and tried again; nothing is lost or written twice', async () => {
  const dir = folder();
  const problems: string[] = [];
  const log = await openAuditLog({
    ...OPTIONS,
    dir,
    onProblem: (error) => {
      problems.push((error as NodeJS.ErrnoException).code ?? '');
      rmSync(join(dir, 'audit-000001.jsonl'), { recursive: true });
    },
  });
  // A folder where the file should be: the first write fails, the second does not.
  mkdirSync(join(dir, 'audit-000001.jsonl'));
  for (const number of [1, 2, 3]) log.record(event(number));
  await log.flush();
  await log.close();
  expect(problems).toEqual(['EISDIR']);
  expect(lines(dir).flatMap(({ kind, target }) => (kind === 'event' ? [target] : []))).toEqual(['t-1', 't-2', 't-3']);
  expect(verified(dir).findings).toEqual([]);
});

test('a full disk is tried again, and nothing of a batch that failed stays', async () => {
  const dir = folder();
  const path = join(dir, 'audit-000001.jsonl');
  const problems: string[] = [];
  const log = await openAuditLog({
    ...OPTIONS,
    dir,
    onProblem: (error) => {
      problems.push((error as NodeJS.ErrnoException).code ?? '');
      rmSync(path);
    },
  });
  // Takes nothing, as a disk without room.
  symlinkSync('/dev/full', path);
  for (const number of [1, 2]) log.record(event(number));
  await log.flush();
  await log.close();
  expect(problems).toEqual(['ENOSPC']);
  expect(lines(dir).flatMap(({ kind, target }) => (kind === 'event' ? [target] : []))).toEqual(['t-1', 't-2']);
  expect(verified(dir).findings).toEqual([]);
});

test('a disk that never takes it does not keep the process from ending', async () => {
  const dir = folder();
  const problems: unknown[] = [];
  const log = await openAuditLog({ ...OPTIONS, dir, onProblem: (error) => problems.push(error) });
  mkdirSync(join(dir, 'audit-000001.jsonl'));
  log.record(event(1));
  await log.close();
  expect(problems.length).toBeGreaterThan(0);
});

test('a listener of checkpoints that throws is named, and the log goes on', async () => {
  const problems: string[] = [];
  const log = await openAuditLog({
    ...OPTIONS,
    dir: folder(),
    onCheckpoint: () => {
      throw new Error('nobody there');
    },
    onProblem: (error) => problems.push(String(error)),
  });
  log.record(event(1));
  await log.close();
  expect(problems).toEqual(['Error: nobody there']);
});

test('texts of others stay on their line, and are cut', async () => {
  const dir = folder();
  const log = await openAuditLog({ ...OPTIONS, dir });
  log.record({ ...event(1), target: `a\r\n{"seq":9}${'x'.repeat(5000)}`, reason: 'stale\ntoken' });
  await log.close();
  const [, told] = lines(dir);
  expect(String(told?.['target'])).toMatch(/^a \{"seq":9\}x{1000,1024}…$/);
  expect(told?.['reason']).toBe('stale token');
});

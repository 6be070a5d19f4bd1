import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openAuditLog } from '../../../runtime/ops/audit/audit-log.ts';
import { BUILT } from '../testing/built.ts';
import { runHere } from '../testing/host.ts';

const root = mkdtempSync(join(tmpdir(), 'nova-torch-audit-verify-'));
afterAll(() => {
  rmSync(root, { recursive: true });
});
const FILE = 'audit-000001.jsonl';

/** A log of three events and a checkpoint; what was signed goes to `checkpoints.jsonl`. */
const kept = join(root, 'checkpoints.jsonl');
const sound = join(root, 'sound');
async function makeLog(dir: string, anchors: string, targets: readonly string[]): Promise<void> {
  const log = await openAuditLog({
    dir,
    checkpointMs: 60_000,
    checkpointRecords: 100,
    fileBytesMax: 1_000_000,
    bytesMax: 4_000_000,
    nowMs: () => Date.UTC(2026, 0, 15),
    onCheckpoint: (one) => appendFileSync(anchors, `${JSON.stringify({ 'nova.checkpoint': JSON.stringify(one) })}\n`),
  });
  for (const target of targets) {
    log.record({ at: 1, actor: 'someone', action: 'fleet:pause', target, outcome: 'done', requestId: 'r-1' });
  }
  await log.close();
}
await makeLog(sound, kept, ['a', 'b', 'c']);

function copy(name: string, change: (text: string) => string): string {
  const dir = join(root, name);
  cpSync(sound, dir, { recursive: true });
  writeFileSync(join(dir, FILE), change(readFileSync(join(dir, FILE), 'utf8')));
  return name;
}

test('a log that nobody changed is sound, and how far that is proven is said', async () => {
  const alone = await runHere(['audit', 'verify', 'sound'], { cwd: root });
  expect(alone).toEqual({
    code: 0,
    stdout:
      'sound  5 records in 1 file, signed through record 4 by its own key\nwithout --anchor nothing proves that its end is there and that nothing was written again\n',
    stderr: '',
  });
  const anchored = await runHere(['audit', 'verify', 'sound', '--anchor', 'checkpoints.jsonl'], { cwd: root });
  expect(anchored).toEqual({
    code: 0,
    stdout: 'sound  5 records in 1 file, signed through record 4, as anchored\n',
    stderr: '',
  });
});

test('a log whose oldest files have gone, and whose others are compressed, says where it begins', async () => {
  const dir = join(root, 'long');
  const log = await openAuditLog({
    dir,
    checkpointMs: 60_000,
    checkpointRecords: 100,
    fileBytesMax: 4096,
    bytesMax: 5 * 4096,
    nowMs: () => Date.UTC(2026, 0, 15),
  });
  for (let number = 1; number <= 400; number += 1) {
    const target = `t-${number}`;
    log.record({ at: Date.UTC(2026, 0, 15), actor: 'a', action: 'b:c', target, outcome: 'done', requestId: 'r' });
    if (number % 10 === 0) await log.flush();
  }
  await log.close();
  const names = readdirSync(dir).filter((name) => name.startsWith('audit-0'));
  expect(names.filter((name) => name.endsWith('.gz')).length).toBeGreaterThan(1);
  const { code, stdout } = await runHere(['audit', 'verify', 'long'], { cwd: root });
  expect([code, stdout]).toEqual([
    0,
    expect.stringMatching(
      /^sound {2}\d+ records in \d files, signed through record \d+ by its own key\nit begins with record \d+, of 2026-01-15T00:00:00\.000Z: there was no more room for those before\n/,
    ),
  ]);
});

test('of the checkpoints of several schedulers in one file those of the log count, and of another log none does', async () => {
  const other = join(root, 'other.jsonl');
  await makeLog(join(root, 'other'), other, ['a', 'b', 'c', 'd', 'e']);
  writeFileSync(join(root, 'both.jsonl'), readFileSync(other, 'utf8') + readFileSync(kept, 'utf8'));
  for (const [dir, records] of [
    ['sound', 5],
    ['other', 7],
  ] as const) {
    expect(await runHere(['audit', 'verify', dir, '--anchor', 'both.jsonl'], { cwd: root })).toMatchObject({
      code: 0,
      stdout: `sound  ${records} records in 1 file, signed through record ${records - 1}, as anchored\n1 checkpoint of other logs passed over\n`,
    });
  }
  const strange = await runHere(['audit', 'verify', 'sound', '--anchor', 'other.jsonl'], { cwd: root });
  expect([strange.code, strange.stdout.split(' ')[0]]).toEqual([1, 'restamped']);
});

test('what was changed is named with its line, and the command fails', async () => {
  const edited = copy('edited', (text) => text.replace('"target":"b"', '"target":"x"'));
  expect(await runHere(['audit', 'verify', edited], { cwd: root })).toEqual({
    code: 1,
    stdout: `edited  ${FILE}:3  record 3 is not what was written\nnot sound  5 records in 1 file\n`,
    stderr: '',
  });
});

test('a tail that was cut off is named only by who has an anchor', async () => {
  const cut = copy('cut', (text) => `${text.split('\n').slice(0, 2).join('\n')}\n`);
  expect((await runHere(['audit', 'verify', cut], { cwd: root })).code).toBe(0);
  const { code, stdout } = await runHere(
    ['audit', 'verify', cut, '--anchor', 'checkpoints.jsonl', '--format', 'json'],
    {
      cwd: root,
    },
  );
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    records: 2,
    anchors: 1,
    findings: [{ kind: 'truncated', file: FILE, line: 2 }],
  });
});

test('a log that was emptied is not called sound: nothing is there to prove, unless somebody has seen more', async () => {
  const emptied = copy('emptied', () => '');
  expect(await runHere(['audit', 'verify', emptied], { cwd: root })).toEqual({
    code: 1,
    stdout:
      `empty  ${FILE}:0  no record is left: it was emptied, or the process died before it wrote the first; ` +
      'only --anchor tells which\nnothing to prove  0 records in 1 file\n',
    stderr: '',
  });
  const anchored = await runHere(['audit', 'verify', emptied, '--anchor', 'checkpoints.jsonl'], { cwd: root });
  expect(anchored.code).toBe(1);
  expect(anchored.stdout).toMatch(/^truncated {2}records 1 to 4 are missing: .*\nnot sound {2}0 records in 1 file\n$/);
});

test('files that are gone are missed by who has an anchor, and only keys are no log', async () => {
  const gone = copy('gone', (text) => text);
  rmSync(join(root, gone, FILE));
  const alone = await runHere(['audit', 'verify', gone], { cwd: root });
  expect([alone.code, alone.stdout]).toEqual([2, '']);
  expect(alone.stderr).toContain('there is no audit log in');
  expect(alone.stderr).toContain('no record was written yet, or its files are gone');
  const anchored = await runHere(['audit', 'verify', gone, '--anchor', 'checkpoints.jsonl'], { cwd: root });
  expect(anchored.code).toBe(1);
  expect(anchored.stdout).toMatch(/^truncated {2}records 1 to 4 are missing: .*\nnot sound {2}0 records in 0 files\n$/);
  const elsewhere = await runHere(['audit', 'verify', '.', '--anchor', 'checkpoints.jsonl'], { cwd: root });
  expect([elsewhere.code, elsewhere.stderr]).toEqual([2, expect.stringContaining('there is no audit log in')]);
});

test('a log of which nothing is signed yet is sound, and says that', async () => {
  const young = copy('young', (text) => `${text.split('\n')[0]}\n`);
  const { code, stdout } = await runHere(['audit', 'verify', young], { cwd: root });
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^sound {2}1 record in 1 file, none of them signed yet\n/)]);
});

test('of very many findings the first are shown', async () => {
  const broken = copy('broken', (text) => `${'nonsense\n'.repeat(60)}${text}`);
  const { code, stdout } = await runHere(['audit', 'verify', broken], { cwd: root });
  const lines = stdout.trimEnd().split('\n');
  expect([code, lines.length, lines.at(-2)]).toEqual([1, 52, 'and 10 more; --format json shows all']);
});

test('a key that lies elsewhere is named with --key', async () => {
  const keyless = copy('keyless', (text) => text);
  rmSync(join(root, keyless, 'audit.key'));
  const { code, stderr } = await runHere(['audit', 'verify', keyless], { cwd: root });
  expect(code).toBe(2);
  expect(stderr).toContain('does not hold the key of the chain\n  name its file with --key\n');
  const given = await runHere(['audit', 'verify', keyless, '--key', 'sound/audit.key'], { cwd: root });
  expect(given.code).toBe(0);
});

test('checkpoints may come through a pipe, from where they are kept', () => {
  const script = 'exec "$0" "$1" audit verify sound --anchor <(cat checkpoints.jsonl)';
  const { status, stdout } = spawnSync('bash', ['-c', script, process.execPath, BUILT], {
    cwd: root,
    encoding: 'utf8',
  });
  expect([status, stdout]).toEqual([0, 'sound  5 records in 1 file, signed through record 4, as anchored\n']);
});

test('a folder that holds no log, or is not there, and an anchor that is none are refused', async () => {
  const empty = await runHere(['audit', 'verify', '.'], { cwd: root });
  expect(empty.code).toBe(2);
  expect(empty.stderr).toContain(`there is no audit log in \`${root}\``);
  const none = await runHere(['audit', 'verify', 'nowhere'], { cwd: root });
  expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('no such file or folder')]);
  const anchor = await runHere(['audit', 'verify', 'sound', '--anchor', `sound/audit.id`], { cwd: root });
  expect([anchor.code, anchor.stderr]).toEqual([2, expect.stringContaining('holds no checkpoint')]);
  for (const option of ['--anchor', '--key']) {
    const folder = await runHere(['audit', 'verify', 'sound', option, '.'], { cwd: root });
    expect([folder.code, folder.stderr]).toEqual([
      2,
      'error: cannot read `.`: it is a folder\n  see: nova-torch audit verify --help\n',
    ]);
  }
});

test('its help says what its codes mean here', async () => {
  const { stdout } = await runHere(['audit', 'verify', '--help'], { cwd: root });
  expect(stdout).toMatch(/1 +somebody has changed the log/);
});

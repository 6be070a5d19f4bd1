import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openAuditLog } from './audit-log.ts';
import { CHAIN_BEGIN, sealedLine, type AuditBody, type ChainEnd, type Checkpoint } from './audit-line.ts';
import { readAnchors, signer } from './checkpoint.ts';
import { readAuditFolder } from './read-audit-folder.ts';
import { verifyAudit, type AuditReport } from './verify-audit.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'nova-torch-verify-'));
  folders.push(made);
  return made;
}

const FILE = 'audit-000001.jsonl';
const anchors: Checkpoint[] = [];

/** 24 events, checkpoints on lines 7, 13, 19, 25 and 30; written once, tampered with as copies. */
const original = await (async () => {
  const dir = folder();
  const log = await openAuditLog({
    dir,
    checkpointMs: 60_000,
    checkpointRecords: 5,
    fileBytesMax: 1_000_000,
    bytesMax: 4_000_000,
    nowMs: () => Date.UTC(2026, 0, 15),
    onCheckpoint: (checkpoint) => anchors.push(checkpoint),
  });
  for (let number = 1; number <= 24; number += 1) {
    log.record({
      at: number,
      actor: 'someone',
      action: 'fleet:pause',
      target: `fleet-${number}`,
      outcome: 'done',
      requestId: 'r',
    });
  }
  await log.close();
  return dir;
})();

type Change = (lines: string[]) => void;

/** A copy of the log whose only file somebody changed. */
function tampered(change: Change): string {
  const dir = folder();
  cpSync(original, dir, { recursive: true });
  const lines = readFileSync(join(dir, FILE), 'utf8').trimEnd().split('\n');
  change(lines);
  writeFileSync(join(dir, FILE), `${lines.join('\n')}\n`);
  return dir;
}

function verify(dir: string, kept: readonly Checkpoint[] = []): AuditReport {
  const { files, macKey } = readAuditFolder(dir);
  const publicKey = readFileSync(join(original, 'audit.pub'), 'utf8').trim();
  return verifyAudit(files, { macKey, publicKey, anchors: kept });
}

function found(report: AuditReport): readonly string[] {
  return report.findings.map(({ kind, file, line, message }) => `${kind} ${file}:${line} ${message}`);
}

const LAST = anchors.slice(-1);

test('what nobody touched is sound, and proven up to its last checkpoint', () => {
  expect(verify(original, LAST)).toEqual({
    records: 30,
    files: 1,
    firstSeq: 1,
    firstAt: Date.UTC(2026, 0, 15),
    lastSeq: 30,
    signed: 6,
    provenThrough: 29,
    findings: [],
  });
});

const TAMPERED: readonly (readonly [what: string, change: Change, said: readonly string[]])[] = [
  [
    'an edit',
    (lines) => (lines[9] = (lines[9] ?? '').replace('"someone"', '"nobody"')),
    [`edited ${FILE}:10 record 10 is not what was written`],
  ],
  ['a line of something else', (lines) => (lines[9] = 'nonsense'), [`edited ${FILE}:10 this is no record`]],
  [
    'a deletion in the middle',
    (lines) => lines.splice(9, 1),
    [`deleted ${FILE}:10 record 10 is missing before this line`],
  ],
  [
    'a deletion of several',
    (lines) => lines.splice(8, 3),
    [`deleted ${FILE}:9 records 9 to 11 are missing before this line`],
  ],
  [
    'a deletion of the beginning',
    (lines) => lines.splice(0, 3),
    [`deleted ${FILE}:1 records 1 to 3 are missing before this line`],
  ],
  [
    'a tail cut off',
    (lines) => lines.splice(21),
    [
      `truncated ${FILE}:21 records 22 to 29 are missing after this line: the anchor of 2026-01-15T00:00:00.000Z has seen them`,
    ],
  ],
  [
    'two that changed places',
    (lines) => ([lines[9], lines[10]] = [lines[10] ?? '', lines[9] ?? '']),
    [
      `moved ${FILE}:10 record 11 stands where record 10 belongs`,
      `moved ${FILE}:11 record 10 stands where record 11 belongs`,
    ],
  ],
  [
    'an old line written again',
    (lines) => lines.splice(20, 0, lines[3] ?? ''),
    [`replayed ${FILE}:21 this is record 4 of ${FILE}:4 again`],
  ],
  [
    'an old line in the place of another',
    (lines) => (lines[20] = lines[3] ?? ''),
    [
      `replayed ${FILE}:21 this is record 4 of ${FILE}:4 again`,
      `deleted ${FILE}:22 record 21 is missing before this line`,
    ],
  ],
  [
    'two changes at once',
    (lines) => {
      lines[4] = (lines[4] ?? '').replace('"someone"', '"nobody"');
      lines.splice(14, 1);
    },
    [`edited ${FILE}:5 record 5 is not what was written`, `deleted ${FILE}:15 record 15 is missing before this line`],
  ],
];

test.for(TAMPERED)('%s is named with its line', ([, change, said]) => {
  expect(found(verify(tampered(change), LAST))).toEqual(said);
});

/** The whole log written again by someone who has the key of the chain, one record changed, and checkpoints as told. */
function restamped(dir: string, checkpoint: (body: Checkpoint, end: ChainEnd) => AuditBody | undefined): string {
  const copy = folder();
  cpSync(dir, copy, { recursive: true });
  const { macKey } = readAuditFolder(copy);
  let end = CHAIN_BEGIN;
  const lines = readFileSync(join(copy, FILE), 'utf8').trimEnd().split('\n');
  const again = lines.flatMap((line) => {
    const { seq: _, prev: __, seal: ___, ...body } = JSON.parse(line) as AuditBody & Record<string, unknown>;
    const changed = { ...body, ...(body['target'] === 'fleet-9' && { target: 'fleet-x' }) } as AuditBody;
    const kept = changed.kind === 'checkpoint' ? checkpoint(changed, end) : changed;
    if (kept === undefined) return [];
    const sealed = sealedLine(kept, end, macKey);
    end = sealed.end;
    return [sealed.line];
  });
  writeFileSync(join(copy, FILE), `${again.join('\n')}\n`);
  return copy;
}

test('a log written again with the right key is named at the first checkpoint after the change', () => {
  const lazy = restamped(original, (body) => ({ ...body, kind: 'checkpoint' }));
  expect(found(verify(lazy))).toEqual([
    `restamped ${FILE}:13 the signature of this checkpoint does not hold: records after record 6 were written again`,
  ]);
  const careful = restamped(original, (body, { seq, seal }) => ({
    ...body,
    kind: 'checkpoint',
    through: seq,
    head: seal,
  }));
  expect(found(verify(careful, LAST))).toEqual([
    `restamped ${FILE}:13 the signature of this checkpoint does not hold: records after record 6 were written again`,
    `restamped ${FILE}:29 record 29 is not the one that the anchor of 2026-01-15T00:00:00.000Z signed`,
  ]);
});

test('a log written again without its checkpoints lacks them', () => {
  const without = restamped(original, () => undefined);
  expect(found(verify(without))).toEqual([
    `unsigned ${FILE}:15 a checkpoint is missing: 14 records are not signed, of at most 5`,
  ]);
  expect(found(verify(without, anchors.slice(1, 2)))).toEqual([
    `restamped ${FILE}:12 record 12 is not the one that the anchor of 2026-01-15T00:00:00.000Z signed`,
    `unsigned ${FILE}:15 a checkpoint is missing: 14 records are not signed, of at most 5`,
  ]);
});

test('a log written again and signed with another key is named by the key that is trusted', async () => {
  const other = folder();
  await (await openAuditLog({ dir: other, ...SETTINGS })).close();
  const { publicKey, sign } = signer(readFileSync(join(other, 'audit.pem'), 'utf8'));
  const forged = restamped(original, (body, end) => ({ kind: 'checkpoint', ...sign(body.at, body.log, end) }));
  expect(publicKey).not.toBe(LAST[0]?.key);
  expect(found(verify(forged, LAST))).toEqual([
    `restamped ${FILE}:7 the signature of this checkpoint does not hold: records from its beginning were written again`,
    `restamped ${FILE}:29 record 29 is not the one that the anchor of 2026-01-15T00:00:00.000Z signed`,
  ]);
  // With the keys of the forger in the folder, only who asks someone else can tell.
  const { files, macKey } = readAuditFolder(forged);
  expect(verifyAudit(files, { macKey, publicKey, anchors: [] }).findings[0]?.message).toBe(
    'this log was opened with another signing key than the one that is trusted',
  );
  expect(verifyAudit(files, { macKey, anchors: LAST }).findings.map(({ line }) => line)).toEqual([7, 29]);
});

const SETTINGS = { checkpointMs: 60_000, checkpointRecords: 5, fileBytesMax: 1_000_000, bytesMax: 4_000_000 };

test('an older copy of the log put in its place is short, and another log is another log', async () => {
  const older = tampered((lines) => lines.splice(13));
  expect(found(verify(older, LAST))).toEqual([
    `truncated ${FILE}:13 records 14 to 29 are missing after this line: the anchor of 2026-01-15T00:00:00.000Z has seen them`,
  ]);
  expect(verify(older, anchors.slice(0, 2)).findings).toEqual([]);
  const other = folder();
  const signingKey = readFileSync(join(original, 'audit.pem'), 'utf8');
  const log = await openAuditLog({ dir: other, signingKey, ...SETTINGS });
  log.record({ at: 1, actor: 'a', action: 'b:c', target: '', outcome: 'done', requestId: '' });
  await log.close();
  expect(found(verify(other, LAST))).toEqual([
    `restamped ${FILE}:1 this is another log than the one of the anchor of 2026-01-15T00:00:00.000Z`,
  ]);
});

test('an anchor that the trusted key did not sign is named, and so is a chain of another key', () => {
  const [anchor] = LAST;
  const forged = anchor === undefined ? [] : [{ ...anchor, head: '0'.repeat(64) }];
  expect(found(verify(original, forged))).toEqual([
    `restamped ${FILE}:1 the anchor of 2026-01-15T00:00:00.000Z is not signed by the key that is trusted`,
  ]);
  const { files } = readAuditFolder(original);
  const wrong = verifyAudit(files, { macKey: Buffer.from('wrong'), publicKey: 'nonsense', anchors: [] });
  expect(found(wrong)).toEqual([
    `restamped ${FILE}:1 no line has a seal of this key: all were written again, or the key is another one`,
  ]);
});

test('without a key that is given, the log is held to its own', () => {
  const { files, macKey } = readAuditFolder(original);
  expect(verifyAudit(files, { macKey, anchors: [] })).toMatchObject({ signed: 5, findings: [] });
});

test('a deleted file in the middle is a deletion, and a file cut short inside is an edit', async () => {
  const dir = folder();
  const log = await openAuditLog({ dir, ...SETTINGS, fileBytesMax: 4096, bytesMax: 4_000_000 });
  for (let number = 1; number <= 60; number += 1) {
    log.record({ at: 1, actor: 'a', action: 'b:c', target: `t-${number}`, outcome: 'done', requestId: '' });
    if (number % 10 === 0) await log.flush();
  }
  await log.close();
  const { files, macKey } = readAuditFolder(dir);
  const names = files.map(({ name }) => name);
  expect(names.length).toBeGreaterThan(3);
  expect(verifyAudit(files, { macKey, anchors: [] }).findings).toEqual([]);
  const without = files.filter((_, index) => index !== 1);
  const report = verifyAudit(without, { macKey, anchors: [] });
  expect(report.findings.map(({ kind, file, line }) => `${kind} ${file}:${line}`)).toEqual([`deleted ${names[2]}:1`]);
  const [first, ...rest] = files;
  const cut = {
    name: first?.name ?? '',
    read: () => ({ text: (first?.read().text ?? '').slice(0, -10), isCut: false }),
  };
  const findings = verifyAudit([cut, ...rest], { macKey, anchors: [] }).findings;
  expect(findings[0]).toMatchObject({ kind: 'edited', file: cut.name });
  expect(findings[0]?.message).toBe('the last line has no end, and the log goes on');
});

test('a record that does not follow from the one before, or stands twice with other words, is another history', () => {
  const { macKey } = readAuditFolder(original);
  const body: AuditBody = { kind: 'dropped', at: 1, count: 1 };
  const end = { seq: 9, seal: 'f'.repeat(64) };
  const forked = tampered((lines) => (lines[9] = sealedLine(body, end, macKey).line));
  expect(found(verify(forked))).toEqual([
    `restamped ${FILE}:10 record 10 does not follow from the record before it`,
    `restamped ${FILE}:11 record 11 does not follow from the record before it`,
  ]);
  const twice = tampered((lines) => lines.splice(10, 0, sealedLine(body, end, macKey).line));
  expect(found(verify(twice))).toEqual([`restamped ${FILE}:11 there is another record 10 at ${FILE}:10`]);
});

test('an empty log has nothing to say, unless somebody has seen more', () => {
  expect(verifyAudit([], { macKey: Buffer.from('x'), anchors: [] })).toMatchObject({ records: 0, findings: [] });
  expect(verifyAudit([], { macKey: Buffer.from('x'), anchors: LAST }).findings).toEqual([
    {
      kind: 'truncated',
      file: '',
      line: 0,
      message: 'records 1 to 29 are missing: the anchor of 2026-01-15T00:00:00.000Z has seen them',
    },
  ]);
});

test('a tail that several anchors have seen is missing once, as far as the last of them has seen', () => {
  const cut = tampered((lines) => lines.splice(8));
  expect(anchors.filter(({ through }) => through > 8).length).toBeGreaterThan(2);
  expect(found(verify(cut, [...anchors].reverse()))).toEqual(found(verify(cut, LAST)));
  const one = tampered((lines) => lines.splice(28));
  expect(found(verify(one, LAST))).toEqual([
    `truncated ${FILE}:28 record 29 is missing after this line: the anchor of 2026-01-15T00:00:00.000Z has seen it`,
  ]);
});

test('files without a record are named, however many there are: what was in them cannot be told', () => {
  const dir = tampered((lines) => lines.splice(0));
  writeFileSync(join(dir, FILE), '');
  writeFileSync(join(dir, 'audit-000002.jsonl'), '');
  expect(found(verify(dir))).toEqual([
    `empty ${FILE}:0 no record is left: it was emptied, or the process died before it wrote the first; only --anchor tells which`,
  ]);
  expect(verify(dir, LAST).findings.map(({ kind }) => kind)).toEqual(['truncated']);
});

test('anchors are read from where they were kept: the log itself, the scheduler’s log, or bare', () => {
  const [anchor] = LAST;
  const text = [
    readFileSync(join(original, FILE), 'utf8').trimEnd().split('\n').at(-1),
    JSON.stringify({ message: 'audit checkpoint', 'nova.checkpoint': JSON.stringify(anchor) }),
    JSON.stringify(anchor),
    'not JSON',
    '{"through": 1}',
    '"text"',
    '',
  ].join('\n');
  expect(readAnchors(text).map(({ through, head }) => [through, head])).toEqual(
    Array.from({ length: 3 }, () => [anchor?.through, anchor?.head]),
  );
});

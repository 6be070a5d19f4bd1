import { generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { CHAIN_BEGIN, sealedLine, type AuditBody, type ChainEnd, type Checkpoint } from './audit-line.ts';
import { signer } from './checkpoint.ts';
import { readAuditFolder } from './read-audit-folder.ts';
import { verifyAudit, type AuditReport } from './verify-audit.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const MAC = Buffer.from('a key');
const OWN = signer(generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString());
const AT = Date.UTC(2026, 0, 15);
const FILES = 4;
const ROWS = 40;
const anchors: Checkpoint[] = [];

/** Four files of 40 records each, with a checkpoint after every ten; all but the newest are compressed. */
function written(event: (seq: number) => AuditBody): string {
  const dir = mkdtempSync(join(tmpdir(), 'nova-torch-packed-'));
  folders.push(dir);
  let end: ChainEnd = CHAIN_BEGIN;
  for (let file = 1; file <= FILES; file += 1) {
    const lines = Array.from({ length: ROWS }, (_, index) => {
      const seq = end.seq + 1;
      const body = bodyOf(seq, index, end, event);
      const sealed = sealedLine(body, end, MAC);
      end = sealed.end;
      return `${sealed.line}\n`;
    });
    write(dir, nameOf(file), lines.join(''));
  }
  return dir;
}

function bodyOf(seq: number, index: number, end: ChainEnd, event: (seq: number) => AuditBody): AuditBody {
  const at = AT + seq;
  if (index === 0) return { kind: 'open', at, log: 'l', key: OWN.publicKey, every: 10 };
  if (seq % 10 > 0) return event(seq);
  const checkpoint = OWN.sign(at, 'l', end);
  anchors.push(checkpoint);
  return { kind: 'checkpoint', ...checkpoint };
}

function nameOf(file: number): string {
  return `audit-00000${file}.jsonl${file < FILES ? '.gz' : ''}`;
}

function write(dir: string, name: string, text: string): void {
  writeFileSync(join(dir, name), name.endsWith('.gz') ? gzipSync(text) : text);
}

function event(seq: number): AuditBody {
  const target = `t-${seq}`;
  return { kind: 'event', at: AT + seq, actor: 'a', action: 'b:c', target, outcome: 'done', requestId: 'r' };
}

const original = written(event);
const LAST = anchors.slice(-1);

function tampered(file: number, change: (lines: string[]) => void): string {
  const dir = copied();
  const bytes = readFileSync(join(dir, nameOf(file)));
  const lines = (file < FILES ? gunzipSync(bytes) : bytes).toString().trimEnd().split('\n');
  change(lines);
  write(dir, nameOf(file), lines.map((line) => `${line}\n`).join(''));
  return dir;
}

function copied(): string {
  const dir = mkdtempSync(join(tmpdir(), 'nova-torch-packed-'));
  folders.push(dir);
  cpSync(original, dir, { recursive: true });
  return dir;
}

function verify(dir: string, kept: readonly Checkpoint[] = LAST): AuditReport {
  return verifyAudit(readAuditFolder(dir).files, { macKey: MAC, publicKey: OWN.publicKey, anchors: kept });
}

function found(report: AuditReport): readonly string[] {
  return report.findings.map(({ kind, file, line, message }) => `${kind} ${file}:${line} ${message}`);
}

test('a log of compressed files is sound, counted to its last record, and says where it begins', () => {
  expect(verify(original)).toEqual({
    records: 160,
    files: 4,
    firstSeq: 1,
    firstAt: AT + 1,
    lastSeq: 160,
    signed: 17,
    provenThrough: 159,
    findings: [],
  });
});

test('an edit is named with its line', () => {
  const edited = tampered(2, (lines) => (lines[6] = (lines[6] ?? '').replace('t-47', 't-48')));
  expect(found(verify(edited))).toEqual(['edited audit-000002.jsonl.gz:7 record 47 is not what was written']);
});

test('a deletion is named, of a line and of a file, and so is a tail that was cut off', () => {
  const line = tampered(2, (lines) => void lines.splice(6, 2));
  expect(found(verify(line))).toEqual([
    'deleted audit-000002.jsonl.gz:7 records 47 to 48 are missing before this line',
  ]);
  const file = copied();
  rmSync(join(file, nameOf(2)));
  expect(found(verify(file))).toEqual([
    'deleted audit-000003.jsonl.gz:1 records 41 to 80 are missing before this line',
  ]);
  const newest = copied();
  rmSync(join(newest, nameOf(FILES)));
  expect(found(verify(newest))).toEqual([
    'truncated audit-000003.jsonl.gz:40 records 121 to 159 are missing after this line: the anchor of ' +
      '2026-01-15T00:00:00.160Z has seen them',
  ]);
});

test('a log that was written again is known by an anchor in the middle of a compressed file', () => {
  const again = written((seq) => ({ ...event(seq), at: 1 }));
  const middle = anchors.filter(({ through }) => through === 49).slice(0, 1);
  expect(found(verify(again, middle))).toEqual([
    'restamped audit-000002.jsonl.gz:9 record 49 is not the one that the anchor of 2026-01-15T00:00:00.050Z signed',
  ]);
  expect(found(verify(original, middle))).toEqual([]);
});

test('a file that stands twice, or where another one belongs, is named', () => {
  const twice = copied();
  renameSync(join(twice, nameOf(FILES)), join(twice, 'audit-000005.jsonl'));
  cpSync(join(twice, nameOf(2)), join(twice, 'audit-000004.jsonl.gz'));
  const repeats = found(verify(twice));
  expect(repeats).toHaveLength(40);
  expect(repeats[6]).toBe('replayed audit-000004.jsonl.gz:7 this is record 47 of audit-000002.jsonl.gz:7 again');
  const swapped = copied();
  for (const [from, to] of [
    [nameOf(1), 'aside'],
    [nameOf(2), nameOf(1)],
    ['aside', nameOf(2)],
  ] as const)
    renameSync(join(swapped, from), join(swapped, to));
  expect(new Set(verify(swapped).findings.map(({ kind, file }) => `${kind} ${file}`))).toEqual(
    new Set([`moved ${nameOf(1)}`, `moved ${nameOf(2)}`]),
  );
});

test('a checkpoint that is missing is found where it is, also among lines that are left out', () => {
  const log: AuditBody = { kind: 'open', at: AT, log: 'l', key: OWN.publicKey, every: 10 };
  const dir = mkdtempSync(join(tmpdir(), 'nova-torch-packed-'));
  folders.push(dir);
  let end: ChainEnd = CHAIN_BEGIN;
  const lines = Array.from({ length: 60 }, (_, index) => {
    const body = index === 59 ? ({ kind: 'checkpoint', ...OWN.sign(AT, 'l', end) } as const) : event(index + 1);
    const sealed = sealedLine(index === 0 ? log : body, end, MAC);
    end = sealed.end;
    return `${sealed.line}\n`;
  });
  write(dir, nameOf(1), lines.join(''));
  expect(found(verify(dir, []))).toEqual([
    'unsigned audit-000001.jsonl.gz:20 a checkpoint is missing: 19 records are not signed, of at most 10',
  ]);
});

test('a compressed file that is cut, or in which a byte is another one, is named where it can be read no more', () => {
  const bytes = readFileSync(join(original, nameOf(2)));
  const cut = copied();
  writeFileSync(join(cut, nameOf(2)), bytes.subarray(0, bytes.length >> 1));
  const [damaged, deleted, ...more] = found(verify(cut));
  expect(damaged).toMatch(
    /^edited audit-000002\.jsonl\.gz:\d+ what was compressed is damaged from here on: a part of it is gone, or is not what was written$/,
  );
  expect(deleted).toMatch(/^deleted audit-000003\.jsonl\.gz:1 records \d+ to 80 are missing before this line$/);
  expect(more).toEqual([]);
  for (let at = 12; at < bytes.length; at += 101) {
    const flipped = copied();
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 0x10;
    writeFileSync(join(flipped, nameOf(2)), changed);
    expect([at, verify(flipped).findings.map(({ file }) => file)]).toEqual([
      at,
      expect.arrayContaining([expect.stringContaining('audit-000002.jsonl.gz')]),
    ]);
  }
  const emptied = copied();
  writeFileSync(join(emptied, nameOf(2)), '');
  expect(verify(emptied).findings.map(({ kind, file, line }) => `${kind} ${file}:${line}`)).toEqual([
    'edited audit-000002.jsonl.gz:1',
    'deleted audit-000003.jsonl.gz:1',
  ]);
});

test('where both forms are there the one counts that the other is made of', () => {
  const both = copied();
  writeFileSync(join(both, 'audit-000002.jsonl'), gunzipSync(readFileSync(join(both, nameOf(2)))));
  writeFileSync(join(both, nameOf(2)), 'half');
  expect(readdirSync(both)).toHaveLength(FILES + 1);
  expect(verify(both)).toEqual(verify(original));
});

test('a file that a scheduler compresses while its log is verified is read all the same', () => {
  const dir = copied();
  const plain = join(dir, nameOf(2).replace('.gz', ''));
  const packed = readFileSync(join(dir, nameOf(2)));
  writeFileSync(plain, gunzipSync(packed));
  rmSync(join(dir, nameOf(2)));
  const folder = readAuditFolder(dir);
  writeFileSync(join(dir, nameOf(2)), packed);
  rmSync(plain);
  const texts = folder.files.map(({ read }) => read());
  expect(texts.map(({ text }) => text.trimEnd().split('\n').length)).toEqual([ROWS, ROWS, ROWS, ROWS]);
  rmSync(join(dir, nameOf(2)));
  expect(() => folder.files[1]?.read()).toThrow('ENOENT');
});

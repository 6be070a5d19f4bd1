import type { AuditBody, Checkpoint } from './audit-line.ts';
import { isSigned } from './checkpoint.ts';
import { misplaced } from './misplaced.ts';
import { placedLines, type AuditFile, type PlacedLine } from './placed-lines.ts';

export interface Trust {
  readonly macKey: Uint8Array;
  /** Base64; the log's own key when nobody gives one. */
  readonly publicKey?: string;
  readonly anchors: readonly Checkpoint[];
}

/**
 * - `edited`: the line is not what was written, or a file that was compressed cannot be read from there on
 * - `deleted`: records are missing before the line
 * - `moved`: the line stands where another one belongs
 * - `replayed`: the line is an older one, written again
 * - `truncated`: records are missing after the last line
 * - `torn`: the last line has no end; a crash leaves that, until the log is opened again
 * - `restamped`: sealed with the right key, but not what was signed
 * - `unsigned`: a checkpoint is missing
 * - `empty`: there are files, and no record in any. A file gets its first line when it is made: it was emptied since, or the
 *   process died in between
 */
export type FindingKind =
  'edited' | 'deleted' | 'moved' | 'replayed' | 'truncated' | 'torn' | 'restamped' | 'unsigned' | 'empty';

export interface Finding {
  readonly kind: FindingKind;
  readonly file: string;
  /** From 1; 0 when the log has no line at all. */
  readonly line: number;
  readonly message: string;
}

export interface AuditReport {
  readonly records: number;
  readonly files: number;
  /** Where it begins: the records before that have gone, as the log itself says. */
  readonly firstSeq: number;
  /** Milliseconds since 1970; 0 when there is no record. */
  readonly firstAt: number;
  readonly lastSeq: number;
  /** Checkpoints and anchors whose signature holds. */
  readonly signed: number;
  /** Everything up to this record is as it was signed; 0 when nothing is. */
  readonly provenThrough: number;
  /** In the order of the log. Empty: nobody has changed it. */
  readonly findings: readonly Finding[];
}

/** Looks at every line; finds all that is wrong, not only the first. */
export function verifyAudit(files: readonly AuditFile[], trust: Trust): AuditReport {
  const wanted = new Set(trust.anchors.map(({ through }) => through));
  const { lines, findings: ofFiles } = placedLines(files, trust.macKey, wanted);
  const sound = lines.filter(({ isSound }) => isSound);
  const opened = sound.find(({ body }) => body?.kind === 'open')?.body;
  const publicKey = trust.publicKey ?? trust.anchors[0]?.key ?? ownKey(sound);
  const ofLines = sound.length === 0 ? ofNothing(lines) : [...changes(lines), ...signatures(sound, publicKey)];
  const bySeq = new Map(lines.map((line) => [line.seq, line]));
  const anchored = trust.anchors.map((anchor) => heldAgainst(anchor, { lines, bySeq, publicKey, opened }));
  const found = [ofLines, ofFiles, withoutShorter(anchored)].flat();
  const findings = found.length === 0 && lines.length === 0 ? ofNoRecord(files) : found;
  const signed = [
    ...sound.flatMap(({ body }) => (body?.kind === 'checkpoint' && isSigned(body, publicKey) ? [body.through] : [])),
    ...anchored.flatMap(({ finding, through }) => (finding === undefined ? [through] : [])),
  ];
  return {
    records: lines.reduce((sum, { skipped = 0 }) => sum + skipped + 1, 0),
    files: files.length,
    firstSeq: lines[0]?.seq ?? 0,
    firstAt: lines[0]?.body?.at ?? 0,
    lastSeq: lines.at(-1)?.seq ?? 0,
    signed: signed.length,
    provenThrough: findings.length > 0 ? 0 : signed.reduce((most, through) => Math.max(most, through), 0),
    findings: inOrder(findings, files),
  };
}

function ownKey(sound: readonly PlacedLine[]): string {
  const body = sound.find(({ body }) => body?.kind === 'open' || body?.kind === 'checkpoint')?.body;
  return body?.kind === 'open' || body?.kind === 'checkpoint' ? body.key : '';
}

function ofNothing([first]: readonly PlacedLine[]): readonly Finding[] {
  if (first === undefined) return [];
  return [at(first, 'restamped', 'no line has a seal of this key: all were written again, or the key is another one')];
}

/** Nobody has an anchor of it: what was there, if anything was, cannot be told. */
function ofNoRecord([first]: readonly AuditFile[]): readonly Finding[] {
  if (first === undefined) return [];
  const message =
    'no record is left: it was emptied, or the process died before it wrote the first; only --anchor tells which';
  return [{ kind: 'empty', file: first.name, line: 0, message }];
}

function changes(lines: readonly PlacedLine[]): readonly Finding[] {
  return [editedLines(lines), misplaced(lines), retiredHead(lines), missingCheckpoints(lines)].flat();
}

function at(line: PlacedLine | undefined, kind: FindingKind, message: string): Finding {
  return { kind, file: line?.file ?? '', line: line?.line ?? 0, message };
}

function editedLines(lines: readonly PlacedLine[]): readonly Finding[] {
  return lines
    .filter(({ isSound }) => !isSound)
    .map((line) =>
      at(line, 'edited', Number.isNaN(line.seq) ? 'this is no record' : `record ${line.seq} is not what was written`),
    );
}

/** A log that does not begin with record 1 says itself which file went. */
function retiredHead(lines: readonly PlacedLine[]): readonly Finding[] {
  const first = lines.find(({ isSound }) => isSound);
  if (first === undefined || first.seq === 1 || first !== lines[0]) return [];
  const isRetired = lines.some(
    ({ isSound, body }) => isSound && body?.kind === 'retired' && body.through === first.seq - 1,
  );
  if (isRetired || lines.some(({ seq }) => seq < first.seq)) return [];
  return [at(first, 'deleted', `records 1 to ${first.seq - 1} are missing before this line`)];
}

/** The first checkpoint that does not hold: what was written again lies between it and the one before. */
function signatures(sound: readonly PlacedLine[], publicKey: string): readonly Finding[] {
  let proven = 0;
  for (const line of sound) {
    const { body, prev, seq } = line;
    if (body?.kind === 'open' && body.key !== publicKey) {
      return [at(line, 'restamped', 'this log was opened with another signing key than the one that is trusted')];
    }
    if (body?.kind !== 'checkpoint') continue;
    if (body.head !== prev || body.through !== seq - 1 || !isSigned(body, publicKey)) {
      const since = proven === 0 ? 'from its beginning' : `after record ${proven}`;
      return [
        at(line, 'restamped', `the signature of this checkpoint does not hold: records ${since} were written again`),
      ];
    }
    proven = body.through;
  }
  return [];
}

function missingCheckpoints(lines: readonly PlacedLine[]): readonly Finding[] {
  let unsigned = 0;
  let every = Number.POSITIVE_INFINITY;
  for (const line of lines) {
    const { body, skipped = 0 } = line;
    if (body?.kind === 'open') every = body.every;
    const most = every + SLACK;
    // Lines that the log writes about its files are not counted when it decides to sign.
    const own = body?.kind === 'checkpoint' || body?.kind === 'open' || body?.kind === 'retired' ? 0 : 1;
    const beyond = unsigned + skipped + own - most;
    if (beyond > 0) {
      const message = `a checkpoint is missing: ${most + 1} records are not signed, of at most ${every}`;
      // The first of those that are too many; it may be one that was left out.
      return [at({ ...line, line: line.line - beyond + own }, 'unsigned', message)];
    }
    unsigned = body?.kind === 'checkpoint' ? 0 : unsigned + skipped + own;
  }
  return [];
}

const SLACK = 8;

interface Held {
  readonly through: number;
  readonly finding?: Finding;
}

interface Verified {
  readonly lines: readonly PlacedLine[];
  readonly bySeq: ReadonlyMap<number, PlacedLine>;
  readonly publicKey: string;
  readonly opened: AuditBody | undefined;
}

function heldAgainst(anchor: Checkpoint, { lines, bySeq, publicKey, opened }: Verified): Held {
  const { through } = anchor;
  const last = lines.at(-1);
  const name = `the anchor of ${new Date(anchor.at).toISOString()}`;
  const found = (line: PlacedLine | undefined, kind: FindingKind, message: string): Held => ({
    through,
    finding: at(line, kind, message),
  });
  if (!isSigned(anchor, publicKey))
    return found(lines[0], 'restamped', `${name} is not signed by the key that is trusted`);
  if (opened?.kind === 'open' && opened.log !== anchor.log) {
    return found(lines[0], 'restamped', `this is another log than the one of ${name}`);
  }
  const held = bySeq.get(through);
  if (held !== undefined) {
    if (held.seal === anchor.head) return { through };
    return found(held, 'restamped', `record ${through} is not the one that ${name} signed`);
  }
  const end = lines.reduce((most, { seq }) => (seq > most ? seq : most), 0);
  // What is missing before the end was found already; what retired may be older than the anchor.
  if (through <= end) return { through };
  const place = last === undefined ? '' : ' after this line';
  const records = end + 1 === through ? `record ${through} is` : `records ${end + 1} to ${through} are`;
  return found(
    last,
    'truncated',
    `${records} missing${place}: ${name} has seen ${end + 1 === through ? 'it' : 'them'}`,
  );
}

/** A scheduler signs every few seconds, and each anchor of those has seen a part of what the last one has: one line says it. */
function withoutShorter(anchored: readonly Held[]): readonly Finding[] {
  const cut = anchored.filter(({ finding }) => finding?.kind === 'truncated');
  const longest = cut.reduce<Held | undefined>(
    (most, one) => (most && most.through >= one.through ? most : one),
    undefined,
  );
  return anchored.flatMap((held) => {
    const { finding } = held;
    return finding === undefined || (finding.kind === 'truncated' && held !== longest) ? [] : [finding];
  });
}

function inOrder(findings: readonly Finding[], files: readonly AuditFile[]): readonly Finding[] {
  const order = new Map(files.map(({ name }, index) => [name, index]));
  return [...findings].sort((a, b) => (order.get(a.file) ?? 0) - (order.get(b.file) ?? 0) || a.line - b.line);
}

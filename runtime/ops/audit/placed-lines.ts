import { readLine, type AuditBody } from './audit-line.ts';
import type { Finding } from './verify-audit.ts';

/** A file of a log, the oldest first. Its text is asked for once, and a second time when its records stand elsewhere too. */
export interface AuditFile {
  readonly name: string;
  readonly read: () => AuditText;
}

export interface AuditText {
  readonly text: string;
  /** It was compressed, and cannot be read behind that. */
  readonly isCut: boolean;
}

/** A line with its place. `seq` is what it says; `NaN` when it says nothing. */
export interface PlacedLine {
  readonly file: string;
  readonly line: number;
  readonly seq: number;
  readonly prev: string;
  readonly seal: string;
  readonly isSound: boolean;
  readonly body?: AuditBody;
  /** So many lines before it are left out: each is sound, follows from the one before it, and stands nowhere else. */
  readonly skipped?: number;
}

export interface Placed {
  readonly lines: readonly PlacedLine[];
  /** What is wrong with whole files. */
  readonly findings: readonly Finding[];
}

/** Of one file. `run`: it is one, from its first record to its last. */
interface Part {
  readonly file: AuditFile;
  readonly lines: readonly PlacedLine[];
  readonly run: { readonly from: number; readonly to: number } | undefined;
}

/**
 * The lines of a log. Of a file in which each record follows from the one before it only those are kept that say something about
 * the log, or that are asked for (`wanted`): a log of gigabytes is verified in the memory of one file.
 */
export function placedLines(files: readonly AuditFile[], key: Uint8Array, wanted: ReadonlySet<number>): Placed {
  const findings: Finding[] = [];
  const parts = files.map((file, index): Part => {
    const lines = linesOf(file, key, index === files.length - 1, findings);
    const run = runOf(lines);
    return { file, lines: run === undefined ? lines : telling(lines, wanted), run };
  });
  const others = parts.flatMap(({ lines, run }) => (run === undefined ? lines.map(({ seq }) => seq) : []));
  const lines = parts.flatMap((part) =>
    isAlone(part, parts, others) ? part.lines : linesOf(part.file, key, false, []),
  );
  return { lines, findings };
}

function linesOf(file: AuditFile, key: Uint8Array, isLast: boolean, found: Finding[]): readonly PlacedLine[] {
  const { text, isCut } = file.read();
  const texts = text.split('\n');
  const rest = texts.pop() ?? '';
  const line = texts.length + 1;
  if (isCut) {
    const message = 'what was compressed is damaged from here on: a part of it is gone, or is not what was written';
    found.push({ kind: 'edited', file: file.name, line, message });
  } else if (rest !== '') {
    const message = isLast
      ? 'the last line has no end: a crash, or someone cut it'
      : 'the last line has no end, and the log goes on';
    found.push({ kind: isLast ? 'torn' : 'edited', file: file.name, line, message });
  }
  return texts.map((one, index) => {
    const read = readLine(one, key);
    const place = { file: file.name, line: index + 1 };
    return read === undefined
      ? { ...place, seq: Number.NaN, prev: '', seal: '', isSound: false }
      : { ...place, ...read };
  });
}

function runOf(lines: readonly PlacedLine[]): Part['run'] {
  const [first] = lines;
  const last = lines.at(-1);
  if (first === undefined || last === undefined || !lines.every(follows)) return undefined;
  return { from: first.seq, to: last.seq };
}

function follows(line: PlacedLine, index: number, lines: readonly PlacedLine[]): boolean {
  const before = lines[index - 1];
  return line.isSound && (before === undefined || (line.seq === before.seq + 1 && line.prev === before.seal));
}

function telling(lines: readonly PlacedLine[], wanted: ReadonlySet<number>): readonly PlacedLine[] {
  let skipped = 0;
  return lines.flatMap((line, index) => {
    const isKept = index === 0 || index === lines.length - 1 || line.body?.kind !== 'event' || wanted.has(line.seq);
    if (!isKept) {
      skipped += 1;
      return [];
    }
    const kept = skipped === 0 ? line : { ...line, skipped };
    skipped = 0;
    return [kept];
  });
}

/** No other file has a record of its run. */
function isAlone(part: Part, parts: readonly Part[], others: readonly number[]): boolean {
  const { run } = part;
  if (run === undefined) return true;
  const overlaps = (one: Part): boolean =>
    one !== part && one.run !== undefined && one.run.from <= run.to && run.from <= one.run.to;
  return !parts.some(overlaps) && !others.some((seq) => seq >= run.from && seq <= run.to);
}

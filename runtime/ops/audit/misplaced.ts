import type { PlacedLine } from './placed-lines.ts';
import type { Finding } from './verify-audit.ts';

/** What the numbers of sound lines say: lines that stand twice, in another's place, or not at all. */
export function misplaced(lines: readonly PlacedLine[]): readonly Finding[] {
  const { once, findings } = withoutRepeats(lines);
  const sorted = [...once].sort((a, b) => a.seq - b.seq);
  const found = [...findings];
  once.forEach((line, index) => {
    const belongs = sorted[index];
    if (belongs !== undefined && belongs.seq !== line.seq) {
      found.push(finding(line, 'moved', `record ${line.seq} stands where record ${belongs.seq} belongs`));
    }
  });
  const edited = editedSeqs(lines);
  sorted.forEach((line, index) => {
    const before = sorted[index - 1];
    if (before === undefined) return;
    const { skipped = 0 } = line;
    const missing = range(before.seq + 1, line.seq - skipped).filter((seq) => !edited.delete(seq));
    if (missing.length > 0) found.push(finding(line, 'deleted', `${numbered(missing)} missing before this line`));
    else if (line.seq === before.seq + 1 && line.prev !== before.seal) {
      found.push(finding(line, 'restamped', `record ${line.seq} does not follow from the record before it`));
    }
  });
  return found;
}

/** The first line of each number. A second one is an old line again, or one of another history. */
function withoutRepeats(lines: readonly PlacedLine[]): {
  readonly once: readonly PlacedLine[];
  readonly findings: readonly Finding[];
} {
  const seen = new Map<number, PlacedLine>();
  const findings: Finding[] = [];
  for (const line of lines.filter(({ isSound }) => isSound)) {
    const first = seen.get(line.seq);
    if (first === undefined) seen.set(line.seq, line);
    else if (first.seal === line.seal) {
      findings.push(finding(line, 'replayed', `this is record ${line.seq} of ${first.file}:${first.line} again`));
    } else
      findings.push(finding(line, 'restamped', `there is another record ${line.seq} at ${first.file}:${first.line}`));
  }
  return { once: [...seen.values()], findings };
}

/** Numbers that edited lines hold: those are not missing. A line that says no number holds that of its place. */
function editedSeqs(lines: readonly PlacedLine[]): Set<number> {
  const seqs = new Set<number>();
  lines.forEach((line, index) => {
    if (line.isSound) return;
    seqs.add(Number.isNaN(line.seq) ? (lines[index - 1]?.seq ?? 0) + 1 : line.seq);
  });
  return seqs;
}

function range(from: number, to: number): readonly number[] {
  // A number that someone made up must not make a list of a billion.
  return Array.from({ length: Math.max(0, Math.min(to - from, 1_000_000)) }, (_, index) => from + index);
}

function numbered(missing: readonly number[]): string {
  const [first = 0] = missing;
  const last = missing.at(-1) ?? first;
  return first === last ? `record ${first} is` : `records ${first} to ${last} are`;
}

function finding({ file, line }: PlacedLine, kind: Finding['kind'], message: string): Finding {
  return { kind, file, line, message };
}

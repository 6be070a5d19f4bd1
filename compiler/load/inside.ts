import type { Inside } from '../core/origin.ts';
import { sure } from '../../spec/contract/sure.ts';

/** Source characters of an escape after its backslash, and UTF-16 code units it stands for; others are one and one. */
const LONG_ESCAPES: Readonly<Record<string, number>> = { x: 3, u: 5, U: 9 };

/**
 * Where a stretch of a string value stands in its source text, as offsets from the scalar's start. `raw` is the scalar as it
 * was written, quotes included. Nothing for text over several lines, whose value is not what stands there.
 */
export function insideScalar(
  raw: string,
  value: string,
  { offset, length }: Inside,
): { start: number; end: number } | undefined {
  if (raw.includes('\n')) return undefined;
  const starts = raw.startsWith('"') ? doubleQuoted(raw) : raw.startsWith("'") ? singleQuoted(raw) : plain(raw);
  if (starts.length !== value.length + 1) return undefined;
  // What is missing after the end is shown at the last character.
  const first = Math.min(offset, Math.max(0, value.length - 1));
  const last = Math.min(Math.max(offset + length, first + 1), value.length);
  return { start: sure(starts[first], 'a place inside a text'), end: sure(starts[last], 'a place inside a text') };
}

/** Where each code unit of the value starts, and where the last one ends. */
function plain(raw: string): number[] {
  return Array.from({ length: raw.length + 1 }, (_, index) => index);
}

function singleQuoted(raw: string): number[] {
  const starts: number[] = [];
  let index = 1;
  for (; index < raw.length - 1; index += raw[index] === "'" ? 2 : 1) starts.push(index);
  return [...starts, index];
}

function doubleQuoted(raw: string): number[] {
  const starts: number[] = [];
  let index = 1;
  while (index < raw.length - 1) {
    starts.push(index);
    if (raw[index] !== '\\') {
      index++;
      continue;
    }
    const kind = raw.charAt(index + 1);
    if (kind === 'U' && Number.parseInt(raw.slice(index + 2, index + 10), 16) > 0xffff) starts.push(index);
    index += 1 + (LONG_ESCAPES[kind] ?? 1);
  }
  return [...starts, index];
}

import { linearPattern } from './linear-pattern.ts';

/** Longest pattern. */
const LENGTH_MAX = 256;

/** Why a pattern of a schema must not run on every task; nothing for a good one. */
export function patternProblem(pattern: string): string | undefined {
  if (pattern.length > LENGTH_MAX) return `it is longer than ${LENGTH_MAX} characters`;
  if (!isRegExp(pattern)) return 'it is not a regular expression';
  if (/\(\?<?[=!]/.test(withoutClasses(pattern))) return 'it looks ahead or behind';
  if (/\\(?:[1-9]|k<)/.test(withoutClasses(pattern))) return 'it refers back to a group';
  if (repeatsRepeats(withoutClasses(withoutSeparated(pattern))))
    return 'it repeats a group that can match the same text in many ways';
  const linear = linearPattern(pattern);
  return typeof linear === 'string' ? linear : undefined;
}

function isRegExp(pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u').unicode;
  } catch {
    return false;
  }
}

/** `(-[a-z]+)`: what repeats cannot match the separator it begins with, so there is one way to match it. */
const SEPARATED = /\((?:\?:)?\\?([-_./:,@ ])(\[[^\]^\\]{1,60}\]|[A-Za-z0-9]|\\d)(?:[+*?]|\{[0-9,]{1,9}\})?\)/g;

function withoutSeparated(pattern: string): string {
  return pattern.replace(SEPARATED, (group, separator: string, repeated: string) =>
    new RegExp(repeated, 'u').test(separator) ? group : 'x',
  );
}

/** Classes and escaped characters become one letter: only groups and repetitions matter. */
function withoutClasses(pattern: string): string {
  return pattern
    .replace(/\\(?![1-9k])[\s\S]/g, 'x')
    .replace(/\[(?:[^\]])*\]/g, 'x')
    .replace(/\(\?:/g, '(');
}

/** Whether an unbounded repetition stands around another repetition or a choice. */
function repeatsRepeats(pattern: string): boolean {
  const risky: boolean[] = [false];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at);
    if (character === '(') risky.push(false);
    else if (character === ')') {
      const inner = risky.pop() === true;
      if (inner && isUnbounded(pattern, at + 1)) return true;
      if (inner) risky[risky.length - 1] = true;
    } else if (character === '|' || isUnbounded(pattern, at)) risky[risky.length - 1] = true;
  }
  return false;
}

/** `*`, `+`, `{n,}` and repetitions of more than ten. */
function isUnbounded(pattern: string, at: number): boolean {
  const found = /^(?:[*+]|\{(\d+)(,)?(\d*)\})/.exec(pattern.slice(at, at + 24));
  if (found === null) return false;
  const [, least, comma, most] = found;
  if (least === undefined) return true;
  return comma !== undefined && (most === '' || Number(most) > 10);
}

import type { Questions } from './atoms.ts';

/** Most text tests on one field whose combinations are all tried. */
const TESTS_MAX = 8;
const FILLERS = 'xzqwkvjy0123456789~^|';

/** Texts that stand for all others, and whether they really do. */
export interface Texts {
  readonly values: readonly string[];
  readonly exact: boolean;
}

/** A character that none of the texts has, so that joining pieces with it makes no new match. */
export function filler(texts: readonly string[]): string {
  for (const character of FILLERS) if (!texts.some((text) => text.includes(character))) return character;
  return '\u2022';
}

/**
 * One text for each combination of text tests that can hold together. The longest prefix, all parts and the longest suffix
 * are joined with a filler, so a text passes the chosen tests and those that follow from them, and no others.
 */
export function texts(questions: Questions): Texts {
  const tests = [
    ...[...questions.prefixes].map((text) => ({ kind: 'prefix' as const, text })),
    ...[...questions.suffixes].map((text) => ({ kind: 'suffix' as const, text })),
    ...[...questions.parts].map((text) => ({ kind: 'part' as const, text })),
  ];
  const equal = [...questions.equals].filter((value) => typeof value === 'string');
  const fill = filler([...tests.map((test) => test.text), ...equal]);
  const made = new Set<string>();
  for (const subset of subsets(tests)) {
    const text = join(subset, fill);
    if (text !== undefined) made.add(text);
  }
  return { values: [...made], exact: tests.length <= TESTS_MAX };
}

interface Test {
  readonly kind: 'prefix' | 'suffix' | 'part';
  readonly text: string;
}

/** All subsets; with too many tests only the single ones, so that the work stays bounded. */
function subsets(tests: readonly Test[]): Test[][] {
  if (tests.length > TESTS_MAX) return [[], ...tests.map((test) => [test])];
  return Array.from({ length: 2 ** tests.length }, (_, bits) => tests.filter((_, index) => (bits >> index) & 1));
}

function join(tests: readonly Test[], fill: string): string | undefined {
  const prefix = longest(tests, 'prefix', (long, short) => long.startsWith(short));
  const suffix = longest(tests, 'suffix', (long, short) => long.endsWith(short));
  if (prefix === undefined || suffix === undefined) return undefined;
  const parts = tests.filter((test) => test.kind === 'part').map((test) => test.text);
  return [prefix, ...parts, suffix].join(fill);
}

/** The longest text of a kind, if all others are part of it in their place; nothing when they exclude each other. */
function longest(
  tests: readonly Test[],
  kind: Test['kind'],
  covers: (long: string, short: string) => boolean,
): string | undefined {
  const own = tests.filter((test) => test.kind === kind).map((test) => test.text);
  const best = own.reduce((long, text) => (text.length > long.length ? text : long), '');
  return own.every((text) => covers(best, text)) ? best : undefined;
}

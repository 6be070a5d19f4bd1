import type { Doubt } from './tree.ts';

/** The value of a plain scalar by the core schema of YAML 1.2, and why it should not be accepted as it is. */
export interface Resolved {
  readonly value: string | number | boolean | null;
  readonly doubt?: Doubt;
}

/** Characters with which anything but ordinary text can begin. */
const SUSPECT = /^[-+.0-9~tTfFnNyYoO]/;
const WORDS: ReadonlyMap<string, boolean | null> = new Map([
  ...['~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['true', 'True', 'TRUE'].map((word) => [word, true] as const),
  ...['false', 'False', 'FALSE'].map((word) => [word, false] as const),
]);
const DECIMAL = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?$/;
const CORE_NUMBER = /^([-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+)$/;
const NOT_FINITE = /^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$/;
const OLD_BOOLEAN = /^(y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF)$/;
const OLD_NUMBER = /^[-+]?(0b[01_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*(\.[0-9_]*)?|[1-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?)$/;

/** Resolves a plain scalar. Text that only YAML 1.1 reads as a boolean or a number stays text, in doubt. */
export function resolvePlain(text: string): Resolved {
  if (text === '') return { value: null };
  if (!SUSPECT.test(text)) return { value: text };
  const word = WORDS.get(text);
  if (word !== undefined) return { value: word };
  if (DECIMAL.test(text)) return decimal(text);
  if (CORE_NUMBER.test(text))
    return { value: finite(Number(text)), doubt: { kind: 'number', text, other: 'a number' } };
  if (NOT_FINITE.test(text)) return { value: 0, doubt: { kind: 'number', text, other: 'a number' } };
  if (OLD_BOOLEAN.test(text)) return { value: text, doubt: { kind: 'text', text, other: 'a boolean' } };
  if (OLD_NUMBER.test(text)) return { value: text, doubt: { kind: 'text', text, other: 'a number' } };
  return { value: text };
}

function decimal(text: string): Resolved {
  const value = Number(text);
  const exact = text.includes('.') ? Number.isFinite(value) : Number.isSafeInteger(value) && !Object.is(value, -0);
  return exact ? { value } : { value: finite(value), doubt: { kind: 'number', text, other: 'a number' } };
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}

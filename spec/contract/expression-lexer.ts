import { characterName, invisibleIn } from './characters.ts';
import type { ExpressionProblem } from './expression.ts';
import { codePointOf } from './text.ts';

/** A word of an expression. `value` is what a string or a number means. */
export interface Token {
  readonly kind: 'name' | 'string' | 'number' | 'symbol' | 'end';
  readonly text: string;
  readonly offset: number;
  readonly value?: string | number;
}

const SPACE = /[ \t\n\r\f]+/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const STRING = /'(?:[^'\\\n\r]|\\[^\n\r])*'|"(?:[^"\\\n\r]|\\[^\n\r])*"/y;
const SYMBOL = /&&|\|\||==|!=|<=|>=|[<>!()[\],.-]/y;
const ESCAPE = /\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([0-3][0-7]{2})|([\\?"'`abfnrtv])|)/g;
const PLAIN_ESCAPES: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};
const HINTS: Readonly<Record<string, string>> = {
  '=': 'use ==',
  '&': 'use &&',
  '|': 'use ||',
  '+': 'arithmetic is not available',
  '*': 'arithmetic is not available',
  '/': 'arithmetic is not available',
  '%': 'arithmetic is not available',
  '?': 'write two conditions with && and ||',
  '{': 'maps are not available',
  "'": 'the string does not end on its line',
  '"': 'the string does not end on its line',
};

/** The tokens of a text, the last one being `end`; or the first thing that is none. */
export function tokens(text: string): readonly Token[] | ExpressionProblem {
  const found: Token[] = [];
  for (let offset = 0; offset < text.length;) {
    const space = matchAt(SPACE, text, offset);
    if (space !== undefined) {
      offset += space.length;
      continue;
    }
    const token = tokenAt(text, offset);
    if (!('text' in token)) return token;
    found.push(token);
    offset += token.text.length;
  }
  return [...found, { kind: 'end', text: '', offset: text.length }];
}

function tokenAt(text: string, offset: number): Token | ExpressionProblem {
  const name = matchAt(NAME, text, offset);
  if (name !== undefined) return { kind: 'name', text: name, offset };
  const number = matchAt(NUMBER, text, offset);
  if (number !== undefined) return numberToken(number, text, offset);
  const string = matchAt(STRING, text, offset);
  if (string !== undefined) return stringToken(string, offset);
  const symbol = matchAt(SYMBOL, text, offset);
  return symbol === undefined ? unexpected(text, offset) : { kind: 'symbol', text: symbol, offset };
}

function numberToken(number: string, text: string, offset: number): Token | ExpressionProblem {
  const value = Number(number);
  const exact = /^[0-9]+$/.test(number) ? Number.isSafeInteger(value) : Number.isFinite(value);
  if (!exact) return syntax('the number is too large', offset, number.length);
  if (/[A-Za-z0-9_]/.test(text.charAt(offset + number.length))) {
    return syntax('a number is written in decimal digits', offset, number.length + 1);
  }
  return { kind: 'number', text: number, offset, value };
}

function stringToken(string: string, offset: number): Token | ExpressionProblem {
  let problem: ExpressionProblem | undefined;
  const value = string.slice(1, -1).replace(ESCAPE, (escape: string, ...groups: unknown[]) => {
    const meaning = unescaped(groups.slice(0, 5) as (string | undefined)[]);
    const at = offset + 1 + Number(groups[5]);
    if (meaning === undefined) problem ??= syntax('CEL has no such escape', at, Math.max(2, escape.length));
    else if (invisibleIn(meaning) !== undefined)
      problem ??= syntax(`the invisible character ${characterName(meaning)} is not allowed`, at, escape.length);
    return meaning ?? '';
  });
  return problem ?? { kind: 'string', text: string, offset, value };
}

function unescaped([x, u, long, octal, plain]: readonly (string | undefined)[]): string | undefined {
  if (plain !== undefined) return PLAIN_ESCAPES[plain] ?? plain;
  const code = octal === undefined ? Number.parseInt(x ?? u ?? long ?? '', 16) : Number.parseInt(octal, 8);
  const isCharacter = code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return isCharacter ? String.fromCodePoint(code) : undefined;
}

function unexpected(text: string, offset: number): ExpressionProblem {
  const character = String.fromCodePoint(codePointOf(text.slice(offset, offset + 2)));
  const problem = syntax(`\`${character}\` does not belong here`, offset, character.length);
  const hint = HINTS[character];
  return hint === undefined ? problem : { ...problem, hint };
}

function syntax(message: string, offset: number, length: number): ExpressionProblem {
  return { kind: 'syntax', message, offset, length };
}

function matchAt(pattern: RegExp, text: string, offset: number): string | undefined {
  pattern.lastIndex = offset;
  return pattern.exec(text)?.[0];
}

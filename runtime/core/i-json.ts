/** What a text may cost its readers: nesting, and keys of all objects together. */
export interface JsonLimits {
  readonly depth: number;
  readonly keys: number;
}

/** For all that callers and agents say, whoever calls whom. */
export const JSON_LIMITS: JsonLimits = { depth: 32, keys: 1000 };

/** Says why a text is not read. */
export class NotIJson extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'NotIJson';
  }
}

/**
 * JSON that every reader reads alike: I-JSON (RFC 7493) within limits. Refused are bytes that are not UTF-8, a name that stands
 * twice in an object, half characters, whole numbers that lose digits, numbers beyond all bounds, and names that mean something
 * to JavaScript. Empty text is `undefined`. Throws `NotIJson`.
 */
export function readIJson(bytes: Uint8Array, limits: JsonLimits): unknown {
  const text = decoded(bytes);
  if (text === '') return undefined;
  const value = parsed(text);
  checkShape(value, limits);
  if (LONG_NUMBER.test(text) || membersIn(text) !== membersOf(value)) lookClosely(text);
  return value;
}

/** Sixteen digits that do not begin with a 9 are below 2^53. */
const LONG_NUMBER = /\d{17}|9\d{15}/;
const UTF8 = new TextDecoder('utf-8', { fatal: true });

function decoded(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw new NotIJson('the body is not UTF-8');
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new NotIJson('the body is not JSON');
  }
}

const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

/** How many members the objects of a JSON text have: colons outside of strings. */
function membersIn(text: string): number {
  let count = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at += 1;
    else if (code === QUOTE) inString = !inString;
    else if (code === COLON && !inString) count += 1;
  }
  return count;
}

/** How many of them are left in the value: fewer, if a name stood twice. */
function membersOf(value: unknown): number {
  const open: unknown[] = [value];
  let count = 0;
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (typeof one !== 'object' || one === null) continue;
    const inner: unknown[] = Object.values(one);
    if (!Array.isArray(one)) count += inner.length;
    for (const each of inner) if (typeof each === 'object' && each !== null) open.push(each);
  }
  return count;
}

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*|[{}[\]:]/g;

/** Names the first name that stands twice in an object, or the first whole number that a double cannot hold. */
function lookClosely(text: string): void {
  const open: (Set<string> | undefined)[] = [];
  let last = '';
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(undefined);
    else if (token === '}' || token === ']') open.pop();
    else if (token === ':') addName(open.at(-1), JSON.parse(last) as string);
    else if (token.startsWith('"')) last = token;
    else keepsDigits(token);
  }
}

function addName(names: Set<string> | undefined, name: string): void {
  if (names?.has(name) === true) {
    throw new NotIJson(`the name ${JSON.stringify(name.slice(0, 64))} stands twice in an object`);
  }
  names?.add(name);
}

function keepsDigits(token: string): void {
  if (!/^-?\d{16,}$/.test(token)) return;
  // Also of a member that stands there twice, of which only the last one is in the value.
  checkScalar(Number(token));
  if (BigInt(token) === BigInt(Number(token))) return;
  throw new NotIJson('a whole number loses digits; send it as a string');
}

/** Refuses a value that is too deep, has too many keys, or holds what not every reader reads alike; without recursion. */
function checkShape(value: unknown, { depth, keys }: JsonLimits): void {
  let level: unknown[] = [value];
  let count = 0;
  for (let deep = 0; level.length > 0; deep += 1) {
    if (deep >= depth) throw new NotIJson(`at most ${depth} levels`);
    const next: unknown[] = [];
    for (const one of level) {
      checkScalar(one);
      if (typeof one !== 'object' || one === null) continue;
      const values: unknown[] = Object.values(one);
      if (!Array.isArray(one)) count += checkNames(one);
      if (count > keys) throw new NotIJson(`at most ${keys} keys`);
      for (const inner of values) {
        if (typeof inner === 'object' && inner !== null) next.push(inner);
        else checkScalar(inner);
      }
    }
    level = next;
  }
}

const HALF = /\p{Surrogate}/u;

function checkScalar(value: unknown): void {
  if (typeof value === 'string' && HALF.test(value)) {
    throw new NotIJson('a text has half a character');
  }
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new NotIJson('a number is beyond all bounds');
  }
}

/** Gives how many names there are. */
function checkNames(value: object): number {
  const names = Object.keys(value);
  for (const name of names) {
    if (HALF.test(name)) throw new NotIJson('a name has half a character');
  }
  const constructorOf: unknown = Object.hasOwn(value, 'constructor') ? value.constructor : undefined;
  const isTrap =
    typeof constructorOf === 'object' && constructorOf !== null && Object.hasOwn(constructorOf, 'prototype');
  if (Object.hasOwn(value, '__proto__') || isTrap) {
    throw new NotIJson('names like `__proto__` are not taken');
  }
  return names.length;
}

import * as fc from 'fast-check';
import type { Role } from '../identity.ts';
import type { Operation } from '../operation.ts';
import { OPERATIONS } from '../operations.ts';
import { bodies } from '../schemas.ts';
import { tokenOf } from './served.ts';

/** A request as somebody might send it who wants to do harm, or has a bug. */
export interface HostileRequest {
  readonly operation: Operation;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** Stands in tokens and payloads; must never come back, nor be written down. */
export const CANARY = 'hunter2-canary';

const TOKENS: readonly (readonly [roles: readonly Role[], token: string])[] = [
  one(['submitter'], { tenant: 'research' }),
  one(['submitter'], { tenant: 'sales' }),
  one(['agent', 'submitter'], { tenant: 'research', fleet: 'research/summarizer' }),
  one(['agent'], { fleet: 'research/backup' }),
  one(['operator']),
  one(['auditor']),
];

function one(roles: readonly Role[], more: { readonly tenant?: string; readonly fleet?: string } = {}) {
  return [roles, tokenOf(roles, more)] as const;
}

const CREDENTIALS = [
  ...TOKENS.map(([, token]) => `Bearer ${token}`),
  `Bearer ${CANARY}`,
  `Basic ${CANARY}`,
  'Bearer',
  `Bearer ${'x'.repeat(9000)}`,
];

const NASTY = [
  ...[
    '..',
    '%2e%2e%2f',
    '%00',
    '%',
    '%zz',
    '%u0041',
    '\u2028',
    '😀',
    '__proto__',
    'constructor',
    'a/b',
    "'; --",
    '${x}',
  ],
  ...['{{.}}', '-1', '1e9', 'NaN', 'x'.repeat(64), 'x'.repeat(300), '\\', '"', ' ', 'null', '<script>'],
];

const word = fc.oneof(
  fc.constantFrom(...NASTY),
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 8 }),
);

/** `ids`: of things that are there. */
export function hostileRequest(ids: readonly string[]): fc.Arbitrary<HostileRequest> {
  return fc.constantFrom(...OPERATIONS).chain((operation) =>
    fc.record({
      operation: fc.constant(operation),
      method: often(operation.method, fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS')),
      path: pathOf(operation, ids),
      headers: headersOf(operation),
      body: operation.method === 'GET' ? fc.constant(undefined) : bodyOf(operation, ids),
    }),
  );
}

function often<Usual, Other>(usual: Usual, other: fc.Arbitrary<Other>): fc.Arbitrary<Usual | Other> {
  return fc.oneof({ arbitrary: fc.constant(usual), weight: 9 }, { arbitrary: other, weight: 1 });
}

function pathOf({ path, query = {} }: Operation, ids: readonly string[]): fc.Arbitrary<string> {
  const known: Readonly<Record<string, readonly string[]>> = {
    id: ids,
    team: ['research'],
    fleet: ['summarizer', 'backup'],
    agent: ['a-1'],
  };
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const parts = names.map((name) =>
    often(known[name]?.[0] ?? 'x', fc.oneof(fc.constantFrom(...(known[name] ?? ['x'])), word)),
  );
  const sensible: readonly Pair[] = Object.hasOwn(query, 'fleet') ? [['fleet', 'research/summarizer']] : [];
  const pair: fc.Arbitrary<Pair> = fc.tuple(
    fc.oneof(fc.constantFrom('fleet', 'limit', 'of', 'after', '__proto__'), word),
    word,
  );
  const more = fc.array(fc.oneof(pair, fc.constantFrom(...KNOWN_PAIRS)), { minLength: 1, maxLength: 2 });
  const pairs = often<readonly Pair[], readonly Pair[]>(
    sensible,
    fc.oneof(
      more,
      more.map((each) => [...sensible, ...each]),
    ),
  );
  return fc.record({ parts: fc.tuple(...parts), pairs, raw: fc.nat(9) }).map((chosen) => {
    // Now and then without escapes, as somebody sends it who writes URLs by hand.
    const written = chosen.raw === 0 ? unescaped : encoded;
    let at = 0;
    const place = path.replaceAll(/\{\w+\}/g, () => written(chosen.parts[at++] ?? ''));
    const search = chosen.pairs.map(([name, value]) => `${written(name)}=${written(value)}`).join('&');
    return search === '' ? place : `${place}?${search}`;
  });
}

type Pair = readonly [name: string, value: string];

const KNOWN_PAIRS: readonly Pair[] = [
  ['of', 'dead'],
  ['of', 'finished'],
  ['limit', '1'],
  ['limit', '0'],
  ['after', '0.1'],
];

function encoded(text: string): string {
  return encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, '?'));
}

/** All that may stand in the first line of a request at all. */
function unescaped(text: string): string {
  return text.replaceAll(/[^!-~]/g, '') || '-';
}

/** Mostly of somebody who may ask. */
function credentialsFor({ roles }: Operation): fc.Arbitrary<string> {
  const able = TOKENS.filter(([own]) => own.some((role) => roles.includes(role))).map(([, token]) => `Bearer ${token}`);
  return fc.oneof(
    { arbitrary: fc.constantFrom(...able), weight: 4 },
    { arbitrary: fc.constantFrom(...CREDENTIALS), weight: 1 },
  );
}

function headersOf(operation: Operation): fc.Arbitrary<Readonly<Record<string, string>>> {
  const value = fc.oneof(
    fc.constantFrom('key', '0', '12', '-1', '1e5', 'x'.repeat(200), '__proto__', '', '12345678901234567890'),
    fc.string({ maxLength: 20 }).map((text) => text.replaceAll(/[^ -~]/g, '').trim()),
  );
  const own = Object.fromEntries(Object.keys(operation.headers ?? {}).map((name) => [name, value]));
  const optional = {
    ...own,
    'x-request-id': value,
    traceparent: value,
    'x-forwarded-client-cert': fc.constantFrom('URI=spiffe://cluster.local/ns/research--summarizer/sa/summarizer', 'x'),
    'x-forwarded-for': fc.constant('127.0.0.1'),
    'content-encoding': fc.constantFrom('gzip', 'identity', 'br'),
    accept: fc.constantFrom('text/html', 'application/xml'),
  };
  return fc
    .tuple(
      credentialsFor(operation),
      often(
        'application/json',
        fc.constantFrom('text/plain', 'application/xml', 'application/json; charset=utf-16', 'x'),
      ),
      fc.oneof(
        { arbitrary: fc.constant({}), weight: 2 },
        { arbitrary: fc.record(optional, { requiredKeys: [] }), weight: 1 },
      ),
    )
    .map(([authorization, type, more]) => ({ authorization, 'content-type': type, ...more }));
}

const scalar = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    1,
    -1,
    1.5,
    64,
    1e21,
    Number.MAX_SAFE_INTEGER,
    '',
    'a-1',
    'v1',
    'summarize',
    CANARY,
  ),
  word,
  fc.double(),
);

function bodyOf({ body }: Operation, ids: readonly string[]): fc.Arbitrary<string | undefined> {
  const names = body === undefined ? ['x'] : Object.keys((bodies[body] as { properties: object }).properties);
  const value = (name: string): fc.Arbitrary<unknown> =>
    often(SENSIBLE[name], fc.oneof(scalar, fc.jsonValue(), fc.constant([{ id: ids[0], token: 1 }])));
  const fields = fc.record(Object.fromEntries(names.map((name) => [name, value(name)])), { requiredKeys: [] });
  const whole = fc.record(Object.fromEntries(names.map((name) => [name, value(name)])));
  const object = fc
    .tuple(
      fc.oneof(fields, whole),
      fc.oneof({ arbitrary: fc.constant({}), weight: 4 }, fc.dictionary(word, scalar, { maxKeys: 3 })),
    )
    .map(([known, strange]) => text({ ...known, ...strange }));
  return fc.oneof(
    { arbitrary: object, weight: 8 },
    { arbitrary: object.chain((whole) => fc.nat(whole.length).map((end) => whole.slice(0, end))), weight: 1 },
    { arbitrary: fc.constantFrom(...BODIES), weight: 2 },
    { arbitrary: fc.oneof(fc.json(), fc.string({ unit: 'binary' }), fc.constant(undefined)), weight: 1 },
  );
}

/** Long waits are nothing that a test can learn from. */
function text(value: Readonly<Record<string, unknown>>): string {
  const { waitMs } = value;
  return JSON.stringify(typeof waitMs === 'number' && waitMs > 5 ? { ...value, waitMs: 5 } : value);
}

const SENSIBLE: Readonly<Record<string, unknown>> = {
  task: 'summarize',
  input: { text: CANARY },
  labels: { kind: 'test' },
  delayMs: 0,
  reason: 'because',
  name: 'a-1',
  slots: 4,
  build: 'v1',
  fleet: 'research/summarizer',
  free: 1,
  waitMs: 0,
  tasks: [],
  agent: 'a-1',
  token: 1,
  result: { text: CANARY },
  error: 'Broken',
  message: CANARY,
  final: false,
  retryAfterMs: 1,
  ids: [],
  limit: 1,
};

const BODIES = [
  '',
  '{',
  '[]',
  'null',
  '"x"',
  '{"task":"summarize","task":"other"}',
  '{"task":"summarize","input":{"__proto__":{"polluted":true}}}',
  '{"__proto__":{"polluted":true},"task":"summarize"}',
  '{"task":"summarize","input":{"n":1e999}}',
  '{"task":"summarize","input":{"n":123456789012345678901}}',
  '{"task":"summarize","input":{"s":"\\ud800"}}',
  `{"task":"summarize","input":${'{"a":'.repeat(100)}1${'}'.repeat(100)}}`,
  '['.repeat(5000),
  `{"task":"${'x'.repeat(70_000)}"}`,
  `{"agent":"a-1","token":1,"result":${'[1,'.repeat(20)}1${']'.repeat(20)}}`,
];

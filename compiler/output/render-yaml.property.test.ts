import fc from 'fast-check';
import * as jsYaml from 'js-yaml';
import { expect, test } from 'vitest';
import YAML from 'yaml';
import type { Json } from '../../spec/contract/source.ts';
import { readOwnYaml } from './read-yaml.ts';
import { renderYaml } from './render-yaml.ts';

// A full run is `NOVA_TORCH_FULL=1 npx vitest run compiler/output/render-yaml.property.test.ts`: 60,000 documents.
const RUNS = process.env['NOVA_TORCH_FULL'] === undefined ? 3_000 : 60_000;

const nasty = fc.constantFrom(
  ...['y', 'N', 'yes', 'No', 'on', 'OFF', 'true', 'False', 'null', '~', '.nan', '.inf', '-.INF', 'NaN', 'Infinity'],
  ...[
    '0777',
    '0o17',
    '0x1f',
    '1_000',
    '12:30',
    '1e3',
    '1e+21',
    '-0',
    '+1',
    '.5',
    '5.',
    '0b11',
    '2001-12-14',
    '=',
    '<<',
  ],
  ...[
    '',
    ' ',
    ' a',
    'a ',
    'a: b',
    'a:',
    ':a',
    'a #b',
    '#a',
    '- a',
    '-',
    '---',
    '...',
    '? a',
    '& a',
    '*a',
    '!a',
    '|',
    '>',
  ],
  ...[
    'a\nb',
    'a\nb\n',
    'a\n\nb',
    '\na\nb',
    ' a\nb',
    'a\n b\n',
    'a \nb',
    'a\nb\n\n',
    'a\tb\nc',
    'a\r\nb',
    '---\nkind: X\n',
  ],
  ...[
    'a\u2028---\u2028{"kind":"ClusterRoleBinding"}',
    'a\u2029b',
    'a\u0085b',
    '\ufeffa',
    'a\u202eb',
    'a\u0000b',
    '\u007f',
  ],
  ...[
    '10Gi',
    '250m',
    '1.5',
    '30s',
    '1d',
    'http://a.b:80/c?d=e',
    'x@sha256:0a',
    'a\\b',
    '"a"',
    "'a'",
    'æøå',
    '😀',
    '\u{e0001}',
  ],
  ...['{{ .Values.x }}', '${x}', '%a', '@a', '`a`', '[a', '{a', 'a, b', 'a]', 'a}', '__proto__', 'constructor', 'a  b'],
);
const text = fc.oneof(
  nasty,
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ maxLength: 20 }),
  fc.array(fc.oneof(nasty, fc.string({ maxLength: 8 })), { maxLength: 5 }).map((lines) => lines.join('\n')),
  fc.string({ minLength: 990, maxLength: 1100 }),
);
const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.oneof(text, fc.constant(null), fc.boolean(), fc.integer(), number(), fc.constantFrom(1e21, 1e-7, -2.5e-9, 0.1)),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(text, tie('json'), { maxKeys: 4 }),
  ),
}));

/** Negative zero is 0 in JSON. */
function number(): fc.Arbitrary<number> {
  return fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
}

/** Own keys only, `__proto__` among them; -0 is 0. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (part instanceof Map ? Object.fromEntries(part) : part));
}

test('every reader sees what was written: yaml 1.1, yaml 1.2, js-yaml core and 1.1, and our own', () => {
  let literals = 0;
  fc.assert(
    fc.property(fc.array(json, { minLength: 1, maxLength: 3 }), (documents) => {
      const written = renderYaml('# Generated\n', documents);
      if (/\|-?\n/.test(written)) literals++;
      const wanted = canonical(documents);
      expect(canonical(readOwnYaml(written))).toBe(wanted);
      expect(readOwnYaml(written, documents).map(canonical)).toEqual(documents.map(canonical));
      expect(canonical(readBy('1.2', written))).toBe(wanted);
      expect(canonical(readBy('1.1', written))).toBe(wanted);
      expect(canonical(jsYaml.loadAll(written))).toBe(wanted);
      expect(canonical(jsYaml.loadAll(written, { schema: jsYaml.YAML11_SCHEMA }))).toBe(wanted);
      // No byte that a Go reader takes for a break, and none that hides or reorders what a reviewer sees.
      // eslint-disable-next-line no-control-regex
      expect(written).not.toMatch(
        /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff\u202a-\u202e\u2066-\u2069\u200b-\u200f]/u,
      );
    }),
    { numRuns: RUNS },
  );
  expect(literals).toBeGreaterThan(RUNS / 100);
}, 600_000);

test('what is read never depends on what was hoped for', () => {
  fc.assert(
    fc.property(fc.array(json, { maxLength: 3 }), fc.array(json, { maxLength: 3 }), (documents, others) => {
      const written = renderYaml('# Generated\n', documents);
      const wanted = canonical(documents);
      // Parts of the same, and changes at any depth of it.
      const near = documents.map((document, index) => mixed(document, others[index] ?? null));
      for (const hoped of [others, near, documents.map((document) => ({ document })), [documents]])
        expect(canonical(readOwnYaml(written, hoped))).toBe(wanted);
    }),
    { numRuns: RUNS },
  );
}, 600_000);

/** A value with another one put into it, in the place of its last part if it has parts. */
function mixed(value: Json, other: Json): Json {
  if (Array.isArray(value)) {
    const list = value as readonly Json[];
    return list.length === 0 ? other : [...list.slice(0, -1), mixed(list.at(-1) as Json, other), other];
  }
  if (typeof value !== 'object' || value === null) return other;
  const entries = Object.entries(value);
  const last = entries.pop();
  return Object.fromEntries(last === undefined ? [] : [...entries, [last[0], mixed(last[1], other)]]);
}

function readBy(version: '1.1' | '1.2', written: string): unknown[] {
  return [...YAML.parseAllDocuments(written, { version, merge: false, uniqueKeys: false })].map((document) => {
    if ('errors' in document && document.errors.length > 0) throw document.errors[0];
    return document.toJS({ mapAsMap: true }) as unknown;
  });
}

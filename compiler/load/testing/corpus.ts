import type { Code } from '../../diagnostics/catalog.ts';

/**
 * What hostile texts must end with. Numbers in front of names are rows of the threat model: 1 to 3 bombs of aliases and
 * keys, 4 nesting, 5 size, 6 duplicate keys, 7 prototype keys, 8 scalars that readers see differently, 9 directives, 10
 * tags, 11 recursion, 12 keys that are no text, 13 characters, 14 encodings, 15 characters that deceive, 16 nothing at all,
 * 17 names, 18 links, 19 other languages, 20 labels, 21 environment variables, 23 ownership, 24 secret paths, 25 cycles,
 * 26 numbers, 27 images, 28 patterns, 31 what messages repeat, 32 killed while writing.
 */

/** A code and where: `NT1107 11:3`. */
export type Expected = `${Code} ${number}:${number}`;

/** Files of `corpus/`: the exit code, then every problem in the order of places. */
export const expectations: Readonly<Record<string, readonly [exit: number, ...problems: Expected[]]>> = {
  '01-alias-bomb.yaml': [
    4,
    'NT1102 1:4',
    'NT1102 2:4',
    'NT1102 2:8',
    'NT1102 2:11',
    'NT1102 2:14',
    'NT1102 2:17',
    'NT1102 2:20',
    'NT1102 2:23',
    'NT1102 2:26',
    'NT1102 2:29',
  ],
  '02-aliased-map.yaml': [4, 'NT1102 10:11', 'NT1103 11:13', 'NT1102 11:17'],
  '02-merge-key.yaml': [1, 'NT1103 11:5'],
  '03-many-keys.yaml': [4, 'NT1113 2001:1'],
  '04-brackets.yaml': [4, 'NT1114 1:67'],
  '04-maps-in-maps.yaml': [4, 'NT1114 64:127'],
  '04-schema-in-schema.json': [4, 'NT1114 1:449'],
  '06-duplicate-key-quoted.yaml': [1, 'NT1107 10:24', 'NT1107 10:37'],
  '06-duplicate-key.yaml': [1, 'NT1107 11:3'],
  '07-proto-key.yaml': [1, 'NT1108 1:1'],
  '07-proto-nested.yaml': [1, 'NT1108 10:13', 'NT1108 10:29', 'NT1108 10:46'],
  '08-norway.yaml': [1, 'NT1119 10:16', 'NT1119 11:9'],
  '08-not-finite.yaml': [1, 'NT1109 10:17', 'NT1109 10:28', 'NT1109 11:21', 'NT1109 11:32'],
  '08-not-safe.yaml': [1, 'NT1109 10:17', 'NT1109 10:40', 'NT1109 11:17'],
  '08-octal.yaml': [1, 'NT1109 10:17', 'NT1203 11:9'],
  '08-underscore-and-time.yaml': [1, 'NT1203 10:17', 'NT1206 11:9', 'NT1119 12:16'],
  '09-directive.yaml': [1, 'NT1105 1:1'],
  '09-tag-directive.yaml': [1, 'NT1105 2:1'],
  '10-tag-binary.yaml': [1, 'NT1104 10:16'],
  '10-tag-function.yaml': [1, 'NT1104 10:16'],
  '10-tag-own.yaml': [1, 'NT1104 6:10', 'NT1104 8:12'],
  '11-recursive-alias.yaml': [4, 'NT1102 10:14', 'NT1102 10:18'],
  '12-complex-key.yaml': [1, 'NT1106 10:15', 'NT1106 10:29'],
  '12-empty-key.yaml': [1, 'NT1106 11:5', 'NT1106 11:10', 'NT1106 13:5'],
  '12-number-key.yaml': [1, 'NT1106 11:5', 'NT1106 12:5', 'NT1106 13:5'],
  '13-bom-crlf.yaml': [1, 'NT1201 10:3'],
  '13-c0-c1.yaml': [1, 'NT1110 10:18', 'NT1110 11:11'],
  '13-escaped-control.yaml': [1, 'NT1110 10:16', 'NT1110 11:9'],
  '13-line-separator.yaml': [1, 'NT1110 10:17', 'NT1110 10:21', 'NT1110 11:14'],
  '13-lone-carriage-return.yaml': [1, 'NT1110 10:17'],
  '13-next-line.yaml': [1, 'NT1110 10:17'],
  '13-nul.yaml': [1, 'NT1110 10:17'],
  '13-tab.yaml': [1, 'NT1112 10:1', 'NT1112 11:3'],
  '14-lone-surrogate.yaml': [1, 'NT1110 10:16'],
  '15-bidi-comment.yaml': [1, 'NT1111 10:12', 'NT1111 10:18'],
  '15-bidi-escaped.yaml': [1, 'NT1111 10:16'],
  '15-bidi-escaped-in-schema.json': [1, 'NT1111 1:36'],
  '15-homoglyph-name.yaml': [1, 'NT1206 4:9'],
  '15-not-composed.yaml': [1, 'NT1116 10:16'],
  '15-zero-width.yaml': [1, 'NT1111 10:12'],
  '16-empty.yaml': [1, 'NT1118 1:1'],
  '16-null-document.yaml': [1, 'NT1117 10:1', 'NT1117 12:3'],
  '16-only-comments.yaml': [1, 'NT1118 1:1'],
  '17-absolute.yaml': [1, 'NT1206 4:9'],
  '17-dotdot.yaml': [1, 'NT1206 4:9'],
  '17-dots.yaml': [1, 'NT1206 4:9', 'NT1206 14:9'],
  '17-slash.yaml': [1, 'NT1206 4:9'],
  '17-too-long.yaml': [1, 'NT1207 4:9'],
  '17-trailing-hyphen.yaml': [1, 'NT1206 4:9'],
  '17-upper-case.yaml': [1, 'NT1206 4:9'],
  '19-expression-text.yaml': [0],
  '20-annotations.yaml': [1, 'NT1201 5:3'],
  '20-label-injection.yaml': [1, 'NT1206 5:13', 'NT1206 5:47'],
  '21-env-names.yaml': [1, 'NT1206 8:12', 'NT1206 8:27', 'NT1119 8:34', 'NT1206 8:37'],
  '23-team-in-metadata.yaml': [3, 'NT1215 5:3'],
  '23-team-in-spec.yaml': [3, 'NT1215 10:3'],
  '24-secret-wildcards.yaml': [1, 'NT1206 11:16', 'NT1206 12:16', 'NT1206 13:16', 'NT1206 14:16'],
  '25-calls-in-a-circle.yaml': [1, 'NT2020 10:14'],
  '25-calls-itself.yaml': [1, 'NT2020 10:14'],
  '25-fallback-circle.yaml': [0, 'NT5042 29:38'],
  '25-hidden-route.yaml': [1, 'NT5020 25:3'],
  '25-weights-of-nothing.yaml': [1, 'NT5030 17:3'],
  '26-amounts.yaml': [1, 'NT1218 8:26', 'NT1218 10:38', 'NT1218 10:53', 'NT1218 11:21', 'NT1218 12:18', 'NT1218 12:37'],
  '26-numbers.yaml': [
    1,
    'NT1205 8:12',
    'NT1205 9:20',
    'NT1203 9:36',
    'NT1206 10:23',
    'NT1203 10:39',
    'NT1206 10:56',
    'NT1206 12:38',
    'NT1206 12:51',
    'NT1205 13:17',
    'NT1205 13:34',
  ],
  '27-image.yaml': [1, 'NT1206 7:12', 'NT1206 17:12'],
  '28-exponential-pattern.json': [1, 'NT1405 1:73'],
  '28-pattern-of-another-dialect.json': [1, 'NT1405 1:32'],
  '31-ansi-in-field.yaml': [1, 'NT1110 10:3'],
  '31-markup-in-field.yaml': [1, 'NT1201 10:3'],
};

export interface Recipe {
  readonly text: () => string;
  readonly exit: number;
  readonly problems: readonly Expected[];
}

const FLEET = `apiVersion: nova-torch.dev/v1
kind: Fleet
metadata:
  name: corpus
spec:
  agent:
    image: ghcr.io/acme/corpus:1
  accepts:
    web_research: {}
`;

/** Apart, so that no scanner takes this file for a key. */
const SECRET_WORD = ['PRI', 'VATE'].join('');

const times = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index));

/** Texts too large, or too much like real secrets, to be kept as files. */
export const recipes: Readonly<Record<string, Recipe>> = {
  '02 four thousand aliases of a large map': {
    text: () =>
      `a: &a { ${times(1500, (index) => `k${index}: 1`).join(', ')} }\nb: [${times(4000, () => '*a').join(', ')}]\n`,
    exit: 4,
    problems: [
      'NT1102 1:4',
      'NT1102 2:5',
      'NT1102 2:9',
      'NT1102 2:13',
      'NT1102 2:17',
      'NT1102 2:21',
      'NT1102 2:25',
      'NT1102 2:29',
      'NT1102 2:33',
      'NT1102 2:37',
    ],
  },
  '03 forty thousand keys': {
    text: () => times(30_000, (index) => `k${index}: 1\n`).join(''),
    exit: 4,
    problems: ['NT1113 2001:1'],
  },
  '03 forty thousand keys in one flow map': {
    text: () => `{ ${times(30_000, (index) => `k${index}: 1`).join(', ')} }`,
    exit: 4,
    problems: ['NT1113 1:18893'],
  },
  '04 a hundred thousand brackets': { text: () => '['.repeat(100_000), exit: 4, problems: ['NT1114 1:64'] },
  '04 a hundred thousand braces': { text: () => '{'.repeat(100_000), exit: 4, problems: ['NT1114 1:64'] },
  '04 a hundred thousand dashes': { text: () => '- '.repeat(100_000), exit: 4, problems: ['NT1114 1:129'] },
  '04 a hundred thousand maps in maps': { text: () => '{a: '.repeat(100_000), exit: 4, problems: ['NT1114 1:250'] },
  '05 two hundred thousand list items': { text: () => `[${'1,'.repeat(120_000)}]`, exit: 1, problems: ['NT1214 1:1'] },
  '05 a scalar of a quarter megabyte': {
    text: () => `${FLEET}  description: ${'x'.repeat(250_000)}\n`,
    exit: 1,
    problems: ['NT1207 10:16'],
  },
  '05 lines of comments': { text: () => `${'#\n'.repeat(120_000)}${FLEET}`, exit: 0, problems: [] },
  '05 blanks of indentation': {
    text: () => `a:\n${' '.repeat(250_000)}b: 1\n`,
    exit: 1,
    problems: ['NT1202 1:1', 'NT1202 1:1'],
  },
  '13 a quarter megabyte of escape characters': {
    text: () => '\u001B'.repeat(250_000),
    exit: 1,
    problems: [
      'NT1110 1:1',
      'NT1110 1:2',
      'NT1110 1:3',
      'NT1110 1:4',
      'NT1110 1:5',
      'NT1110 1:6',
      'NT1110 1:7',
      'NT1110 1:8',
      'NT1110 1:9',
      'NT1110 1:10',
    ],
  },
  '13 a quarter megabyte of tabs': {
    text: () => `a:\n${'\tb\n'.repeat(80_000)}`,
    exit: 1,
    problems: [
      'NT1112 2:1',
      'NT1112 3:1',
      'NT1112 4:1',
      'NT1112 5:1',
      'NT1112 6:1',
      'NT1112 7:1',
      'NT1112 8:1',
      'NT1112 9:1',
      'NT1112 10:1',
      'NT1112 11:1',
    ],
  },
  '16 ten thousand documents': { text: () => '---\n'.repeat(10_000), exit: 4, problems: ['NT1115 1:1'] },
  '16 sixty-five documents': { text: () => '---\na: 1\n'.repeat(65), exit: 4, problems: ['NT1115 1:1'] },
  '27 an image host with credentials': {
    text: () => FLEET.replace('ghcr.io/acme', 'https://user:hunter2@ghcr.io/acme'),
    exit: 1,
    problems: ['NT1206 7:12', 'NT1301 7:20'],
  },
  '31 a GitHub token in a value': {
    text: () => `${FLEET}  description: "token ghp_${'aB1'.repeat(12)}"\n`,
    exit: 1,
    problems: ['NT1301 10:23'],
  },
  '31 an AWS key in a comment': {
    text: () => `${FLEET}# AKIA${'ABCD2345'.repeat(2)}\n`,
    exit: 1,
    problems: ['NT1301 10:3'],
  },
  '31 a private key in a block': {
    text: () =>
      `${FLEET}  description: |\n    -----BEGIN RSA ${SECRET_WORD} KEY-----\n    MIIEow\n    -----END RSA ${SECRET_WORD} KEY-----\n`,
    exit: 1,
    problems: ['NT1301 11:5'],
  },
  '31 a token in a field of the wrong type': {
    text: () =>
      FLEET.replace(
        'web_research: {}',
        `web_research: "eyJ${'a1'.repeat(10)}.eyJ${'b2'.repeat(10)}.${'c3'.repeat(10)}"`,
      ),
    exit: 1,
    problems: ['NT1203 9:19', 'NT1301 9:20'],
  },
  '31 many beginnings of tokens': {
    text: () => `# ${'-eyJ'.repeat(60_000)}\n# ${'password: '.repeat(2000)}\n`,
    exit: 1,
    problems: ['NT1118 1:1'],
  },
  '31 a name of a quarter megabyte': {
    text: () => FLEET.replace('corpus', 'x'.repeat(250_000)),
    exit: 1,
    problems: ['NT1207 4:9'],
  },
};

/**
 * Rows that no text can show, or not alone: a file and the name of its test, or what a case prints and the code it must
 * begin with.
 */
export const coveredRows: Readonly<Record<number, readonly (readonly [path: string, says: string])[]>> = {
  5: [
    ['compiler/load/read.test.ts', 'a file of more than 256 KiB is not opened'],
    ['compiler/load/read.test.ts', 'more than 16 MiB in all are not read'],
    ['compiler/load/read.test.ts', 'more than 20,000 files are not read, in however many folders'],
  ],
  14: [['compiler/load/read.test.ts', 'a file that is not UTF-8 is refused with the offset of the first wrong byte']],
  18: [
    ['compiler/load/read.test.ts', 'links, pipes and second names are refused and the rest is read'],
    ['compiler/load/read.test.ts', 'a spec that is itself a link or a file is refused'],
    ['compiler/load/read.test.ts', 'a socket is refused'],
    ['compiler/output/write.test.ts', 'links and other strange things are listed, the folder itself too'],
  ],
  23: [['compiler/diagnostics/cases/NT1215-team-in-a-field/expected.txt', 'NT1215']],
  25: [
    ['compiler/check/cycles.test.ts', 'a chain of 20,000 nodes does not exhaust the stack'],
    ['compiler/diagnostics/cases/NT2020-call-cycle/expected.txt', 'NT2020'],
    ['compiler/diagnostics/cases/NT5020-hidden-route/expected.txt', 'NT5020'],
  ],
  28: [
    ['compiler/load/json-schema.test.ts', 'patterns that take exponential time are refused and ordinary ones are not'],
    ['compiler/diagnostics/cases/NT1405-dangerous-pattern/expected.txt', 'NT1405'],
  ],
  32: [
    ['compiler/output/write.test.ts', 'a limit on file sizes, as a full disk, leaves the old tree and no remains'],
    [
      'compiler/output/write.test.ts',
      'a folder without the right to change it stops the write before anything is moved',
    ],
    [
      'compiler/output/write.test.ts',
      'killed at 50 random moments: a reader sees the old tree, the new one or none, and recovery ends the third',
    ],
  ],
};

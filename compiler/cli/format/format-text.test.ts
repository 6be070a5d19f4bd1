import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { expect, test } from 'vitest';
import { runHere } from '../testing/host.ts';
import { repository } from '../testing/repository.ts';
import { formatFile } from './format-file.ts';
import { formatText } from './format-text.ts';
import { commentsOf, sameValues } from './same-values.ts';

const SPEC = resolve(import.meta.dirname, '../../../spec');

const UNTIDY = `# who it is
kind: Route
apiVersion: nova-torch.dev/v1
spec:
    # where to
    to: {   code-fixer: 100 }
    match: {task: bug_fix}   # what
metadata: {name: bug-fix}
`;

const TIDY = `apiVersion: nova-torch.dev/v1
# who it is
kind: Route
metadata: {name: bug-fix}
spec:
  match: {task: bug_fix} # what
  # where to
  to: {code-fixer: 100}
`;

test('keys get the order of the language and comments stay with them', () => {
  expect(formatText(UNTIDY)).toBe(TIDY);
});

test('a formatted text stays as it is', () => {
  expect(formatText(TIDY)).toBe(TIDY);
});

test('a text that is not YAML is refused', () => {
  expect(formatText('a: [1\n')).toEqual({ reason: expect.stringMatching(/^Flow sequence/) as string });
});

test('formatting every spec file twice is the same as once, and changes no value', () => {
  const paths = readdirSync(SPEC, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.yaml'));
  expect(paths.length).toBeGreaterThan(40);
  for (const path of paths) {
    const text = readFileSync(join(SPEC, path), 'utf8');
    const once = formatText(text);
    if (typeof once !== 'string') throw new Error(`${path}: ${once.reason}`);
    expect(formatText(once), path).toBe(once);
    expect(sameValues(text, once), path).toBe(true);
  }
});

test('formatting random documents twice is the same as once, and changes no value', () => {
  const document = fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), fc.jsonValue({ maxDepth: 3 }), {
    noNullPrototype: true,
  });
  fc.assert(
    fc.property(document, (value) => {
      const text = stringify({ kind: 'Fleet', spec: value });
      const once = formatText(text);
      if (typeof once !== 'string') return;
      expect(formatText(once)).toBe(once);
      expect(sameValues(text, once)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('a document that is no map, of no known kind or with odd keys is formatted as it stands', () => {
  expect(formatText('-   a\n-   b\n')).toBe('- a\n- b\n');
  expect(formatText('spec:   1\nkind: Flet\n')).toBe('spec: 1\nkind: Flet\n');
  expect(formatText('spec: { ? [a] : 1, to:  2 }\nkind: Route\n')).toBe(
    'kind: Route\nspec:\n  {\n    to: 2,\n    ? [a]\n    : 1\n  }\n',
  );
  expect(formatText('')).toBe('');
});

test('a comment behind the mark of an empty block stays a comment', () => {
  expect(formatText('a: |- # why\n\nb: 1\n')).toBe('a: "" # why\nb: 1\n');
});

test('what the writer needs two rounds for is formatted in one', () => {
  const once = formatText('to: { # here\n\n }\nimage: x\n');
  expect(once).toBe('to: {} # here\n\nimage: x\n');
});

/** Which of a text's lines get a comment behind them, and which one of their own above, and how far that is indented. */
const commented = fc.record({
  value: fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), fc.jsonValue({ maxDepth: 3 }), { noNullPrototype: true }),
  indent: fc.constantFrom(1, 2, 4),
  flow: fc.boolean(),
  behind: fc.array(fc.nat({ max: 40 }), { maxLength: 8 }),
  above: fc.array(fc.tuple(fc.nat({ max: 40 }), fc.constantFrom(0, 2, 4, 9)), { maxLength: 8 }),
  blank: fc.array(fc.nat({ max: 40 }), { maxLength: 4 }),
  ending: fc.constantFrom('\n', '\r\n'),
  documents: fc.constantFrom(1, 2),
});

type Commented = typeof commented extends fc.Arbitrary<infer T> ? T : never;

function textOf({ value, indent, flow, behind, above, blank, ending, documents }: Commented): string {
  const lines = stringify({ spec: value, kind: 'Fleet', metadata: { b: [{ c: 1 }], a: {} } }, { indent, lineWidth: 40 })
    .trimEnd()
    .split('\n');
  if (flow) lines.push('to: { x: [1, 2],', '  y: {}, z: "q" }');
  const text = lines
    .flatMap((line, index) => [
      ...(blank.includes(index) ? [''] : []),
      ...above.flatMap(([at, width]) => (at === index ? [`${' '.repeat(width)}# above ${index}`] : [])),
      behind.includes(index) ? `${line} # behind ${index}` : line,
    ])
    .join(ending);
  return Array.from({ length: documents }, () => text).join(`${ending}---${ending}`);
}

test('every comment survives wherever it stands, and what was formatted is formatted', () => {
  const counts = { same: 0, changed: 0, left: 0 };
  fc.assert(
    fc.property(commented, (given) => {
      const file = { path: 'spec/a.yaml', text: textOf(given) };
      let isSound = true;
      const result = formatFile(file, () => (isSound = false));
      if (!isSound) {
        expect(result).toEqual({ state: 'left' });
        return;
      }
      counts[result.state]++;
      if (result.state !== 'changed') return;
      expect(commentsOf(result.text)).toEqual(commentsOf(file.text));
      expect(sameValues(file.text, result.text)).toBe(true);
      expect(formatFile({ ...file, text: result.text }, () => undefined)).toEqual({ state: 'same' });
    }),
    { numRuns: 1000 },
  );
  expect(counts.changed).toBeGreaterThan(200);
  expect(counts.left).toBeLessThan(counts.changed / 20);
});

test('every comment of a text is found, and nothing that only looks like one', () => {
  const text = '# a\nb: "# no" # c\nd: |\n  # no\ne: [1, # f\n  2]\n#\ng: x#no\n';
  expect(commentsOf(text)).toEqual(['#', '# a', '# c', '# f']);
});

test('fmt says when every file is formatted, and with --check ends with 0', async () => {
  const cwd = repository();
  expect((await runHere(['fmt'], { cwd })).code).toBe(0);
  const words = { code: 0, stdout: '11 files are formatted\n', stderr: '' };
  expect(await runHere(['fmt'], { cwd })).toEqual(words);
  expect(await runHere(['fmt', '--check'], { cwd })).toEqual(words);
});

test('fmt writes what it formats, --check only names it', async () => {
  const cwd = repository({
    'spec/teams/engineering/routes.yaml': UNTIDY,
    'spec/teams/research/broken.yaml': 'a: [1\n',
  });
  const checked = await runHere(['fmt', '--check'], { cwd });
  expect(checked.code).toBe(1);
  expect(checked.stdout).toContain('would format  spec/teams/engineering/routes.yaml\n');
  expect(checked.stderr).toContain('error[NT1101]');
  expect(checked.stderr).toContain('spec/teams/research/broken.yaml:2:1');
  expect(readFileSync(join(cwd, 'spec/teams/engineering/routes.yaml'), 'utf8')).toBe(UNTIDY);
  await runHere(['fmt'], { cwd });
  expect(readFileSync(join(cwd, 'spec/teams/engineering/routes.yaml'), 'utf8')).toBe(TIDY);
});

test.each([
  ['only comments', '# soon\n\n# or later\n', 'NT1118', 1],
  ['nothing', '', 'NT1118', 1],
  ['a merge conflict', '<<<<<<< HEAD\nb: 1\n=======\na: 1\n>>>>>>> other\n', 'NT1120', 1],
  ['an alias of nothing', 'b: *a\na: 1\n', 'NT1102', 4],
  ['an anchor', 'b: &a 1\na: *a\n', 'NT1102', 4],
  ['a tag', 'b: !!binary a\na: 1\n', 'NT1104', 1],
  ['a key given twice', 'b: 1\na:   1\nb: 2\n', 'NT1107', 1],
])('a file that holds %s is left as it is, and fmt says why', async (_, text, wanted, exit) => {
  const path = 'spec/teams/engineering/routes.yaml';
  const cwd = repository({ [path]: text });
  const { code, stderr } = await runHere(['fmt'], { cwd });
  expect([code, stderr]).toEqual([exit, expect.stringContaining(`[${wanted}]`)]);
  expect(readFileSync(join(cwd, path), 'utf8')).toBe(text);
});

test('a file that the formatter itself would spoil is left as it is', async () => {
  const path = 'spec/teams/engineering/routes.yaml';
  const text = 'b: | #\n  text\na: 1\n';
  const cwd = repository({ [path]: text });
  const { code, stderr } = await runHere(['fmt'], { cwd });
  expect([code, stderr]).toEqual([1, `error: \`${path}\` is left as it is\n  a comment would get lost\n`]);
  expect(readFileSync(join(cwd, path), 'utf8')).toBe(text);
});

test('fmt says in JSON what it formatted, what it left, and why', async () => {
  const cwd = repository({
    'spec/teams/engineering/routes.yaml': UNTIDY,
    'spec/teams/research/broken.yaml': 'a: [1\n',
    'spec/teams/research/odd.yaml': 'b: | #\n  text\na: 1\n',
  });
  const { code, stdout, stderr } = await runHere(['fmt', '--check', '--format', 'json'], { cwd });
  expect([code, stderr]).toEqual([1, '']);
  expect(JSON.parse(stdout)).toMatchObject({
    exit: 1,
    files: 13,
    formatted: expect.arrayContaining(['spec/teams/engineering/routes.yaml']) as unknown,
    left: [
      { file: 'spec/teams/research/broken.yaml' },
      { file: 'spec/teams/research/odd.yaml', reason: 'a comment would get lost' },
    ],
    diagnostics: [{ code: 'NT1101', file: 'spec/teams/research/broken.yaml' }],
  });
});

import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { expect, test } from 'vitest';
import { runHere } from '../testing/host.ts';
import { repository } from '../testing/repository.ts';
import { formatText } from './format-text.ts';
import { sameValues } from './same-values.ts';

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
  expect(checked.stderr).toContain('error: `spec/teams/research/broken.yaml` is left as it is\n');
  expect(readFileSync(join(cwd, 'spec/teams/engineering/routes.yaml'), 'utf8')).toBe(UNTIDY);
  await runHere(['fmt'], { cwd });
  expect(readFileSync(join(cwd, 'spec/teams/engineering/routes.yaml'), 'utf8')).toBe(TIDY);
});

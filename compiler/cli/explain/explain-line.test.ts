import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { expect, test } from 'vitest';
import { runHere } from '../testing/host.ts';
import { repository } from '../testing/repository.ts';
import { documentsOf } from './manifests.ts';
import { pointersOf } from './pointer-lines.ts';

const FILE = 'generated/prod/teams/engineering/code-fixer/kubernetes.yaml';

async function compiled(): Promise<{ cwd: string; lineOf: (text: string) => number }> {
  const cwd = repository();
  await runHere(['compile'], { cwd });
  const lines = readFileSync(join(cwd, FILE), 'utf8').split('\n');
  return { cwd, lineOf: (text) => lines.findIndex((line) => line.includes(text)) + 1 };
}

test('a generated line leads to the line of the spec that decides it', async () => {
  const { cwd, lineOf } = await compiled();
  const { code, stdout } = await runHere(['explain', `${FILE}:${lineOf('image: ')}`], { cwd });
  expect([code, stdout]).toEqual([
    0,
    'Deployment engineering--code-fixer/code-fixer  /spec/template/spec/containers/0/image\n\n' +
      '  ╭─ spec/teams/engineering/code-fixer.yaml:8:12\n' +
      '  │\n' +
      '8 │     image: ghcr.io/acme/code-fixer@sha256:1111111111111111111111111111111111111111111111111111111111111111\n' +
      '  │            ^ comes from here\n',
  ]);
});

test('a line that nobody wrote leads to the nearest field that somebody did', async () => {
  const { cwd, lineOf } = await compiled();
  const { stdout } = await runHere(['explain', `${FILE}:${lineOf('runAsNonRoot')}`, '--format', 'json'], { cwd });
  expect(JSON.parse(stdout)).toMatchObject({
    field: '/spec/template/spec/securityContext/runAsNonRoot',
    traced: '',
    from: { file: 'spec/teams/engineering/code-fixer.yaml', line: 4 },
  });
});

test('a spec line leads to everything it decides, in every environment', async () => {
  const cwd = repository();
  const text = readFileSync(join(cwd, 'spec/teams/engineering/code-fixer.yaml'), 'utf8').split('\n');
  const line = text.findIndex((each) => each.includes('prompt:')) + 1;
  const { stdout } = await runHere(['explain', `spec/teams/engineering/code-fixer.yaml:${line}`, '--format', 'json'], {
    cwd,
  });
  const produced = JSON.parse(stdout) as { file: string; object: string; field: string }[];
  expect(new Set(produced.map(({ file }) => file.split('/')[1]))).toEqual(new Set(['dev', 'prod']));
  expect(produced).toContainEqual({
    file: FILE,
    object: 'ConfigMap engineering--code-fixer/code-fixer-prompt',
    field: '/data/prompt.md',
  });
  const whole = await runHere(['explain', 'spec/teams/engineering/code-fixer.yaml'], { cwd });
  expect(whole.stdout).toContain('  Deployment engineering--code-fixer/code-fixer\n    /\n');
});

test.each([
  ['generated/prod/nothing.yaml:1', '`generated/prod/nothing.yaml` is not a generated file of manifests'],
  [FILE, 'name a line of the generated file'],
  [`${FILE}:1`, `line 1 of \`${FILE}\` is no part of an object`],
  ['spec/nothing.yaml:1', '`spec/nothing.yaml` is no file of the spec'],
  ['spec/company.yaml:999', '`spec/company.yaml` has 10 lines, not 999'],
])('explain %s is refused', async (place, message) => {
  const { code, stderr } = await runHere(['explain', place], { cwd: repository() });
  expect([code, stderr.split('\n')[0]]).toEqual([2, `error: ${message}`]);
});

test('the pointer of every line leads to a value of the document', async () => {
  const { cwd } = await compiled();
  let seen = 0;
  for (const { lines } of documentsOf(readFileSync(join(cwd, FILE), 'utf8'))) {
    const document = parseDocument(lines.join('\n'));
    for (const pointer of pointersOf(lines).filter(Boolean)) {
      const keys = pointer
        .slice(1)
        .split('/')
        .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
      expect(document.hasIn(keys.map((key) => (/^[0-9]+$/.test(key) ? Number(key) : key))), pointer).toBe(true);
      seen += 1;
    }
  }
  expect(seen).toBeGreaterThan(200);
});

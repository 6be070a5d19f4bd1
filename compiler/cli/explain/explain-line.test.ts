import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { expect, test } from 'vitest';
import { runHere } from '../testing/host.ts';
import { repository } from '../testing/repository.ts';
import { documentsOf } from './manifests.ts';
import { jsonPointersOf, pointersOf } from './pointer-lines.ts';

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
      `  │            ${'^'.repeat(95)} comes from here\n`,
  ]);
});

test('a column may stand behind the line, as problems and editors write places', async () => {
  const { cwd, lineOf } = await compiled();
  const place = `${FILE}:${lineOf('image: ')}`;
  const { code, stdout } = await runHere(['explain', `${place}:18`], { cwd });
  expect([code, stdout]).toEqual([0, (await runHere(['explain', place], { cwd })).stdout]);
  const spec = await runHere(['explain', 'spec/teams/engineering/code-fixer.yaml:8:12'], { cwd });
  expect([spec.code, spec.stdout]).toEqual([0, expect.stringContaining(FILE)]);
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

test('the name of an object that is called after its fleet comes from the fleet', async () => {
  const { cwd, lineOf } = await compiled();
  const line = lineOf('kind: ServiceAccount') + 2;
  const { stdout } = await runHere(['explain', `${FILE}:${line}`, '--format', 'json'], { cwd });
  expect(JSON.parse(stdout)).toMatchObject({
    object: 'ServiceAccount engineering--code-fixer/code-fixer',
    field: '/metadata/name',
    traced: '/metadata/name',
    from: { file: 'spec/teams/engineering/code-fixer.yaml', line: 4 },
  });
});

test('text says which field is the nearest one that the spec decides', async () => {
  const { cwd, lineOf } = await compiled();
  const whole = await runHere(['explain', `${FILE}:${lineOf('runAsNonRoot')}`], { cwd });
  const { stdout } = whole;
  expect(stdout).toContain(`  │         ${'^'.repeat(10)} comes from here\n`);
  expect(stdout.endsWith('\nnobody wrote this very field; the nearest one that the spec decides is the object\n')).toBe(
    true,
  );
  const near = await runHere(['explain', `${FILE}:${lineOf('- name: tmp')}`], { cwd });
  expect(near.stdout).toContain('the nearest one that the spec decides is ');
});

test('an empty line of a text belongs to the text, and names that need quotes are names', async () => {
  expect(pointersOf(['data:', '  "on": |', '    a', '', '    b', '  next: 1'])).toEqual([
    '/data',
    '/data/on',
    '/data/on',
    '/data/on',
    '/data/on',
    '/data/next',
  ]);
  const fleet = readFileSync(join(repository(), 'spec/teams/engineering/test-writer.yaml'), 'utf8');
  const cwd = repository({ 'spec/teams/engineering/yes.yaml': fleet.replace('name: test-writer', 'name: "yes"') });
  await runHere(['compile'], { cwd });
  const path = 'generated/prod/teams/engineering/yes/kubernetes.yaml';
  const line =
    readFileSync(join(cwd, path), 'utf8')
      .split('\n')
      .findIndex((text) => text.includes('image: ')) + 1;
  const { stdout } = await runHere(['explain', `${path}:${line}`, '--format', 'json'], { cwd });
  expect(JSON.parse(stdout)).toMatchObject({
    object: 'Deployment engineering--yes/yes',
    from: { file: 'spec/teams/engineering/yes.yaml', line: 7, column: 12, length: 96 },
  });
});

test('a spec line that nothing comes from says so', async () => {
  const { code, stdout } = await runHere(['explain', 'spec/teams/engineering/code-fixer.yaml:1'], {
    cwd: repository(),
  });
  expect([code, stdout]).toEqual([0, 'nothing that is generated comes from here\n']);
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
  [
    'generated/prod/nothing.yaml:1',
    '`generated/prod/nothing.yaml` is no generated file that comes from a place of the spec',
  ],
  [FILE, 'name a line of the generated file'],
  [`${FILE}:1`, `line 1 of \`${FILE}\` is no part of an object`],
  ['spec/nothing.yaml:1', '`spec/nothing.yaml` is no file of the spec'],
  ['spec/company.yaml:999', '`spec/company.yaml` has 10 lines, not 999'],
])('explain %s is refused', async (place, message) => {
  const { code, stderr } = await runHere(['explain', place], { cwd: repository() });
  expect([code, stderr.split('\n')[0]]).toEqual([2, `error: ${message}`]);
});

test.each([0, 100_000])('a generated file has no line %i', async (line) => {
  const { cwd } = await compiled();
  const count = readFileSync(join(cwd, FILE), 'utf8').split('\n').length - 1;
  const { code, stderr } = await runHere(['explain', `${FILE}:${line}`], { cwd });
  expect([code, stderr]).toEqual([2, `error: \`${FILE}\` has ${count} lines, not ${line}\n`]);
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

test('a line of the routing table leads to what decides it, and back', async () => {
  const { cwd } = await compiled();
  const path = 'generated/prod/routing-table.json';
  const lines = readFileSync(join(cwd, path), 'utf8').split('\n');
  const lineOf = (text: string, after = 0) => lines.findIndex((line, at) => at >= after && line.includes(text)) + 1;
  const slots = lineOf('"slots": 2');
  const explained = await runHere(['explain', `${path}:${slots}`, '--format', 'json'], { cwd });
  expect(JSON.parse(explained.stdout)).toMatchObject({
    object: 'routing-table.json',
    field: '/fleets/engineering~1code-fixer/slots',
    traced: '/fleets/engineering~1code-fixer/slots',
    from: { file: 'spec/teams/engineering/code-fixer.yaml', line: 9 },
  });
  const run = await runHere(['explain', `${path}:${lineOf('"runMs": 2700000')}`, '--format', 'json'], { cwd });
  expect(JSON.parse(run.stdout)).toMatchObject({ from: { file: 'spec/teams/engineering/code-fixer.yaml', line: 15 } });
  const back = await runHere(['explain', 'spec/teams/engineering/code-fixer.yaml:15'], { cwd });
  expect(back.stdout).toContain(
    `${path}\n  routing-table.json\n    /fleets/engineering~1code-fixer/accepts/bug_fix/runMs\n`,
  );
});

test('a rule as promtool reads it leads to the objective it is of', async () => {
  const { cwd } = await compiled();
  const path = 'generated/prod/teams/engineering/code-fixer/prometheus.rules.yaml';
  const text = readFileSync(join(cwd, path), 'utf8');
  const line = text.split('\n').findIndex((one) => one.includes('record: ')) + 1;
  const { stdout } = await runHere(['explain', `${path}:${line}`, '--format', 'json'], { cwd });
  expect(JSON.parse(stdout)).toMatchObject({
    object: 'prometheus.rules.yaml',
    traced: '/groups/0/rules/0',
    from: { file: 'spec/teams/engineering/code-fixer.yaml', line: 4 },
  });
});

test('the lines of any JSON lead to the values on them', () => {
  const value = { a: [1, { 'b/c': [], d: {} }, [2, 3]], 'e"f': { g: null }, h: 'x [' };
  expect(jsonPointersOf(JSON.stringify(value, null, 2).split('\n'))).toEqual([
    ...['', '/a', '/a/0', '/a/1', '/a/1/b~1c', '/a/1/d', '/a/1', '/a/2', '/a/2/0', '/a/2/1', '/a/2', '/a'],
    ...['/e"f', '/e"f/g', '/e"f', '/h', ''],
  ]);
});

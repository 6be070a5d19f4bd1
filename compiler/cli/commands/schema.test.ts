import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { folderOf } from '../testing/built.ts';
import { runHere } from '../testing/host.ts';

test('the schema of the whole language is what editors are given', async () => {
  const { code, stdout } = await runHere(['schema']);
  expect(code).toBe(0);
  expect(stdout).toBe(readFileSync('spec/contract/generated/nova-torch.schema.json', 'utf8'));
});

test.each(['Fleet', 'route', 'SCHEDULE', 'Patch'])(
  'the schema of %s stands alone and judges its documents',
  async (kind) => {
    const { code, stdout } = await runHere(['schema', kind]);
    expect(code).toBe(0);
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(JSON.parse(stdout) as object);
    expect(validate({ apiVersion: 'nova-torch.dev/v1', kind: 'Nothing', metadata: { name: 'a' }, spec: {} })).toBe(
      false,
    );
  },
);

test('a kind that does not exist is refused with those that do', async () => {
  const { code, stderr } = await runHere(['schema', 'Flet']);
  expect([code, stderr]).toEqual([
    2,
    'error: there is no kind `Flet`\n  did you mean `Fleet`?\n' +
      '  kinds are Company, Environment, Team, Fleet, Route, Provider, ToolServer, Schedule, Patch\n',
  ]);
});

test('--out writes a file, and only where there is a folder', async () => {
  const cwd = folderOf({ 'a/old.json': 'old' });
  expect(await runHere(['schema', 'Team', '--out', 'a/old.json'], { cwd })).toEqual({
    code: 0,
    stdout: '',
    stderr: '',
  });
  expect(JSON.parse(readFileSync(join(cwd, 'a/old.json'), 'utf8'))).toMatchObject({ type: 'object' });
  const { code, stderr } = await runHere(['schema', '--out', 'b/new.json'], { cwd });
  expect([code, stderr]).toEqual([2, 'error: there is no folder for `b/new.json`\n']);
});

test('schema replaces no device and no link', async () => {
  const cwd = folderOf({ 'real.json': '{}' });
  symlinkSync('real.json', join(cwd, 'link.json'));
  for (const out of ['link.json', '/dev/null']) {
    const { code, stderr } = await runHere(['schema', '--out', out], { cwd });
    expect([code, stderr]).toEqual([
      2,
      `error: \`${out}\` is no regular file\n  without \`--out\` the schema is printed\n`,
    ]);
  }
  expect(readFileSync(join(cwd, 'real.json'), 'utf8')).toBe('{}');
});

import { expect, test } from 'vitest';
import { contents } from './testing/built.ts';
import { runHere } from './testing/host.ts';
import { repository } from './testing/repository.ts';

/** A patch of a fleet of the base company that sets one value. */
function patch(operation: string, kind = 'Deployment'): Record<string, string> {
  return {
    'spec/teams/engineering/patches.yaml': `apiVersion: nova-torch.dev/v1
kind: Patch
metadata: { name: slow-start }
spec:
  fleet: code-fixer
  target: { kind: ${kind} }
  owner: acme/engineering
  reason: Nodes of the new pool need longer
  expires: 2026-01-31
  operations:
    - ${operation}
`,
  };
}

const WRONG = [
  ['NT3101', patch('{ op: add, path: /spec/minReadySecondz, value: 30 }')],
  ['NT3102', patch("{ op: add, path: /spec/minReadySeconds, value: 'soon' }")],
  ['NT3052', patch('{ op: add, path: /spec/minReadySeconds, value: 30 }', 'StatefulSet')],
  ['NT3054', patch('{ op: replace, path: /spec/template/spec/containers/0/imagePullPolicy, value: IfNotPresent }')],
] as const;

test.each(WRONG)('%s of a patch is said by check and diff as by compile, with its exit code', async (code, files) => {
  const cwd = repository(files);
  const compiled = await runHere(['compile'], { cwd });
  const before = contents(cwd);
  expect(compiled.stderr).toContain(`error[${code}]`);
  const problems = compiled.stderr.replace('nothing was written\n', '');
  for (const command of ['check', 'diff'])
    expect(await runHere([command], { cwd })).toEqual({ code: compiled.code, stdout: '', stderr: problems });
  expect(contents(cwd)).toEqual(before);
});

test('diff says in JSON what is wrong with a patch where JSON was asked for', async () => {
  const { code, stdout } = await runHere(['diff', '--format', 'json'], { cwd: repository(WRONG[0][1]) });
  const { exit, diagnostics } = JSON.parse(stdout) as { exit: number; diagnostics: readonly { code: string }[] };
  expect([code, exit, diagnostics.map((one) => one.code)]).toEqual([1, 1, ['NT3101']]);
});

test('a patch that fits is nothing to check about', async () => {
  const cwd = repository(patch('{ op: add, path: /spec/minReadySeconds, value: 30 }'));
  expect((await runHere(['check'], { cwd })).stdout).toMatch(/^ok /);
});

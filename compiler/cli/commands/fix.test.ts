import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { contents, folderOf } from '../testing/built.ts';
import { runHere } from '../testing/host.ts';
import { repository } from '../testing/repository.ts';

const ROUTE = `apiVersion: nova-torch.dev/v1
kind: Route
metadata: { name: extra }
spec:
  match: { taks: bug_fix, where: input.severity == 'high' }
  precedence: 900
  to: { code-fixer: 100 }
  priority: { defalt: high }
`;

test('fix --code corrects problems of that code only', async () => {
  const cwd = repository({ 'spec/teams/engineering/extra.yaml': ROUTE });
  expect(await runHere(['fix', '--code', 'NT1109', '--dry-run'], { cwd })).toEqual({
    code: 1,
    stdout: 'nothing can be corrected with certainty\n',
    stderr: '2 errors left: see `nova-torch check`\n',
  });
  const { code, stdout } = await runHere(['fix', '--code', 'NT1201'], { cwd });
  expect([code, stdout]).toEqual([
    0,
    'fixed  spec/teams/engineering/extra.yaml: NT1201 renames it to `task`\n' +
      'fixed  spec/teams/engineering/extra.yaml: NT1201 renames it to `default`\n' +
      '2 corrected\n',
  ]);
});

test('what the guide breaks ends as it says: a near name is named, a misspelt field is fixed', async () => {
  const minimal = resolve(import.meta.dirname, '../../../spec/examples/minimal');
  const path = 'spec/teams/shop/routes.yaml';
  const broken = (from: string, to: string) => {
    const files = contents(minimal);
    return folderOf({ ...files, [path]: String(files[path]).replace(from, to) });
  };
  const renamed = await runHere(['check'], { cwd: broken('greeter:', 'greter:') });
  expect([renamed.code, renamed.stderr]).toEqual([1, expect.stringContaining('did you mean `greeter`?')]);
  const misspelt = await runHere(['fix'], { cwd: broken('match:', 'mtch:') });
  expect(misspelt).toEqual({
    code: 0,
    stdout: `fixed  ${path}: NT1201 renames it to \`match\`\n1 corrected\n`,
    stderr: '',
  });
});

test('a dry run says what it would correct, and does not say that it did', async () => {
  const cwd = repository({ 'spec/teams/engineering/extra.yaml': ROUTE });
  const { stdout } = await runHere(['fix', '--code', 'NT1201', '--dry-run'], { cwd });
  expect(stdout).toContain('would fix  spec/teams/engineering/extra.yaml: NT1201 renames it to `task`\n');
  expect(stdout.endsWith('\n2 would be corrected\n')).toBe(true);
});

test('a code that does not exist is a mistake in the call', async () => {
  expect(await runHere(['fix', '--code', 'NT1201', '--code', 'NT9999'], { cwd: repository() })).toEqual({
    code: 2,
    stdout: '',
    stderr: 'error: there is no code `NT9999`\n',
  });
  expect((await runHere(['fix', '--code', 'nt1201'], { cwd: repository() })).stderr).toContain(
    'did you mean `NT1201`?',
  );
});

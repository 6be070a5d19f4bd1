import { expect, test } from 'vitest';
import { folderOf } from './testing/built.ts';
import { runHere } from './testing/host.ts';
import { repository } from './testing/repository.ts';

const MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n';

test('verify passes what a compile wrote, each environment with its own version', async () => {
  const cwd = repository();
  expect((await runHere(['compile'], { cwd })).code).toBe(0);
  const { code, stdout, stderr } = await runHere(['verify'], { cwd });
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^ok {2}\d+ objects of \d+ kinds in \d+ files, for Kubernetes [\d., ]+ \(0 ms\)\n$/);
});

test('verify shows the line, the caret and what was meant', async () => {
  const cwd = folderOf({ 'web.yaml': `${MAP}dat: {}\n` });
  expect(await runHere(['verify', 'web.yaml'], { cwd })).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('error[NT3101]: ConfigMap a has no field `/dat`') as string,
  });
});

test.each(['json', 'sarif', 'github'])('verify --format %s prints to standard output alone', async (format) => {
  const cwd = folderOf({ 'a/web.yaml': `${MAP}dat: {}\n` });
  const { code, stdout, stderr } = await runHere(['verify', 'a', '--format', format], { cwd });
  expect([code, stderr]).toEqual([1, '']);
  expect(stdout).toContain('NT3101');
});

test('verify --kubernetes decides what is served', async () => {
  const claim = 'apiVersion: resource.k8s.io/v1\nkind: DeviceClass\nmetadata: {name: a}\nspec: {}\n';
  const cwd = folderOf({ 'a.yaml': claim });
  expect((await runHere(['verify', '.', '--kubernetes', '1.33'], { cwd })).stderr).toContain('error[NT3104]');
  expect((await runHere(['verify', '.', '--kubernetes', '1.34'], { cwd })).code).toBe(0);
});

test('verify refuses a path with nothing to verify', async () => {
  const cwd = folderOf({ 'empty/readme.md': 'nothing' });
  expect((await runHere(['verify'], { cwd })).stderr).toContain('there is nothing at `generated`');
  expect(await runHere(['verify', 'empty'], { cwd })).toEqual({
    code: 2,
    stdout: '',
    stderr: 'error: there are no manifests in `empty`\n',
  });
});

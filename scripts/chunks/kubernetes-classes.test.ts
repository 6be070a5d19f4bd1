import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { build } from 'esbuild';
import { namedClasses, separable } from './kubernetes-classes.ts';

const require = createRequire(import.meta.url);
const PACKAGE = 'cdk8s-plus-27/lib/imports/k8s.js';
const code = separable(readFileSync(require.resolve(PACKAGE), 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'nova-torch-classes-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Exports = Readonly<Record<string, unknown>>;
const original = require(PACKAGE) as Exports;

async function imported(): Promise<Exports> {
  const path = join(folder, 'k8s.mjs');
  writeFileSync(path, code);
  return (await import(path)) as Exports;
}

test('all that the package exports is there, under a name that is looked for', async () => {
  const names = Object.keys(await imported());
  expect(names.sort()).toEqual(Object.keys(original).sort());
  expect(names.filter((name) => !/^(?:[A-Z]\w*|toJson_\w+)$/.test(name))).toEqual([]);
});

test('every class writes what the class of the package writes', async () => {
  const props = {
    metadata: { name: 'one', labels: { a: 'b' } },
    spec: { replicas: 2, type: 'x' },
    data: { key: 'value' },
  };
  const written = (from: Exports, name: string): unknown =>
    (from[name] as { manifest(props: object): unknown }).manifest(props);
  const ours = await imported();
  const classes = Object.keys(original).filter((name) => name.startsWith('Kube') && !name.endsWith('List'));
  expect(classes.length).toBeGreaterThan(60);
  for (const name of classes) expect([name, written(ours, name)]).toEqual([name, written(original, name)]);
});

test('what nobody names is left out', async () => {
  writeFileSync(join(folder, 'package.js'), code);
  const contents = "import { KubeNamespace } from './package.js'; console.log(KubeNamespace.manifest());";
  const stdin = { contents, resolveDir: folder };
  const { outputFiles } = await build({ stdin, bundle: true, write: false, format: 'esm' });
  const text = outputFiles[0]?.text ?? '';
  expect(text).toContain('KubeNamespace');
  expect(text).not.toContain('KubePod');
  expect(text.length).toBeLessThan(code.length / 50);
});

test('classes and functions are found however they are named, and a use without a name is said', () => {
  expect(namedClasses('compiler')).toEqual(
    expect.arrayContaining(['KubeNamespace', 'Quantity', 'toJson_PodTemplateSpec']),
  );
  const files = {
    'a.ts': `import { k8s } from '../cdk8s/k8s.ts';\nconst { KubePod } = k8s;\n`,
    'b.ts': 'const { KubePod } = k8s;',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  expect(() => namedClasses(folder)).toThrow(
    'a.ts: a class is named after `k8s.`, and not so: const { KubePod } = k8s;',
  );
});

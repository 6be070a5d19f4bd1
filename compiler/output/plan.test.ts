import { expect, test } from 'vitest';
import type { CompiledEnvironment, CompiledUnit } from '../compile.ts';
import { collector } from '../diagnostics/report.ts';
import { planWrite } from './plan.ts';
import type { PlanInput, WritePlan } from './plan.ts';
import type { GeneratedTree } from './tree.ts';
import { indexOf, indexPath, merkleRoot, parseIndex, printIndex, printManifest, sha256 } from './unit-index.ts';

const triage = unit('teams/support/triage', { 'teams/support/triage/kubernetes.yaml': 'a: 1\nb: 2\n' });
const writer = unit('teams/support/writer', { 'teams/support/writer/kubernetes.yaml': 'a: 1\n' });

test('an empty tree gets every file, an index per unit and a manifest per environment', () => {
  const { plan, problems } = planned({ prod: [triage, writer] }, {});
  expect(problems).toEqual([]);
  expect([...plan.writes.keys()]).toEqual([
    'prod/teams/support/triage/kubernetes.yaml',
    '.index/prod/teams/support/triage.json',
    'prod/teams/support/writer/kubernetes.yaml',
    '.index/prod/teams/support/writer.json',
    'prod/manifest.json',
  ]);
  expect(plan.writes.get('.index/prod/teams/support/triage.json')).toBe(`{
  "unit": "teams/support/triage",
  "digest": "0f",
  "compiler": "0.1.0",
  "inputs": [
    "spec/a.yaml",
    "spec/b.yaml"
  ],
  "files": {
    "teams/support/triage/kubernetes.yaml": {
      "sha256": "${sha256('a: 1\nb: 2\n')}",
      "emitter": "kubernetes"
    }
  },
  "immutable": null
}
`);
});

test('a tree that is up to date stays as it is', () => {
  const files = treeOf({ prod: [triage, writer] });
  const { plan } = planned({ prod: [triage, writer] }, files);
  expect([...plan.writes.keys(), ...plan.removes]).toEqual([]);
  expect(plan.keeps).toEqual(Object.keys(files).sort());
});

test('one change writes one file, its index and the manifest; what a unit gave up goes, what nobody owns stays', () => {
  const files = {
    ...treeOf({ prod: [triage, writer] }),
    'prod/teams/support/writer/notes.txt': 'mine',
    'releases/x': 'y',
  };
  const { plan, problems } = planned(
    { prod: [unit(triage.id, { 'teams/support/triage/istio.yaml': 'x: 1\n' })] },
    files,
  );
  expect(problems).toEqual([]);
  expect([...plan.writes.keys()]).toEqual([
    'prod/teams/support/triage/istio.yaml',
    '.index/prod/teams/support/triage.json',
    'prod/manifest.json',
  ]);
  expect(plan.removes).toEqual([
    '.index/prod/teams/support/writer.json',
    'prod/teams/support/triage/kubernetes.yaml',
    'prod/teams/support/writer/kubernetes.yaml',
  ]);
  expect(plan.keeps).toEqual(['prod/teams/support/writer/notes.txt', 'releases/x']);
});

test('a file where a folder has to be, and a folder where a file has to be, are in the way and not lost', () => {
  const { problems } = planned(
    { prod: [triage] },
    { 'prod/teams': 'mine\n', 'prod/manifest.json/notes.txt': 'mine\n' },
  );
  expect(problems).toEqual([
    'NT6002 `generated/prod/teams` is in the way: the compiler would write it but did not make it',
    'NT6002 `generated/prod/manifest.json` is in the way: the compiler would write it but did not make it',
  ]);
});

test('an environment that was not compiled is left alone, one that the company no longer has is removed', () => {
  const files = treeOf({ prod: [triage], gone: [writer], dev: [writer] });
  const { plan } = planned({ prod: [triage] }, files, { environmentNames: ['dev', 'prod'] });
  expect(plan.removes).toEqual([
    '.index/gone/teams/support/writer.json',
    'gone/manifest.json',
    'gone/teams/support/writer/kubernetes.yaml',
  ]);
  expect([...plan.writes]).toEqual([]);
});

test('an edit by hand is named with its line and kept, unless it is to be discarded', () => {
  const path = 'prod/teams/support/triage/kubernetes.yaml';
  const files = { ...treeOf({ prod: [triage] }), [path]: 'a: 1\nb: 3\n' };
  const { plan, diagnostics } = planned({ prod: [triage] }, files);
  expect([...plan.writes.keys()]).toEqual([]);
  expect(diagnostics).toEqual([
    {
      code: 'NT6001',
      severity: 'error',
      message: `generated file \`generated/${path}\` was edited by hand (line 2)`,
      at: { file: `generated/${path}`, start: 5, end: 9 },
      label: 'the first line that the compiler writes differently',
      related: [],
      notes: [
        `to drop the edit: git checkout -- generated/${path}, or nova-torch compile --discard-edits`,
        'to keep it: say it in the spec, or in a Patch with an owner, a reason and a last day',
      ],
    },
  ]);
  const discarding = planned({ prod: [triage] }, files, { discardEdits: true });
  expect(discarding.problems).toEqual([]);
  expect([...discarding.plan.writes]).toEqual([[path, 'a: 1\nb: 2\n']]);
});

test('an edit that only adds lines is named at the last line', () => {
  const path = 'prod/teams/support/writer/kubernetes.yaml';
  const { problems } = planned({ prod: [writer] }, { ...treeOf({ prod: [writer] }), [path]: 'a: 1' });
  expect(problems).toEqual([`NT6001 generated file \`generated/${path}\` was edited by hand (line 1)`]);
});

test('an edited file is not removed with its unit, and one that holds what would be written is no problem', () => {
  const path = 'prod/teams/support/writer/kubernetes.yaml';
  const files = { ...treeOf({ prod: [triage, writer] }), [path]: 'a: 2\n' };
  expect(planned({ prod: [triage] }, files).problems).toEqual([
    `NT6001 generated file \`generated/${path}\` was edited by hand (line 1)`,
  ]);
  const same = planned({ prod: [triage, unit(writer.id, { [path.slice(5)]: 'a: 2\n' })] }, files);
  expect(same.problems).toEqual([]);
  expect([...same.plan.writes.keys()]).toEqual(['.index/prod/teams/support/writer.json', 'prod/manifest.json']);
});

test('a file that nobody owns is never overwritten', () => {
  const path = 'prod/teams/support/writer/kubernetes.yaml';
  const { plan, problems } = planned({ prod: [writer] }, { [path]: 'mine\n' });
  expect(problems).toEqual([
    `NT6002 \`generated/${path}\` is in the way: the compiler would write it but did not make it`,
  ]);
  expect(plan.writes.has(path)).toBe(false);
});

test('links and torn indexes are problems', () => {
  const torn = '.index/prod/teams/support/triage.json';
  const { problems } = planned({ prod: [] }, { [torn]: '<<<<<<< ours\n' }, {}, ['', 'prod/link']);
  expect(problems).toEqual([
    'NT6003 `generated` is not a folder',
    'NT6003 `generated/prod/link` is not a regular file or folder',
    `NT6004 \`generated/${torn}\` cannot be read as the index of a unit`,
  ]);
});

test('a link is shown as a whole, at its own path', () => {
  const { diagnostics } = planned({ prod: [] }, {}, {}, ['prod/link']);
  const message = '`generated/prod/link` is not a regular file or folder';
  expect(diagnostics).toMatchObject([
    { code: 'NT6003', message, at: { file: 'generated/prod/link', start: 0, end: 0 } },
  ]);
});

test('an emitter cannot write outside of its environment, nor where another one writes', () => {
  for (const path of ['../x', 'a/../../x', '/etc/x', 'a//b', 'a/.', 'c:x', 'a.', 'x'.repeat(401), '']) {
    expect(() => planned({ prod: [unit('u', { [path]: '' })] }, {}), path).toThrow('would write outside of generated/');
  }
  expect(() => planned({ prod: [unit('a', { x: '1' }), unit('b', { X: '2' })] }, {})).toThrow(
    'two emitters would write prod/X',
  );
});

test('what is no index is not taken for one', () => {
  const good = JSON.parse(printIndex(indexOf(triage))) as Record<string, unknown>;
  expect(parseIndex(JSON.stringify(good))).toEqual(indexOf(triage));
  const { immutable: _, ...older } = good;
  expect(parseIndex(JSON.stringify(older))?.immutable).toBe(null);
  const bad: unknown[] = [1, null, [], { ...good, unit: 1 }, { ...good, digest: null }, { ...good, compiler: {} }];
  bad.push({ ...good, inputs: 'x' }, { ...good, files: [] }, { ...good, files: { a: { sha256: 1, emitter: '' } } });
  bad.push({ ...good, files: { '../../etc/passwd': { sha256: '', emitter: '' } } });
  for (const value of bad) expect(parseIndex(JSON.stringify(value)), JSON.stringify(value)).toBe(undefined);
  expect(parseIndex('{')).toBe(undefined);
});

test('the Merkle root is computed from the manifest and changes with any unit', () => {
  const root = (units: readonly CompiledUnit[]): string | undefined =>
    merkleRoot(JSON.parse(printManifest('prod', units)) as never);
  expect(root([triage, writer])).toMatch(/^[0-9a-f]{64}$/);
  expect(root([writer, triage])).toBe(root([triage, writer]));
  expect(root([triage])).not.toBe(root([triage, writer]));
  expect(root([{ ...triage, digest: '10' }])).not.toBe(root([triage]));
  expect(merkleRoot([])).toBe(undefined);
  expect(printManifest('prod', [])).not.toContain('root');
});

function unit(id: string, files: Readonly<Record<string, string>>): CompiledUnit {
  return {
    id,
    digest: '0f',
    inputs: ['spec/b.yaml', 'spec/a.yaml'],
    files: Object.entries(files).map(([path, text]) => ({ path, text, sha256: sha256(text), emitter: 'kubernetes' })),
    objects: 1,
    immutable: null,
  };
}

function compiledOf(environments: Readonly<Record<string, readonly CompiledUnit[]>>): CompiledEnvironment[] {
  return Object.entries(environments).map(([name, units]) => ({ name, units }));
}

function treeOf(environments: Readonly<Record<string, readonly CompiledUnit[]>>): Record<string, string> {
  const files: Record<string, string> = {};
  for (const { name, units } of compiledOf(environments)) {
    for (const one of units) {
      for (const file of one.files) files[`${name}/${file.path}`] = file.text;
      files[indexPath(name, one.id)] = printIndex(indexOf(one));
    }
    files[`${name}/manifest.json`] = printManifest(name, units);
  }
  return files;
}

function planned(
  environments: Readonly<Record<string, readonly CompiledUnit[]>>,
  files: Readonly<Record<string, string>>,
  more: Partial<PlanInput> = {},
  foreign: readonly string[] = [],
): { plan: WritePlan; problems: string[]; diagnostics: readonly unknown[] } {
  const { report, diagnostics } = collector();
  const compiled = compiledOf(environments);
  const plan = planWrite({
    compiled,
    environmentNames: compiled.map(({ name }) => name),
    tree: inMemory(files, foreign),
    digestOf: (path) => sha256(files[path] as string),
    report,
    ...more,
  });
  return { plan, diagnostics, problems: diagnostics.map(({ code, message }) => `${code} ${message}`) };
}

function inMemory(files: Readonly<Record<string, string>>, foreign: readonly string[]): GeneratedTree {
  const indexes = new Map();
  const brokenIndexes: string[] = [];
  for (const [path, text] of Object.entries(files)) {
    if (!path.startsWith('.index/')) continue;
    const index = parseIndex(text);
    if (index === undefined) brokenIndexes.push(path);
    else indexes.set(path, index);
  }
  const listing = { files: Object.keys(files).sort(), foreign, tooDeep: [] };
  return { ...listing, indexes, brokenIndexes, read: (path) => files[path] as string };
}

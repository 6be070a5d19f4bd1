import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { listFiles } from '../output/tree.ts';
import { compileTree } from './compile-tree.ts';
import type { CompiledTree, CompileTreeOptions } from './compile-tree.ts';
import { stagesFor } from './testing/stages.ts';
import type { Counts } from './testing/stages.ts';
import { stateFolder } from './testing/state-folder.ts';

const TRIAGE = 'spec/teams/support/triage.yaml';

test('a first compile writes everything; without a change the next one parses, imports and emits nothing', async () => {
  const root = repository();
  const first = await run(root);
  expect(first.problems).toEqual([]);
  expect(first.counts).toEqual({ emittersLoaded: 1, fleets: 4, environments: 2, proofs: 2 });
  expect(first.environments).toEqual([
    { name: 'dev', fleets: 2, routes: 0, objects: 2, files: 5 },
    { name: 'prod', fleets: 2, routes: 0, objects: 2, files: 5 },
  ]);
  expect(Object.keys(tree(root)).filter((path) => path.includes('prod'))).toEqual([
    '.index/prod/list.json',
    '.index/prod/teams/support/triage.json',
    '.index/prod/teams/support/writer.json',
    'prod/list.json',
    'prod/manifest.json',
    'prod/teams/support/triage/config.yaml',
    'prod/teams/support/triage/note.txt',
    'prod/teams/support/writer/config.yaml',
    'prod/teams/support/writer/note.txt',
  ]);
  const second = await run(root);
  expect(second).toMatchObject({ unchanged: true, written: [], removed: [], environments: first.environments });
  expect(second.counts).toEqual({ emittersLoaded: 0, fleets: 0, environments: 0, proofs: 0 });
});

test('one change emits one unit in each environment, and its bytes are those of a cold compile', async () => {
  const root = repository();
  await run(root);
  put(root, { [TRIAGE]: fleet('triage', 'sorts\nmail') });
  const second = await run(root);
  expect(second.counts).toEqual({ emittersLoaded: 1, fleets: 2, environments: 2, proofs: 0 });
  expect(second.written.filter((path) => path.startsWith('prod'))).toEqual([
    'prod/teams/support/triage/config.yaml',
    'prod/manifest.json',
  ]);
  expect(tree(root)).toEqual(await coldTree(root));
  expect((await run(root)).unchanged).toBe(true);
});

test('a comment emits nothing and writes nothing', async () => {
  const root = repository();
  await run(root);
  put(root, { [TRIAGE]: `# why\n${fleet('triage', 'sorts')}` });
  const second = await run(root);
  expect(second.counts.fleets).toBe(0);
  expect(second).toMatchObject({ unchanged: false, written: [], removed: [] });
  expect((await run(root)).unchanged).toBe(true);
});

test('a fleet that goes takes its files with it, and a new one comes', async () => {
  const root = repository();
  await run(root);
  rmSync(join(root, TRIAGE));
  put(root, { 'spec/teams/support/sorter.yaml': fleet('sorter', 'constructor') });
  const second = await run(root);
  expect(second.removed).toEqual(
    ['dev', 'prod']
      .flatMap((name) => [
        `.index/${name}/teams/support/triage.json`,
        `${name}/teams/support/triage/config.yaml`,
        `${name}/teams/support/triage/note.txt`,
      ])
      .sort(),
  );
  expect(tree(root)).toEqual(await coldTree(root));
});

test('a generated file that was deleted comes back, and one edited by hand stops the compile', async () => {
  const root = repository();
  await run(root);
  const file = 'generated/prod/teams/support/triage/config.yaml';
  const before = tree(root);
  rmSync(join(root, file));
  expect((await run(root)).written).toEqual([file.slice('generated/'.length)]);
  expect(tree(root)).toEqual(before);
  writeFileSync(join(root, file), `${before[file.slice('generated/'.length)]}# mine\n`);
  const edited = await run(root);
  expect(edited.problems).toEqual([`NT6001 generated file \`${file}\` was edited by hand (line 9)`]);
  expect(edited.sourceOf(file)).toContain('# mine');
  expect(edited.sourceOf('generated/none')).toBe(undefined);
  expect((await run(root, { discardEdits: true })).written).toEqual([file.slice('generated/'.length)]);
  expect(tree(root)).toEqual(before);
});

test('an error in the spec writes nothing, is said again, and is gone when it is repaired', async () => {
  const root = repository();
  await run(root);
  const before = tree(root);
  put(root, { [TRIAGE]: fleet('triage', 'refuse') });
  for (let round = 0; round < 2; round++) {
    const failed = await run(root);
    expect(failed.problems).toHaveLength(1);
    expect(failed.counts.emittersLoaded).toBe(0);
    expect(tree(root)).toEqual(before);
  }
  put(root, { [TRIAGE]: 'kind: [' });
  expect((await run(root)).problems[0]).toMatch(/^NT1/);
  expect(tree(root)).toEqual(before);
  put(root, { [TRIAGE]: fleet('triage', 'sorts') });
  expect(await run(root)).toMatchObject({ problems: [], unchanged: true });
});

test('a link in the spec or in the tree stops the compile', async () => {
  const root = repository();
  await run(root);
  symlinkSync('/etc/passwd', join(root, 'generated/prod/passwd'));
  put(root, { [TRIAGE]: fleet('triage', 'other') });
  expect((await run(root)).problems).toEqual(['NT6003 `generated/prod/passwd` is not a regular file or folder']);
  rmSync(join(root, 'generated/prod/passwd'));
  symlinkSync('/etc/passwd', join(root, 'spec/teams/support/other.yaml'));
  expect((await run(root)).problems).toHaveLength(1);
});

test('a warning of an emitter is said on every run, with or without a change', async () => {
  const root = repository();
  put(root, { [TRIAGE]: fleet('triage', 'warn') });
  const first = await run(root);
  expect(first.problems).toHaveLength(1);
  expect(await run(root)).toMatchObject({ problems: first.problems, unchanged: true });
  put(root, { 'spec/teams/support/writer.yaml': fleet('writer', 'x') });
  expect(await run(root)).toMatchObject({ problems: first.problems, unchanged: false });
});

test('a proof is made again when its premises or summaries change, and for as long as it finds something', async () => {
  const root = repository();
  await run(root);
  put(root, { [TRIAGE]: fleet('triage', 'doubt') });
  const doubted = await run(root);
  expect(doubted.counts.proofs).toBe(2);
  expect(doubted.problems).toHaveLength(1);
  put(root, { 'spec/teams/support/writer.yaml': fleet('writer', 'x'), [TRIAGE]: `# why\n${fleet('triage', 'doubt')}` });
  const moved = await run(root);
  expect(moved.counts.proofs).toBe(2);
  expect(moved.problems).toEqual(doubted.problems);
  expect(moved.diagnostics[0]?.at.start).toBe((doubted.diagnostics[0]?.at.start ?? 0) + '# why\n'.length);
  put(root, { [TRIAGE]: fleet('triage', 'sorts') });
  expect(await run(root)).toMatchObject({ problems: [], counts: { proofs: 2 } });
  put(root, { 'spec/teams/support/sorter.yaml': fleet('sorter', 'x') });
  expect((await run(root)).counts.proofs).toBe(2);
  put(root, { [TRIAGE]: fleet('triage', 'sorts letters') });
  expect((await run(root)).counts.proofs).toBe(0);
});

test('what the cluster would refuse to change is compared with the tree, also for a fleet that is gone', async () => {
  const root = repository();
  put(root, { [TRIAGE]: fleet('triage', 'fixed 1') });
  expect((await run(root)).problems).toEqual([]);
  const before = tree(root);
  put(root, { [TRIAGE]: fleet('triage', 'fixed 2') });
  const changed = await run(root);
  expect(changed.problems).toEqual(['NT3010 `data` of teams/support/triage cannot be changed from  to ']);
  expect(changed.diagnostics[0]?.at.file).toBe(TRIAGE);
  rmSync(join(root, TRIAGE));
  const gone = await run(root);
  expect(gone.problems).toHaveLength(2);
  expect(gone.problems[0]).toMatch(/^NT3011 it and its volumes would be left behind: `teams\/support\/triage`/);
  expect(gone.diagnostics[1]?.at.file).toBe('generated/.index/prod/teams/support/triage.json');
  expect(tree(root)).toEqual(before);
  for (const name of ['dev', 'prod'])
    rmSync(join(root, 'generated', name, 'teams/support/triage'), { recursive: true });
  expect((await run(root)).problems).toEqual([]);
  expect(Object.keys(tree(root)).filter((path) => path.includes('triage'))).toEqual([]);
});

test('only the chosen environments are emitted, and the others keep their files', async () => {
  const root = repository();
  await run(root);
  put(root, { [TRIAGE]: fleet('triage', 'new') });
  const { written } = await run(root, { environments: ['dev'] });
  expect(written.every((path) => /^(\.index\/)?dev\//.test(path))).toBe(true);
  expect(tree(root)['prod/teams/support/triage/config.yaml']).toContain('sorts');
  await run(root);
  expect(tree(root)).toEqual(await coldTree(root));
});

test('what a merge brings back of a fleet that is gone is seen, whatever the last compile said', async () => {
  const root = repository();
  await run(root);
  const before = tree(root);
  rmSync(join(root, TRIAGE));
  await run(root);
  const back = Object.keys(before).filter((path) => path.includes('prod/teams/support/triage'));
  expect(back).toHaveLength(3);
  for (const path of back) put(root, { [`generated/${path}`]: before[path] as string });
  const { problems } = await run(root, { mode: 'compare' });
  expect(problems).toEqual(back.map((path) => `NT6006 \`generated/${path}\` should not exist any more`));
  expect((await run(root)).removed).toEqual(back);
  expect((await run(root)).unchanged).toBe(true);
});

test('with one environment chosen, a damaged index of another one is seen', async () => {
  const root = repository();
  await run(root);
  const chosen = { environments: ['dev'] };
  await run(root, chosen);
  expect((await run(root, chosen)).unchanged).toBe(true);
  put(root, { 'generated/.index/prod/list.json': '<<<<<<< ours' });
  const { problems } = await run(root, chosen);
  expect(problems).toEqual(['NT6004 `generated/.index/prod/list.json` cannot be read as the index of a unit']);
});

test('an environment that the company gave up loses its files', async () => {
  const root = repository();
  await run(root);
  put(root, { [TRIAGE]: fleet('triage', 'new') });
  await run(root, { stages: stagesFor(fresh(), ['prod']) });
  expect(Object.keys(tree(root)).filter((path) => path.includes('dev/'))).toEqual([]);
});

test('comparing names what is out of date and writes nothing', async () => {
  const root = repository();
  await run(root);
  expect((await run(root, { mode: 'compare' })).problems).toEqual([]);
  const before = tree(root);
  put(root, { [TRIAGE]: fleet('triage', 'new') });
  rmSync(join(root, 'spec/teams/support/writer.yaml'));
  const { problems } = await run(root, { mode: 'compare', environments: ['prod'] });
  expect(problems).toEqual(
    [
      'NT6006 `generated/.index/prod/teams/support/writer.json` should not exist any more',
      'NT6005 `generated/.index/prod/teams/support/triage.json` is out of date',
      'NT6005 `generated/prod/list.json` is out of date',
      'NT6005 `generated/.index/prod/list.json` is out of date',
      'NT6005 `generated/prod/manifest.json` is out of date',
      'NT6005 `generated/prod/teams/support/triage/config.yaml` is out of date',
      'NT6006 `generated/prod/teams/support/writer/config.yaml` should not exist any more',
      'NT6006 `generated/prod/teams/support/writer/note.txt` should not exist any more',
    ].sort((a, b) => ((a.split('`')[1] ?? '') < (b.split('`')[1] ?? '') ? -1 : 1)),
  );
  expect(tree(root)).toEqual(before);
});

test('a damaged, torn, foreign or older cache changes no byte', async () => {
  const root = repository();
  await run(root);
  put(root, { [TRIAGE]: fleet('triage', 'changed') });
  await run(root);
  const wanted = await coldTree(root);
  const folder = join(root, '.nova-torch/cache');
  const caches = readdirSync(folder).sort();
  expect(caches).toEqual(['documents.json', 'state.json', 'units.json']);
  let seed = 11;
  for (let round = 0; round < 40; round++) {
    seed = (seed * 16_807) % 2_147_483_647;
    const path = join(folder, caches[round % 3] as string);
    const bytes = readFileSync(path);
    const at = seed % bytes.length;
    if (round % 4 === 3) writeFileSync(path, bytes.subarray(0, at));
    else writeFileSync(path, bytes.fill((bytes[at] ?? 0) ^ (1 << (round % 8)), at, at + 1));
    put(root, { 'spec/teams/support/writer.yaml': `# ${round}\n${fleet('writer', 'writes')}` });
    expect((await run(root)).problems, `round ${round}`).toEqual([]);
    expect(tree(root), `round ${round}`).toEqual(wanted);
  }
  writeFileSync(join(folder, 'state.json'), 'nova-torch cache 0 0.0.0 x\n{}');
  expect((await run(root)).unchanged).toBe(false);
  expect(tree(root)).toEqual(wanted);
}, 120_000);

test('a cache that cannot be written costs nothing but time', async () => {
  const root = repository();
  put(root, { '.nova-torch/cache': 'in the way' });
  expect((await run(root)).problems).toEqual([]);
  const again = await run(root);
  expect(again).toMatchObject({ problems: [], unchanged: false, written: [] });
});

test('the order in which the disk lists files changes nothing', async () => {
  const [one, two] = [repository(), mkdtempSync(join(tmpdir(), 'nova-torch-order-'))];
  onTestFinished(() => rmSync(two, { recursive: true, force: true }));
  put(two, Object.fromEntries(Object.entries(SPEC).reverse()));
  await run(one);
  await run(two);
  expect(tree(two)).toEqual(tree(one));
});

const SPEC: Readonly<Record<string, string>> = {
  'spec/company.yaml': `apiVersion: nova-torch.dev/v1
kind: Company
metadata: { name: acme }
spec: { environments: [dev, prod], teams: { support: { weight: 1 } } }
`,
  'spec/teams/support/team.yaml': `apiVersion: nova-torch.dev/v1
kind: Team
metadata: { name: support }
spec: { owners: [acme/support] }
`,
  [TRIAGE]: fleet('triage', 'sorts'),
  'spec/teams/support/writer.yaml': fleet('writer', 'writes'),
};

function fleet(name: string, description: string): string {
  return `apiVersion: nova-torch.dev/v1
kind: Fleet
metadata:
  name: ${name}
spec:
  description: ${JSON.stringify(description)}
  agent:
    image: ghcr.io/acme/${name}:1
  accepts:
    work: {}
`;
}

function fresh(): Counts {
  return { emittersLoaded: 0, fleets: 0, environments: 0, proofs: 0 };
}

async function run(
  root: string,
  more: Partial<CompileTreeOptions> = {},
): Promise<CompiledTree & { readonly counts: Counts; readonly problems: readonly string[] }> {
  const counts = fresh();
  const always = { root, stateFolder, today: '2026-11-23', stages: stagesFor(counts), mode: 'write' } as const;
  const result = await compileTree({ ...always, ...more });
  return { ...result, counts, problems: result.diagnostics.map(({ code, message }) => `${code} ${message}`) };
}

function repository(): string {
  const root = mkdtempSync(join(tmpdir(), 'nova-torch-tree-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  put(root, SPEC);
  return root;
}

function put(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

function tree(root: string): Record<string, string> {
  const folder = join(root, 'generated');
  return Object.fromEntries(listFiles(folder).files.map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}

/** What a compile of the same spec writes that knows nothing. */
async function coldTree(root: string): Promise<Record<string, string>> {
  const other = mkdtempSync(join(tmpdir(), 'nova-torch-cold-'));
  onTestFinished(() => rmSync(other, { recursive: true, force: true }));
  const folder = join(root, 'spec');
  put(
    other,
    Object.fromEntries(
      listFiles(folder).files.map((path) => [`spec/${path}`, readFileSync(join(folder, path), 'utf8')]),
    ),
  );
  expect(existsSync(join(other, '.nova-torch'))).toBe(false);
  expect((await run(other)).problems).toEqual([]);
  return tree(other);
}

import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { makeSpec } from '../../scripts/bench/make-spec.ts';
import { hasErrors } from '../compile.ts';
import { listFiles } from '../output/tree.ts';
import { stages } from '../stages.ts';
import { compileTree } from './compile-tree.ts';
import { stateFolder } from './testing/state-folder.ts';

const TEAM = 'spec/teams/team-0';
const SCHEMA = `${TEAM}/input.json`;
const ROUTE = `${TEAM}/route.yaml`;
const fleetFile = (index: number): string => `${TEAM}/fleet-a${index}.yaml`;

/** What people do to a spec. Some make errors or warnings, and some of those take others' back. */
const EDITS: Readonly<Record<string, (root: string) => void>> = {
  'more slots': replaceIn(fleetFile(0), /slots: \d+/, 'slots: 9'),
  'a larger scale': replaceIn(fleetFile(1), /max: \d+/, 'max: 30'),
  'far too large a scale': replaceIn(fleetFile(1), /max: \d+/, 'max: 90000'),
  'a comment, which moves every place': (root) =>
    change(root, fleetFile(0), (text) => (text.startsWith('#') ? text.replace(/^#.*\n/, '') : `# why\n${text}`)),
  'another task': replaceIn(fleetFile(1), /work_0_1/g, 'job_0_1'),
  'the task again': replaceIn(fleetFile(1), /job_0_1/g, 'work_0_1'),
  'a task that nobody routes': replaceIn(fleetFile(2), /accepts:\n/, 'accepts:\n    lonely: {}\n'),
  'a task less': replaceIn(fleetFile(2), / {4}lonely: \{\}\n/g, ''),
  'a secret of others': replaceIn(fleetFile(3), /kv\/team-0/, 'kv/others'),
  'a secret of its own': replaceIn(fleetFile(3), /kv\/others/, 'kv/team-0'),
  'a call': replaceIn(fleetFile(0), / {2}scale:/, '  talksTo: { fleet-a1: { tasks: [work_0_1] } }\n  scale:'),
  'no call': replaceIn(fleetFile(0), / {2}talksTo:.*\n/g, ''),
  'a fleet that goes': (root) => rmSync(join(root, fleetFile(4)), { force: true }),
  'a fleet that comes': (root) =>
    write(root, fleetFile(4), read(root, fleetFile(3)).replaceAll('fleet-a3', 'fleet-a4').replace('_0_3', '_0_4')),
  'another name of a file': (root) => {
    if (existsSync(join(root, fleetFile(5)))) renameSync(join(root, fleetFile(5)), join(root, `${TEAM}/other.yaml`));
    else renameSync(join(root, `${TEAM}/other.yaml`), join(root, fleetFile(5)));
  },
  'another name of a fleet': replaceIn(fleetFile(3), /fleet-a3\b/g, 'fleet-b3'),
  'its old name': replaceIn(fleetFile(3), /fleet-b3\b/g, 'fleet-a3'),
  'a route of its own file': (root) => write(root, `${TEAM}/first.yaml`, route(500)),
  'a lower precedence': (root) => write(root, `${TEAM}/first.yaml`, route(1)),
  'a route less': (root) => rmSync(join(root, `${TEAM}/first.yaml`), { force: true }),
  'a smaller quota': replaceIn(`${TEAM}/team.yaml`, /pods: \d+/, 'pods: 40'),
  'a larger quota': replaceIn(`${TEAM}/team.yaml`, /pods: \d+/, 'pods: 4000'),
  'secrets that the team may not read': replaceIn(`${TEAM}/team.yaml`, /kv\/team-0/, 'kv/others'),
  'secrets that it may read': replaceIn(`${TEAM}/team.yaml`, /kv\/others/, 'kv/team-0'),
  'hosts that the team may not reach': replaceIn(`${TEAM}/team.yaml`, /egress: \[api\./, 'egress: [www.'),
  'hosts that it may reach': replaceIn(`${TEAM}/team.yaml`, /egress: \[www\./, 'egress: [api.'),
  'a drain that is too short by default': byDefault('fleet: { rollout: { drain: 10s } }'),
  'a promise between two bounds by default': byDefault('fleet: { slo: { assign: p99 < 77ms } }'),
  'no defaults': replaceIn('spec/environments/prod.yaml', / {2}defaults:.*\n/g, ''),
  'registries that nobody uses': replaceIn(
    'spec/environments/prod.yaml',
    /$/,
    '  images: { registries: [r.example] }\n',
  ),
  'any registry': replaceIn('spec/environments/prod.yaml', / {2}images:.*\n/g, ''),
  'another task of a route of a file': replaceIn(ROUTE, /work_0_2/, 'other_0_2'),
  'its task again': replaceIn(ROUTE, /other_0_2/, 'work_0_2'),
  'a task for two fleets': replaceIn(ROUTE, /to: .*/, 'to: { fleet-a1: 1, fleet-a2: 1 }'),
  'another port of a fleet': replaceIn(fleetFile(1), / {4}delivery:/, '    ports: { http: 8181 }\n    delivery:'),
  'its old port': replaceIn(fleetFile(1), / {4}ports:.*\n/g, ''),
  'another weight of the team': replaceIn('spec/company.yaml', /weight: \d/, 'weight: 2'),
  'a team that has no folder': replaceIn('spec/company.yaml', /teams:\n/, 'teams:\n    ghosts: { weight: 1 }\n'),
  'no such team': replaceIn('spec/company.yaml', / {4}ghosts.*\n/g, ''),
  'another mount of secrets': replaceIn('spec/environments/prod.yaml', /mount: \w+/, 'mount: vaulted'),
  'more arrivals than fleets can take': (root) =>
    change(root, 'spec/environments/prod.yaml', (text) => `${text.trimEnd()}\n  arrivals: { work_0_0: 90000/s }\n`),
  'no arrivals': replaceIn('spec/environments/prod.yaml', / {2}arrivals:.*\n/g, ''),
  'a provider': (root) => {
    write(root, 'spec/providers/models.yaml', provider('models.example.com'));
    replaceIn(fleetFile(1), / {2}scale:/, '  providers: [models]\n  scale:')(root);
  },
  'another host of the provider': (root) => write(root, 'spec/providers/models.yaml', provider('api.example.com')),
  'no provider any more': (root) => rmSync(join(root, 'spec/providers/models.yaml'), { force: true }),
  'nobody uses the provider': replaceIn(fleetFile(1), / {2}providers:.*\n/g, ''),
  'a schema': (root) => {
    write(root, SCHEMA, '{ "type": "object" }\n');
    replaceIn(fleetFile(0), /effects: idempotent\n/, 'effects: idempotent\n      input: input.json\n')(root);
  },
  'another schema': (root) => write(root, SCHEMA, '{ "type": "object", "required": ["a"] }\n'),
  'a schema that is none': (root) => write(root, SCHEMA, '{ "type": "objekt" }\n'),
  'text that is no document': replaceIn(fleetFile(2), /kind: Fleet/, 'kind: ['),
  'the document again': replaceIn(fleetFile(2), /kind: \[/, 'kind: Fleet'),
};

test('after any edits a compile that remembers writes and says what one that knows nothing does', async () => {
  const names = Object.keys(EDITS);
  const seen = new Set<string>();
  let sound = 0;
  // Each of them, in any order: what one of them shows must not depend on luck.
  const edits = fc.shuffledSubarray(names, { minLength: names.length });
  await fc.assert(
    fc.asyncProperty(edits, async (steps) => {
      const root = folder();
      makeSpec(root, 6);
      // One route stands apart from its fleet: what is said about the fleet may change while nobody touches it.
      const [fleet = '', own = ''] = read(root, fleetFile(2)).split('---\n');
      write(root, fleetFile(2), fleet);
      write(root, ROUTE, own);
      await compiled(root);
      for (const step of steps) {
        const before = folder();
        copy(join(root, 'spec'), join(before, 'spec'));
        EDITS[step]?.(root);
        const forgetful = folder();
        for (const part of ['spec', 'generated']) copy(join(root, part), join(forgetful, part));
        const wanted = await compiled(forgetful);
        expect(await compiled(root), step).toEqual(wanted);
        expect(await compiled(root), `${step}, again`).toEqual(await compiled(forgetful));
        for (const { code } of wanted.diagnostics) seen.add(code);
        sound += hasErrors(wanted.diagnostics) ? 0 : 1;
        // An error is taken back, or nothing would be written from then on.
        if (!hasErrors(wanted.diagnostics)) continue;
        rmSync(join(root, 'spec'), { recursive: true });
        copy(join(before, 'spec'), join(root, 'spec'));
        expect((await compiled(root)).files, `${step}, taken back`).toEqual(wanted.files);
      }
    }),
    { numRuns: 1, endOnFailure: true },
  );
  // Otherwise it would have compared nothing but silence, or nothing but errors.
  expect(seen.size).toBeGreaterThan(3);
  expect(sound).toBeGreaterThan(20);
}, 300_000);

async function compiled(root: string) {
  const { diagnostics } = await compileTree({ root, stateFolder, today: '2026-11-23', stages, mode: 'write' });
  const generated = join(root, 'generated');
  const files = listFiles(generated).files.map((path) => [path, read(generated, path)] as const);
  return { diagnostics, files: Object.fromEntries(files) };
}

function folder(): string {
  const root = mkdtempSync(join(tmpdir(), 'nova-torch-edits-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

function copy(from: string, to: string): void {
  if (existsSync(from)) cpSync(from, to, { recursive: true });
}

function read(root: string, path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

function write(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** A file that an earlier edit took away or renamed stays away. */
function change(root: string, path: string, edited: (text: string) => string): void {
  if (existsSync(join(root, path))) write(root, path, edited(read(root, path)));
}

function replaceIn(path: string, what: RegExp, by: string): (root: string) => void {
  return (root) => change(root, path, (text) => text.replace(what, by));
}

/** Once: a second key of the same name would be refused. */
function byDefault(text: string): (root: string) => void {
  return (root) =>
    change(root, 'spec/environments/prod.yaml', (before) =>
      before.includes('defaults:') ? before : `${before.trimEnd()}\n  defaults: { ${text} }\n`,
    );
}

function route(precedence: number): string {
  return `apiVersion: nova-torch.dev/v1
kind: Route
metadata: { name: first }
spec:
  precedence: ${precedence}
  match: { task: work_0_0, labels: { lang: nb } }
  to: { fleet-a0: 1 }
`;
}

function provider(host: string): string {
  return `apiVersion: nova-torch.dev/v1
kind: Provider
metadata: { name: models }
spec:
  endpoint: https://${host}/v1
`;
}

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { environmentRules } from '../check/environment-rules.ts';
import { fleetRules } from '../check/fleet-rules.ts';
import type { Stages } from '../compile.ts';
import { listFiles } from '../output/tree.ts';
import { stages as all } from '../stages.ts';
import { compileTree } from './compile-tree.ts';
import { stateFolder } from './testing/state-folder.ts';

/** An edit of a file, and the code of what is then to be said about a fleet. */
interface Edit {
  readonly file: string;
  readonly what: RegExp | string;
  readonly by: string;
  readonly says: string;
}

const TEAM = 'spec/teams/support';
const ENVIRONMENT = 'spec/environments/prod.yaml';

/** The file of a team's fleet that no edit below touches, unless nothing else can make the rule speak. */
const FLEET = `${TEAM}/mine.yaml`;

const HEAD = 'apiVersion: nova-torch.dev/v1\nkind:';
const IMAGE = `ghcr.io/acme/agent@sha256:${'5'.repeat(64)}`;

const COMPANY: Readonly<Record<string, string>> = {
  'spec/company.yaml': `${HEAD} Company
metadata: { name: acme }
spec:
  environments: [prod]
  teams: { support: { weight: 1 } }
`,
  [ENVIRONMENT]: `${HEAD} Environment
metadata: { name: prod }
spec:
  cluster: { server: https://prod.k8s.acme.example }
  platform: { kubernetes: '1.33', istio: '1.29', mesh: ambient }
  trustDomain: prod.acme.example
  secrets: { engine: vault, delivery: vso, address: https://vault.acme.example:8200, mount: kv }
  arrivals: { sort: 6000/h }
`,
  [`${TEAM}/team.yaml`]: `${HEAD} Team
metadata: { name: support }
spec:
  owners: [acme/support]
  quota: { cpu: '400', memory: 800Gi, storage: 800Gi, pods: 400 }
  egress: [one.example.com, two.example.com, models.example.com]
  secretPrefixes: [database/support]
`,
  'spec/providers/models.yaml': `${HEAD} Provider
metadata: { name: models }
spec: { endpoint: https://models.example.com, secret: { path: database/support, field: key, lease: 1h } }
`,
  [`${TEAM}/input.json`]:
    '{ "type": "object", "properties": { "kind": { "enum": ["a", "b"] } }, "required": ["kind"] }',
  [FLEET]: `${HEAD} Fleet
metadata: { name: mine, labels: { of: support } }
spec:
  agent: { image: ${IMAGE}, env: { MODE: fast }, ports: { http: 8080, metrics: 9090 } }
  skills: { sort: 3 }
  accepts: { sort: { input: input.json } }
  memory: { size: 10Gi, keep: while-deployed, path: /memory }
  secrets: { KEY: { path: database/support, field: user, mount: file, lease: 1h }, WORD: { path: database/support/word, field: w, mount: env, lease: 1h } }
  egress: { one.example.com: { port: 9000 }, two.example.com: { port: 9000 } }
  providers: [models]
  talksTo: { pushed: { tasks: [push] } }
  flags:
    fast:
      owner: acme/support
      expires: '2027-01-01'
      variants: { quick: true, slow: false }
      default: slow
      rules: [{ where: input.kind == 'a', serve: quick }]
`,
  [`${TEAM}/pushed.yaml`]: `${HEAD} Fleet
metadata: { name: pushed }
spec:
  agent: { image: ${IMAGE}, delivery: push, slots: 900 }
  accepts: { push: {}, sort: { input: input.json } }
  skills: { sort: 5 }
  talksTo: { other: {} }
`,
  [`${TEAM}/other.yaml`]: `${HEAD} Fleet
metadata: { name: other }
spec:
  agent: { image: ${IMAGE} }
  accepts: { other: {} }
  scale: { min: 1, max: 10 }
`,
  [`${TEAM}/spare.yaml`]: `${HEAD} Fleet
metadata: { name: spare }
spec: { agent: { image: ${IMAGE} }, accepts: { other: {} } }
`,
  [`${TEAM}/routes.yaml`]: `${HEAD} Route
metadata: { name: sort }
spec: { match: { task: sort }, require: { skills: { sort: 2 } }, to: { mine: 1, pushed: 99 } }
---
${HEAD} Route
metadata: { name: push }
spec: { match: { task: push }, to: { pushed: 1 } }
---
${HEAD} Route
metadata: { name: other }
spec: { match: { task: other }, to: { other: 1, spare: 1 } }
`,
};

const inEnvironment = (text: string, says: string): Edit => ({
  file: ENVIRONMENT,
  what: /$/,
  by: `  ${text}\n`,
  says,
});
const byDefault = (fleet: string, says: string): Edit => inEnvironment(`defaults: { fleet: ${fleet} }`, says);
const inTeam = (what: RegExp, by: string, says: string): Edit => ({ file: `${TEAM}/team.yaml`, what, by, says });
const inFleet = (what: string, by: string, says: string): Edit => ({ file: FLEET, what, by, says });

/** For each rule of one fleet: what makes it speak; an edit of another document wherever one can. */
const FLEET_EDITS: Readonly<Record<keyof typeof fleetRules, Edit>> = {
  secrets: inTeam(/database\/support/, 'database/other', 'NT4003'),
  egress: inTeam(/two\.example\.com, /, '', 'NT4005'),
  images: inEnvironment('images: { registries: [registry.acme.example] }', 'NT4006'),
  'flag-owner': inTeam(/acme\/support/, 'acme/others', 'NT4009'),
  'env-names': inFleet('MODE: fast', 'PATH: /mine', 'NT2040'),
  leases: { file: 'spec/providers/models.yaml', what: 'lease: 1h', by: 'lease: 2h', says: 'NT2060' },
  'reserved-labels': inFleet('of: support', 'fleet: other', 'NT2057'),
  'agent-ports': inFleet('http: 8080', 'http: 80', 'NT2043'),
  'memory-path': inFleet('path: /memory', 'path: /etc', 'NT2044'),
  'plain-ports': { file: ENVIRONMENT, what: 'mesh: ambient', by: 'mesh: sidecar', says: 'NT3201' },
  heartbeat: inEnvironment('defaults: { task: { timeouts: { heartbeat: 1h } } }', 'NT5055'),
  'scale-bounds': byDefault("{ scale: { schedule: [{ cron: '0 8 * * 1', hold: 1h, min: 900 }] } }", 'NT2506'),
  'scaler-limits': byDefault('{ scale: { down: { after: 3h } } }', 'NT2551'),
  'success-objective': byDefault('{ slo: { window: 1d } }', 'NT2521'),
  'latency-objective': byDefault('{ slo: { queueWait: p99 < 10h } }', 'NT2524'),
  'measured-objective': byDefault('{ slo: { assign: p99 < 77ms } }', 'NT2527'),
  gate: byDefault('{ rollout: { gate: { success: 50% } } }', 'NT2526'),
  canary: byDefault('{ rollout: { strategy: canary } }', 'NT2541'),
  'blue-green': byDefault('{ rollout: { strategy: blue-green } }', 'NT2545'),
  underway: byDefault('{ rollout: { underway: { from: b1, step: 1 } } }', 'NT2555'),
  'push-wake': byDefault('{ scale: { min: 0 } }', 'NT2546'),
  drain: {
    file: 'spec/company.yaml',
    what: /$/,
    by: '  defaults: { fleet: { rollout: { drain: 10s } } }\n',
    says: 'NT2547',
  },
  'idle-memory': byDefault('{ scale: { min: 0 } }', 'NT2548'),
  'lease-end': byDefault('{ rollout: { drain: 30m } }', 'NT2556'),
  ports: inFleet('metrics: 9090', 'metrics: 8080', 'NT2549'),
  'flag-variants': inFleet('default: slow', 'default: slo', 'NT2601'),
  'flag-rules': { file: `${TEAM}/input.json`, what: '"kind"', by: '"sort"', says: 'NT5011' },
  'scale-clocks': byDefault("{ scale: { schedule: [{ cron: '0 0 31 2 *', hold: 1h, min: 1 }] } }", 'NT2053'),
};

const inRoutes = (what: string, by: string, says: string): Edit => ({ file: `${TEAM}/routes.yaml`, what, by, says });
const inOther = (what: string, by: string, says: string): Edit => ({ file: `${TEAM}/other.yaml`, what, by, says });

/**
 * Rules that compare fleets have something to say about one that nobody touched, and that comes of the same sources: they
 * may not be rules of one fleet.
 */
const ENVIRONMENT_EDITS: Readonly<Partial<Record<keyof typeof environmentRules, Edit>>> = {
  'unrouted-task': inRoutes('task: sort', 'task: other', 'NT5001'),
  'idle-fleet': inRoutes('mine: 1, ', '', 'NT5008'),
  'capable-fleet': inRoutes('sort: 2', 'sort: 5', 'NT5005'),
  'fleet-capacity': inRoutes('mine: 1,', 'mine: 99,', 'NT2501'),
  'single-failure': inRoutes('pushed: 99 ', 'pushed: 10000 ', 'NT2523'),
  quota: inOther('max: 10', 'max: 390', 'NT2510'),
  'call-cycle': inOther('scale:', 'talksTo: { mine: {} }\n  scale:', 'NT2020'),
};

/** Nothing is proven here but what is said about the spec, and a few files are made quickly. */
const stages: Stages = {
  resolve: all.resolve,
  check: all.check,
  emitters: async () => (await all.emitters()).filter(({ name }) => name === 'istio'),
};

const folders: string[] = [];
let base: string;

/** A copy of the base: a memory is believed only where it was made. */
const compiled = folder();

/** The base as it was after its compile. */
function restored(): string {
  rmSync(base, { recursive: true });
  cpSync(compiled, base, { recursive: true });
  return base;
}

beforeAll(async () => {
  base = folder();
  for (const [path, text] of Object.entries(COMPANY)) put(base, path, text);
  await said(base);
  cpSync(base, compiled, { recursive: true });
});
afterAll(() => folders.forEach((path) => rmSync(path, { recursive: true })));

test('every rule of one fleet is tried, and all are silent at first', async () => {
  expect(await said(base)).toEqual([]);
  expect(Object.keys(FLEET_EDITS).sort()).toEqual(Object.keys(fleetRules).sort());
  expect(Object.keys(environmentRules)).toEqual(expect.arrayContaining(Object.keys(ENVIRONMENT_EDITS)));
});

test.each<[string, Edit]>(Object.entries({ ...FLEET_EDITS, ...(ENVIRONMENT_EDITS as typeof FLEET_EDITS) }))(
  'what the rule `%s` says about a fleet that was silent is what a compile says that remembers nothing',
  async (_, { file, what, by, says }) => {
    const [root, forgetful] = [restored(), folder()];
    put(root, file, String(COMPANY[file]).replace(what, by));
    cpSync(join(root, 'spec'), join(forgetful, 'spec'), { recursive: true });
    const wanted = await said(forgetful);
    expect(wanted.map(({ code }) => code)).toContain(says);
    expect(await said(root)).toEqual(wanted);
    expect(await said(root)).toEqual(wanted);
  },
);

/** What another fleet says about a call, and the untouched fleet at the other end. */
const EDGES: Readonly<Record<string, readonly [file: string, what: string, by: string, end: string]>> = {
  'a call that another fleet begins': ['other', 'scale:', 'talksTo: { spare: {} }\n  scale:', 'spare'],
  'a call that another fleet gives up': ['pushed', 'talksTo: { other: {} }', 'talksTo: {}', 'other'],
  'another port of a fleet that is called': ['pushed', 'slots: 900', 'ports: { http: 8181 }, slots: 900', 'mine'],
};

test.each(Object.entries(EDGES))('%s changes the files at the other end', async (_, [name, what, by, end]) => {
  const [root, forgetful] = [restored(), folder()];
  const file = `${TEAM}/${name}.yaml`;
  put(root, file, String(COMPANY[file]).replace(what, by));
  cpSync(join(root, 'spec'), join(forgetful, 'spec'), { recursive: true });
  expect([await said(root), await said(forgetful)]).toEqual([[], []]);
  expect(generated(root)).toEqual(generated(forgetful));
  const index = `.index/prod/teams/support/${end}.json`;
  expect(generated(root)[index]).not.toBe(generated(compiled)[index]);
});

test('a fleet that came of the same sources is not asked about again; one with a warning is, each time', async () => {
  const root = restored();
  put(root, `${TEAM}/pushed.yaml`, `# why\n${COMPANY[`${TEAM}/pushed.yaml`]}`);
  expect(await askedAbout(root)).toEqual(['support/pushed']);
  put(root, FLEET, String(COMPANY[FLEET]).replace(IMAGE, 'ghcr.io/acme/agent'));
  expect(await askedAbout(root)).toEqual(['support/mine']);
  put(root, `${TEAM}/routes.yaml`, `# why\n${COMPANY[`${TEAM}/routes.yaml`]}`);
  expect(await askedAbout(root)).toEqual(['support/mine']);
  put(root, `${TEAM}/team.yaml`, `# why\n${COMPANY[`${TEAM}/team.yaml`]}`);
  expect(await askedAbout(root)).toEqual(['support/mine', 'support/other', 'support/pushed', 'support/spare']);
});

async function said(root: string) {
  return (await compileTree({ root, stateFolder, today: '2026-11-23', stages, mode: 'write' })).diagnostics;
}

/** The fleets that rules of one fleet looked at in a compile. */
async function askedAbout(root: string): Promise<readonly string[]> {
  const asked: string[] = [];
  const watched: Stages = {
    ...stages,
    check: (model, spec, report, today, silence) => {
      for (const environment of model.environments)
        for (const fleet of environment.fleets.values())
          if (silence?.isKnown(environment, fleet) !== true) asked.push(fleet.id);
      all.check(model, spec, report, today, silence);
    },
  };
  await compileTree({ root, stateFolder, today: '2026-11-23', stages: watched, mode: 'write' });
  return asked;
}

function generated(root: string): Readonly<Record<string, string>> {
  const tree = join(root, 'generated');
  return Object.fromEntries(listFiles(tree).files.map((path) => [path, readFileSync(join(tree, path), 'utf8')]));
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'nova-torch-untouched-'));
  folders.push(path);
  return path;
}

function put(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { placedFields } from './field.ts';
import { configFields, type Config } from './fields.ts';
import { printConfig } from './print-config.ts';
import { readConfig, type ConfigResult, type Environment } from './read-config.ts';
import { schedulerNames } from './scheduler-names.ts';

const folder = mkdtempSync(join(tmpdir(), 'nova-torch-config-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

let written = 0;
function file(text: string): string {
  written += 1;
  const path = join(folder, `${written}.yaml`);
  writeFileSync(path, text);
  return path;
}

function read(text: string | undefined, env: Environment = {}): ConfigResult {
  return readConfig(text === undefined ? undefined : file(text), env);
}

function config(text: string | undefined, env: Environment = {}): Config {
  const result = read(text, env);
  if (result.kind === 'invalid') throw new Error(result.problems.map(({ message }) => message).join('\n'));
  return result.config;
}

/** Problems with the folder and the number of the file left out. */
function problems(text: string | undefined, env: Environment = {}): readonly string[] {
  const result = read(text, env);
  if (result.kind === 'ok') return [];
  return result.problems.map(({ at, message }) => `${at.replace(/^.*\/\d+\.yaml/, 'file')} ${message}`);
}

test('without a file and without variables everything has its default', () => {
  const { scheduler, store, http, journal } = config(undefined);
  expect({ scheduler, store, http, keepMs: journal.keepMs }).toEqual({
    scheduler: { id: 'scheduler-0', count: 1, canarySeconds: 15, lameDuckMs: 0, shutdownMs: 45_000 },
    store: { url: 'memory:', user: undefined, password: undefined },
    http: { host: '127.0.0.1', port: 8080 },
    keepMs: 3_600_000,
  });
});

test('a variable counts more than the file, the file more than the default; an empty variable says nothing', () => {
  const text = 'http:\n  port: 7000\nops: {port: 7001}\nlog: {level: warn}\n';
  const { http, ops, log } = config(text, { NOVA_TORCH_HTTP_PORT: '7002', NOVA_TORCH_OPS_PORT: '' });
  expect([http.port, ops.port, log.level]).toEqual([7002, 7001, 'warn']);
});

test('JSON is read as well', () => {
  expect(config('{"auth": {"mesh": true}, "traces": {"share": 0.25}}')).toMatchObject({
    auth: { mesh: true },
    traces: { share: 0.25 },
  });
});

test.for([
  ['http:\n  prot: 1\n', 'file:2:3 there is no setting `http.prot`; there are host, port'],
  ['htp: 1\n', /^file:1:1 there is no setting `htp`; there are environment, scheduler, http, /],
  ['http:\n  port: "80"\n', 'file:2:3 `http.port` must be a whole number'],
  ['http:\n  port: 70000\n', 'file:2:3 `http.port` must be at most 65535'],
  ['http: 80\n', 'file:1:1 `http` must be a group of settings'],
  ['log:\n  level: loud\n', 'file:2:3 `log.level` must be one of debug, info, warn, error'],
  ['auth:\n  mesh: sure\n', 'file:2:3 `auth.mesh` must be true or false'],
  ['traces:\n  share: 2\n', 'file:2:3 `traces.share` must be at most 1'],
  ['traces:\n  share: half\n', 'file:2:3 `traces.share` must be a number'],
  ['environment: Prod!\n', 'file:1:1 `environment` must be lower-case letters, digits and dashes'],
  ['store:\n  user: ""\n', 'file:2:3 `store.user` must be not empty'],
  ['store:\n  user: 7\n', 'file:2:3 `store.user` must be a text'],
  [`store:\n  user: ${'x'.repeat(3000)}\n`, 'file:2:3 `store.user` must be at most 2048 characters'],
  ['journal:\n  bytesMax: 1\n', 'file:2:3 `journal.bytesMax` must be at least 16777216'],
  ['store:\n  password: hunter2\n', /^file:2:3 .*: put the secret into a file and name it in `store.passwordFile`$/],
  ['http: [\n', /^file:\d+:\d+ Flow sequence/],
  ['a: 1\na: 2\n', 'file:2:1 Map keys must be unique'],
  ['http: &x\n  port: 1\nops: *x\n', 'file:2:3 anchors and aliases are not read'],
  ['http: !!js/function "x"\n', /^file:1:7 Unresolved tag/],
  ['- 1\n', 'file must be a map of settings'],
  ['environment: dev\n---\n{}\n', 'file:2:1 another document begins here: all settings stand in one'],
  [`#${'x'.repeat(300_000)}`, 'file is larger than 262144 bytes'],
] as const)('%j is refused where it stands', ([text, said]) => {
  const [first = ''] = problems(text);
  if (typeof said === 'string') expect(first).toBe(said);
  else expect(first).toMatch(said);
  expect(first).not.toContain('hunter2');
});

test('all problems are said at once, those of variables by their names', () => {
  expect(problems('http:\n  port: -1\nlog:\n  level: x\n', { NOVA_TORCH_OPS_PORT: 'many' })).toEqual([
    'file:2:3 `http.port` must be at least 0',
    '$NOVA_TORCH_OPS_PORT `ops.port` must be a whole number',
    'file:4:3 `log.level` must be one of debug, info, warn, error',
  ]);
});

test('an empty file is one that says nothing; a file that is not there is a problem', () => {
  expect(problems('')).toEqual([]);
  expect(readConfig(join(folder, 'none.yaml'), {})).toEqual({
    kind: 'invalid',
    problems: [{ at: join(folder, 'none.yaml'), message: 'cannot be read: no such file or folder' }],
  });
});

test('settings that do not go together are refused', () => {
  expect(problems('scheduler:\n  count: 2\n  id: only\n')).toEqual([
    'file:3:3 `scheduler.id` is `only`, but of 2 schedulers its name must end in its number, -0 to -1',
    'file:1:1 `store.url` is `memory:`, but 2 schedulers need a store that all of them reach',
  ]);
  const env = { NOVA_TORCH_SCHEDULER_COUNT: '2', NOVA_TORCH_STORE_URL: 'redis://store:6379' };
  expect(problems(undefined, { ...env, NOVA_TORCH_SCHEDULER_ID: 's-2' })).toEqual([
    '$NOVA_TORCH_SCHEDULER_ID `scheduler.id` is `s-2`, but of 2 schedulers its name must end in its number, -0 to -1',
  ]);
  expect(problems(undefined, { ...env, NOVA_TORCH_SCHEDULER_ID: 's-1' })).toEqual([]);
});

test('half of a way to prove who calls is refused: somebody believes that it is open', () => {
  const url = 'https://login.acme.example';
  expect(
    problems(undefined, { NOVA_TORCH_AUTH_PEOPLE_ISSUER: url, NOVA_TORCH_AUTH_SERVICE_ACCOUNT_KEYS: url }),
  ).toEqual([
    '$NOVA_TORCH_AUTH_PEOPLE_ISSUER `auth.peopleIssuer` needs `auth.peopleKeys` beside it',
    '$NOVA_TORCH_AUTH_SERVICE_ACCOUNT_KEYS `auth.serviceAccountKeys` needs `auth.serviceAccountIssuer` beside it',
  ]);
  expect(problems(`auth:\n  peopleKeys: ${url}\n`)).toEqual([
    'file:2:3 `auth.peopleKeys` needs `auth.peopleIssuer` beside it',
  ]);
  expect(problems(`auth:\n  peopleIssuer: ${url}\n`, { NOVA_TORCH_AUTH_PEOPLE_KEYS: url })).toEqual([]);
});

test('an audit log has room for four of its files at least, whoever says how large they are', () => {
  const why = 'four files of `audit.fileBytesMax` (16777216) are 67108864: make it larger, or the files smaller';
  expect(problems(undefined, { NOVA_TORCH_AUDIT_BYTES_MAX: '67108863' })).toEqual([
    `$NOVA_TORCH_AUDIT_BYTES_MAX \`audit.bytesMax\` is 67108863, but ${why}`,
  ]);
  expect(config(undefined, { NOVA_TORCH_AUDIT_BYTES_MAX: '67108864' }).audit.bytesMax).toBe(67_108_864);
  const large = { NOVA_TORCH_AUDIT_FILE_BYTES_MAX: '268435456' };
  expect(config(undefined, large).audit.bytesMax).toBe(1_073_741_824);
  expect(problems(undefined, { ...large, NOVA_TORCH_AUDIT_BYTES_MAX: '1000000000' })).toHaveLength(1);
  expect(problems(undefined, { NOVA_TORCH_AUDIT_BYTES_MAX: 'much' })).toEqual([
    '$NOVA_TORCH_AUDIT_BYTES_MAX `audit.bytesMax` must be a whole number',
  ]);
});

test('a journal has room for four of its files at least: it would be full for ever', () => {
  const why = 'four files of `journal.segmentBytes` (16777216) are 67108864: make it larger, or the files smaller';
  expect(problems(undefined, { NOVA_TORCH_JOURNAL_BYTES_MAX: '16777216' })).toEqual([
    `$NOVA_TORCH_JOURNAL_BYTES_MAX \`journal.bytesMax\` is 16777216, but ${why}`,
  ]);
  expect(problems('journal:\n  segmentBytes: 1073741824\n')).toEqual([
    'file:2:3 `journal.bytesMax` is 1073741824, but four files of `journal.segmentBytes` (1073741824) are 4294967296: make it ' +
      'larger, or the files smaller',
  ]);
  const small = { NOVA_TORCH_JOURNAL_BYTES_MAX: '16777216', NOVA_TORCH_JOURNAL_SEGMENT_BYTES: '4194304' };
  expect(config(undefined, small).journal.bytesMax).toBe(16_777_216);
});

test('what only looks like a URL is refused where it is said', () => {
  expect(
    problems('store:\n  url: redis://store:99999\n', {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://[collector',
      NOVA_TORCH_MIRROR_PEER: 'http://{name}.peers:port',
    }),
  ).toEqual([
    'file:2:3 `store.url` is no URL: see its host and its port',
    '$NOVA_TORCH_MIRROR_PEER `mirror.peer` is no URL: see its host and its port',
    '$OTEL_EXPORTER_OTLP_ENDPOINT `traces.endpoint` is no URL: see its host and its port',
  ]);
  for (const url of ['memory:', 'unix:/run/store.sock', 'rediss://[::1]:6379/1'])
    expect(problems(undefined, { NOVA_TORCH_STORE_URL: url })).toEqual([]);
});

test('a mirror needs a second scheduler, its place, and who may send one', () => {
  const env = { NOVA_TORCH_JOURNAL_MIRROR: 'peer' };
  const say = '$NOVA_TORCH_JOURNAL_MIRROR `journal.mirror` is `peer`,';
  expect(problems(undefined, env)).toEqual([
    `${say} but there is one scheduler alone`,
    `${say} and nothing says where the peer is: set \`mirror.peer\``,
    `${say} and nothing says who may send one: set \`mirror.workload\``,
  ]);
  const two = { NOVA_TORCH_SCHEDULER_COUNT: '2', NOVA_TORCH_STORE_URL: 'redis://store:6379' };
  const mirror = {
    NOVA_TORCH_MIRROR_PEER: 'http://{name}.peers:8081',
    NOVA_TORCH_MIRROR_WORKLOAD: 'system/scheduler',
  };
  expect(problems(undefined, { ...env, ...two, ...mirror })).toEqual([]);
  expect(problems(undefined, { ...env, ...two, ...mirror, NOVA_TORCH_MIRROR_WORKLOAD: 'scheduler' })).toEqual([
    '$NOVA_TORCH_MIRROR_WORKLOAD `mirror.workload` must be a namespace and a ServiceAccount, with a slash between',
  ]);
});

test('the names of all schedulers follow from one of them and their number', () => {
  const scheduler = { ...config(undefined).scheduler, id: 'nova-torch-scheduler-1', count: 3 };
  expect(schedulerNames(scheduler)).toEqual([
    'nova-torch-scheduler-0',
    'nova-torch-scheduler-1',
    'nova-torch-scheduler-2',
  ]);
  expect(schedulerNames({ ...scheduler, id: 'alone', count: 1 })).toEqual(['alone']);
});

test('a secret is read from its file, and shows itself to nobody who prints it', () => {
  const secret = file('s3cr3t-canary\n');
  const read = config(undefined, { NOVA_TORCH_STORE_PASSWORD_FILE: secret });
  expect(read.store.password?.reveal()).toBe('s3cr3t-canary');
  const shown = [JSON.stringify(read), inspect(read, { depth: 9 }), String(read.store.password), printConfig(read)];
  for (const text of shown) {
    expect(text).toContain('[redacted]');
    expect(text).not.toContain('s3cr3t');
  }
});

test('a key of the audit log that is none is refused before anything is written, and not quoted', () => {
  const short = file('k3y-canary');
  expect(problems(undefined, { NOVA_TORCH_AUDIT_MAC_KEY_FILE: short })).toEqual([
    `$NOVA_TORCH_AUDIT_MAC_KEY_FILE \`audit.macKeyFile\`: \`${short}\` is too short for a key: it has 16 characters at least`,
  ]);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  for (const text of ['k3y-canary', privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()]) {
    const key = file(text);
    expect(problems(undefined, { NOVA_TORCH_AUDIT_SIGNING_KEY_FILE: key })).toEqual([
      `$NOVA_TORCH_AUDIT_SIGNING_KEY_FILE \`audit.signingKeyFile\`: \`${key}\` holds no private Ed25519 key as PEM`,
    ]);
  }
  const own = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  const keys = { NOVA_TORCH_AUDIT_SIGNING_KEY_FILE: file(own), NOVA_TORCH_AUDIT_MAC_KEY_FILE: file('k'.repeat(16)) };
  expect(problems(undefined, keys)).toEqual([]);
});

test('the file of a secret is looked for from the folder that is meant', () => {
  const secret = file('s3cr3t');
  const read = readConfig(undefined, { NOVA_TORCH_STORE_PASSWORD_FILE: basename(secret) }, dirname(secret));
  expect(read.kind === 'ok' && read.config.store.password?.reveal()).toBe('s3cr3t');
});

test('a secret whose file is not there, is empty or is far too large is a problem', () => {
  const place = '$NOVA_TORCH_AUDIT_MAC_KEY_FILE `audit.macKeyFile`:';
  const say = (path: string) => problems(undefined, { NOVA_TORCH_AUDIT_MAC_KEY_FILE: path });
  expect(say('/nowhere/key')).toEqual([`${place} \`/nowhere/key\` cannot be read: no such file or folder`]);
  const [empty, large] = [file('\n'), file('x'.repeat(70_000))];
  expect(say(empty)).toEqual([`${place} \`${empty}\` is empty`]);
  expect(say(large)).toEqual([`${place} \`${large}\` is too large to be a secret`]);
});

test('a variable that nothing reads is a warning, with a hint for who put a secret into it', () => {
  const result = read(undefined, { NOVA_TORCH_STORE_PASSWORD: 'x', NOVA_TORCH_HTP_PORT: '1', PATH: '/bin' });
  expect(result.kind === 'ok' && result.warnings).toEqual([
    { at: '$NOVA_TORCH_HTP_PORT', message: 'nothing reads this variable' },
    {
      at: '$NOVA_TORCH_STORE_PASSWORD',
      message: 'nothing reads this variable: put the secret into a file and name it in NOVA_TORCH_STORE_PASSWORD_FILE',
    },
  ]);
});

test('printing names every setting once, in order', () => {
  const lines = printConfig(config(undefined)).trimEnd().split('\n');
  expect(lines).toHaveLength(placedFields(configFields).length);
  expect(lines.slice(0, 4)).toEqual([
    'environment: dev',
    'scheduler.id: scheduler-0',
    'scheduler.count: 1',
    'scheduler.canarySeconds: 15',
  ]);
});

/** What the compiler gives to the scheduler's pod. */
function podVariables(mesh: string): Readonly<Record<string, string>> {
  const path = `../../../compiler/emitters/platform/golden/${mesh}/platform/scheduler.yaml`;
  const documents = parseAllDocuments(readFileSync(join(import.meta.dirname, path), 'utf8'));
  const objects = documents.map((document) => document.toJS() as { kind: string; spec: PodOwner });
  const env = objects.find(({ kind }) => kind === 'StatefulSet')?.spec.template.spec.containers[0]?.env ?? [];
  return Object.fromEntries(env.map(({ name, value }) => [name, value ?? 'nova-torch-scheduler-0']));
}

interface PodOwner {
  readonly template: {
    readonly spec: { readonly containers: readonly { readonly env: readonly { name: string; value?: string }[] }[] };
  };
}

/** Read, and not given by the compiler: what has a good default, or needs what only an operator has. */
const LEFT_TO_OPERATORS = [
  'NOVA_TORCH_AUDIT_CHECKPOINT_MS',
  'NOVA_TORCH_AUDIT_CHECKPOINT_RECORDS',
  'NOVA_TORCH_AUDIT_FILE_BYTES_MAX',
  'NOVA_TORCH_AUDIT_MAC_KEY_FILE',
  'NOVA_TORCH_AUDIT_SIGNING_KEY_FILE',
  'NOVA_TORCH_AUTH_DEV_TOKEN_FILE',
  'NOVA_TORCH_AUTH_PEOPLE_ISSUER',
  'NOVA_TORCH_AUTH_PEOPLE_KEYS',
  'NOVA_TORCH_AUTH_PEOPLE_ROLES',
  'NOVA_TORCH_AUTH_SERVICE_ACCOUNT_ISSUER',
  'NOVA_TORCH_AUTH_SERVICE_ACCOUNT_KEYS',
  'NOVA_TORCH_CANARY_SECONDS',
  'NOVA_TORCH_JOURNAL_KEEP_MS',
  'NOVA_TORCH_JOURNAL_SEGMENT_BYTES',
  'NOVA_TORCH_LOG_LEVEL',
  'NOVA_TORCH_SHUTDOWN_MS',
  'NOVA_TORCH_TRACES_SHARE',
];

/** All of a mirror. */
const MIRROR = [
  'NOVA_TORCH_JOURNAL_MIRROR',
  'NOVA_TORCH_MIRROR_DIR',
  'NOVA_TORCH_MIRROR_HOST',
  'NOVA_TORCH_MIRROR_PEER',
  'NOVA_TORCH_MIRROR_PORT',
  'NOVA_TORCH_MIRROR_RESTORE',
  'NOVA_TORCH_MIRROR_TOKEN_PATH',
  'NOVA_TORCH_MIRROR_WAIT_MS',
  'NOVA_TORCH_MIRROR_WORKLOAD',
];

test.for(['sidecar', 'ambient'])(
  'every variable of the pod (%s) is read and valid, and the others are known',
  (mesh) => {
    const given = podVariables(mesh);
    expect(Object.keys(given).length).toBeGreaterThan(12);
    const known = placedFields(configFields).map(({ field }) => field.variable);
    const others = [...(mesh === 'ambient' ? ['NODE_EXTRA_CA_CERTS'] : []), 'NODE_OPTIONS'];
    expect(Object.keys(given).filter((name) => !known.includes(name))).toEqual(others);
    const left = known.filter((name) => !(name in given)).sort();
    const mirror = left.filter((name) => name.includes('MIRROR'));
    expect(left.filter((name) => !mirror.includes(name))).toEqual(LEFT_TO_OPERATORS);
    // One of the two specs has mirrors.
    expect(mirror).toEqual(mesh === 'sidecar' ? MIRROR : ['NOVA_TORCH_MIRROR_RESTORE', 'NOVA_TORCH_MIRROR_WAIT_MS']);
    const read = config(undefined, { ...given, NOVA_TORCH_STORE_PASSWORD_FILE: file('password') });
    // Somebody proves who calls in either of them.
    expect(read.auth).toMatchObject({ mesh: mesh === 'sidecar', cluster: mesh === 'ambient' });
    expect(read.traces.endpoint).toMatch(/:4317$/);
    expect(read.http.host).toBe('0.0.0.0');
  },
);

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { afterEach, describe, expect, test } from 'vitest';
import { auditBytesMax, journalBytesMax } from '../compiler/core/journal-bytes.ts';
import { readConfig } from '../runtime/ops/config/read-config.ts';

/**
 * The pod that the compiler emits and the program that runs in it, put together: the compiler and the runtime never import
 * each other, so only here does it show when one of them changes alone.
 */

interface Pod {
  readonly terminationGracePeriodSeconds: number;
  readonly containers: readonly [Container];
  readonly volumes: readonly Volume[];
}

interface Container {
  readonly args: readonly string[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[];
  readonly startupProbe: Probe;
  readonly readinessProbe: Probe;
  readonly livenessProbe: Probe;
}

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}

interface Volume {
  readonly name: string;
  readonly projected?: { readonly sources: readonly { readonly configMap?: { readonly name: string } }[] };
  readonly secret?: { readonly secretName: string };
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec: {
    readonly replicas: number;
    readonly template: { readonly metadata: Manifest['metadata']; readonly spec: Pod };
    readonly volumeClaimTemplates: readonly { readonly metadata: { readonly name: string } }[];
  };
}

function manifests(environment: string): Manifest[] {
  const folder = resolve('generated', environment, 'platform');
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml') && !name.includes('--'));
  return files.flatMap((name) =>
    parseAllDocuments(readFileSync(join(folder, name), 'utf8')).map((document) => document.toJS() as Manifest),
  );
}

const GIB = 1024 ** 3;

test.for([
  [1, true],
  [1, false],
  [16 * 1024, true],
  [16 * 1024, false],
] as const)(
  'it starts on a volume of %i GiB, the least and the most that a spec may ask for (mirrored: %s)',
  ([gib, mirrored]) => {
    const volume = { journalBytes: gib * GIB, mirrored };
    const read = readConfig(undefined, {
      NOVA_TORCH_JOURNAL_BYTES_MAX: String(journalBytesMax(volume)),
      NOVA_TORCH_AUDIT_BYTES_MAX: String(auditBytesMax(volume)),
    });
    expect(read).toMatchObject({ kind: 'ok' });
  },
);

const folders: string[] = [];
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** The pod's volumes below a folder: what ConfigMaps hold, and a line for each key of a Secret that is named as a file. */
function mounted(all: readonly Manifest[], { containers: [container], volumes }: Pod): string {
  const root = mkdtempSync(join(tmpdir(), 'nova-torch-pod-'));
  folders.push(root);
  for (const { name, mountPath } of container.volumeMounts) {
    const at = join(root, mountPath);
    mkdirSync(at, { recursive: true });
    const maps = volumes.find((one) => one.name === name)?.projected?.sources ?? [];
    for (const { configMap } of maps) {
      const found = all.find((one) => one.kind === 'ConfigMap' && one.metadata.name === configMap?.name);
      if (configMap !== undefined && found === undefined) continue;
      for (const [key, text] of Object.entries(found?.data ?? {})) writeFileSync(join(at, key), text);
    }
  }
  for (const { value = '' } of container.env.filter(({ name }) => name.endsWith('_FILE'))) {
    mkdirSync(dirname(join(root, value)), { recursive: true });
    writeFileSync(join(root, value), 'a secret\n');
  }
  return root;
}

/** The container's variables, with its folders below `root`. */
function variables(container: Container, root: string): Record<string, string> {
  return Object.fromEntries(
    container.env.map(({ name, value }) => {
      if (value === undefined) return [name, 'nova-torch-scheduler-0'];
      return [name, value.startsWith('/') ? join(root, value) : value];
    }),
  );
}

describe.each(['dev', 'staging', 'prod'])('%s', (environment) => {
  const all = manifests(environment);
  const set = all.find((one) => one.kind === 'StatefulSet' && one.metadata.name === 'nova-torch-scheduler');
  if (set === undefined) throw new Error('no StatefulSet of the scheduler');
  const pod = set.spec.template.spec;
  const [container] = pod.containers;

  test('the scheduler takes what its pod is given, and leaves nothing of it unread', () => {
    const read = readConfig(undefined, variables(container, mounted(all, pod)));
    if (read.kind === 'invalid') throw new Error(read.problems.map(({ at, message }) => `${at} ${message}`).join('\n'));
    expect(read.warnings).toEqual([]);
    const { config } = read;
    expect(config.environment).toBe(environment);
    expect(config.scheduler.count).toBe(set.spec.replicas);
    const ports = Object.fromEntries(container.ports.map(({ name, containerPort }) => [name, containerPort]));
    const mirror = config.journal.mirror === 'peer' ? { 'http-mirror': config.mirror.port } : {};
    expect(ports).toEqual({ http: config.http.port, 'http-ops': config.ops.port, ...mirror });
    const graceMs = pod.terminationGracePeriodSeconds * 1000;
    expect(graceMs).toBeGreaterThan(config.scheduler.lameDuckMs + config.scheduler.shutdownMs);
  });

  test('every file it is told of lies in a volume, and it writes only where it may', () => {
    const mounts = container.volumeMounts;
    const claims = new Set(set.spec.volumeClaimTemplates.map(({ metadata }) => metadata.name));
    const told = container.env.filter(({ value = '' }) => value.startsWith('/'));
    expect(told.map(({ name }) => name)).toContain('NOVA_TORCH_JOURNAL_DIR');
    for (const { name, value = '' } of told) {
      const mount = mounts.find(({ mountPath }) => value === mountPath || value.startsWith(`${mountPath}/`));
      expect(mount, name).toBeDefined();
      const written = /^NOVA_TORCH_(JOURNAL|MIRROR|AUDIT)_DIR$/.test(name);
      expect(claims.has(mount?.name ?? ''), name).toBe(written);
      expect(mount?.readOnly ?? false, name).toBe(!written);
    }
    const known = new Set([...claims, ...pod.volumes.map(({ name }) => name)]);
    expect(mounts.filter(({ name }) => !known.has(name))).toEqual([]);
  });

  test('it starts with that, reads the routing table from its parts, and answers its probes', async () => {
    const root = mounted(all, pod);
    const env = {
      ...variables(container, root),
      PATH: process.env['PATH'],
      // What only a cluster has: its addresses, its certificate and the others.
      NODE_EXTRA_CA_CERTS: undefined,
      NOVA_TORCH_AUTH_CLUSTER: 'false',
      NOVA_TORCH_HTTP_HOST: '127.0.0.1',
      NOVA_TORCH_HTTP_PORT: '0',
      NOVA_TORCH_MIRROR_HOST: '127.0.0.1',
      NOVA_TORCH_MIRROR_PORT: '0',
      NOVA_TORCH_MIRROR_RESTORE: 'skip',
      NOVA_TORCH_OPS_HOST: '127.0.0.1',
      NOVA_TORCH_OPS_PORT: '0',
      NOVA_TORCH_STORE_URL: `unix:${join(root, 'no-store')}`,
      OTEL_EXPORTER_OTLP_ENDPOINT: undefined,
    };
    const ops = await listening(env, container.args);
    const about = set.spec.template.metadata.annotations ?? {};
    const { startupProbe, readinessProbe, livenessProbe } = container;
    for (const { httpGet } of [startupProbe, livenessProbe]) {
      expect(httpGet.port).toBe('http-ops');
      expect((await fetch(`${ops}${httpGet.path}`)).status, httpGet.path).toBe(200);
    }
    const metrics = await fetch(`${ops}${about['prometheus.io/path'] ?? ''}`);
    expect(await metrics.text()).toMatch(/^nova_spec_info\{.*\} 1$/m);
    // Without a store it takes tasks into its journal: nobody is sent away.
    expect((await fetch(`${ops}${readinessProbe.httpGet.path}`)).status).toBe(200);
  }, 30_000);
});

/** Runs the built command as the container does; gives the address of health and metrics. */
function listening(env: Readonly<Record<string, string | undefined>>, words: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [resolve('dist/compiler/cli/main.js'), ...words], { cwd: tmpdir(), env });
  children.push(child);
  let said = '';
  return new Promise((done, fail) => {
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
      const [, ops] = /health and metrics on ([^\s"]+)/.exec(said) ?? [];
      if (ops !== undefined) done(ops);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('close', () => fail(new Error(`it ended: ${said}`)));
  });
}

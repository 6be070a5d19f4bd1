import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform, type Plugin } from 'esbuild';
import type { Group } from './chunks/groups.ts';
import { joinChunks } from './chunks/join.ts';
import { kubernetesClasses } from './chunks/kubernetes-classes.ts';
import { compiledFile } from './chunks/run-script.ts';

/**
 * What can be started or imported from `dist/`: the command, its worker threads, and what benchmarks and tests run in a process of its own.
 * All share chunks, so that a start opens a few files and not hundreds.
 */
const ENTRIES = [
  'compiler/cli/main.ts',
  'compiler/stages.ts',
  'compiler/incremental/compile-tree.ts',
  'compiler/incremental/emit-worker.ts',
  'compiler/output/read-yaml.ts',
  'compiler/output/write.ts',
  'spec/contract/author.ts',
  'runtime/client/index.ts',
  'runtime/chaos/agent-process.ts',
  'runtime/chaos/called-agent-process.ts',
  'runtime/chaos/disk-preload.ts',
];

/** What packages import, and what every command begins with: modules as they are. */
const APART = ['spec/contract/author.ts', 'runtime/client/index.ts', 'compiler/cli/main.ts', 'compiler/cli/program.ts'];

/** What is loaded together: by a compile that finds nothing to do, by whoever runs a routing table, by checks, by emitting. */
const GROUPS: readonly Group[] = [
  { name: 'known', modules: ['compiler/incremental/compile-tree.ts'] },
  {
    name: 'language',
    modules: ['spec/contract/match.ts', 'spec/contract/task-schema/value-check.ts', 'spec/contract/canonical.ts'],
  },
  {
    name: 'checked',
    modules: [
      'compiler/compile.ts',
      'compiler/stages.ts',
      ...['known-documents', 'known-units', 'sources'].map((name) => `compiler/incremental/${name}.ts`),
    ],
  },
  {
    name: 'emitted',
    modules: [
      'compiler/output/plan.ts',
      'compiler/verify/verify-manifests.ts',
      'compiler/emitters/index.ts',
      ...emitting(),
    ],
  },
];

/** What every compile emits with; dashboards are made by a megabyte of their own. */
function emitting(): readonly string[] {
  const names = readdirSync('compiler/emitters', { recursive: true, encoding: 'utf8' });
  const paths = names.map((name) => `compiler/emitters/${name.replaceAll('\\', '/')}`);
  return paths.filter((path) => /\/emit(-\w+)?\.ts$/.test(path) && !path.includes('/grafana/')).sort();
}

/** What the built command needs besides its code, at the same place below `dist/`. */
const ASSETS = ['spec/contract/generated/nova-torch.schema.json'];

/** The store's script becomes part of the code: a chunk does not lie where its modules lay. */
const READ_SCRIPT = "readFileSync(new URL('./apply.lua', import.meta.url), 'utf8')";
const storeScript: Plugin = {
  name: 'store-script',
  setup: ({ onLoad }) => {
    onLoad({ filter: /[\\/]dragonfly[\\/]script\.ts$/ }, ({ path }) => {
      const lua = JSON.stringify(readFileSync(join(dirname(path), 'apply.lua'), 'utf8'));
      const code = readFileSync(path, 'utf8');
      if (!code.includes(READ_SCRIPT)) throw new Error(`${path} does not read its script as expected`);
      return { contents: code.replace(READ_SCRIPT, () => lua), loader: 'ts' };
    });
  },
};

/** Grafana's SDK is hundreds of small files, which take four times as long to open as to run. It becomes one chunk. */
const grafanaSdk: Plugin = {
  name: 'grafana-sdk',
  setup: ({ onResolve }) => {
    const { resolve } = createRequire(import.meta.url);
    onResolve({ filter: /^(?:@grafana\/grafana-foundation-sdk\/|tslib$)/ }, ({ path, resolveDir }) => ({
      path: resolve(path, { paths: [resolveDir] }),
    }));
  },
};

/** What every compile reads with. In the script of those who use them they need not be found, nor be compiled each time. */
const parsers: Plugin = {
  name: 'parsers',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^(?:js-yaml|re2js)$/ }, ({ path }) => ({ path: fileURLToPath(import.meta.resolve(path)) }));
  },
};

/** Code and packages. What one build remembers, another does not take for its own. */
function sourceDigest(): string {
  const hash = createHash('sha256').update(readFileSync('package-lock.json'));
  for (const folder of ['compiler', 'runtime', 'spec/contract']) {
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    const code = names.filter((name) => /\.(ts|lua)$/.test(name) && !/\.test\.ts$|[\\/]testing[\\/]/.test(name)).sort();
    for (const name of code) hash.update(`${folder}/${name}\n`).update(readFileSync(join(folder, name)));
  }
  return hash.digest('hex').slice(0, 16);
}

async function javaScript(path: string): Promise<string> {
  return (await transform(readFileSync(path, 'utf8'), { loader: 'ts', target: 'node20.19' })).code;
}

const BUILD = sourceDigest();
const { metafile } = await build({
  entryPoints: ENTRIES,
  outbase: '.',
  outdir: 'dist',
  // Two levels deep, as the modules that look for an asset beside them are.
  chunkNames: 'compiler/chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  logLevel: 'warning',
  plugins: [storeScript, grafanaSdk, parsers, kubernetesClasses],
  metafile: true,
  define: { NOVA_TORCH_BUILD: JSON.stringify(BUILD) },
});
for (const path of ASSETS) {
  mkdirSync(dirname(join('dist', path)), { recursive: true });
  copyFileSync(path, join('dist', path));
}
const CHUNKS = 'dist/compiler/chunks';
const RUN_SCRIPT = join(CHUNKS, 'run-script.js');
writeFileSync(RUN_SCRIPT, await javaScript('scripts/chunks/run-script.ts'));
const made = await joinChunks({
  outputs: metafile.outputs,
  groups: GROUPS,
  apart: APART,
  folder: CHUNKS,
  digest: BUILD,
});
for (const path of [RUN_SCRIPT, ...ASSETS.map((path) => join('dist', path))]) made.add(path);
// In a process of its own, which has no other code and no other settings than those of whoever runs the command.
const remember = await javaScript('scripts/remember-scripts.ts');
execFileSync(process.execPath, ['--input-type=module', '-e', remember, resolve('dist')], { stdio: 'inherit' });
for (const path of [...made]) if (path.endsWith('.cjs')) made.add(compiledFile(path));
// Afterwards, and only what nobody made: a command that runs meanwhile still finds its chunks.
for (const entry of readdirSync('dist', { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  if (entry.isFile() && !made.has(path)) rmSync(path);
}
chmodSync('dist/compiler/cli/main.js', 0o755);

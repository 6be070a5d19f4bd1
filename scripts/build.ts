import { chmodSync, copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

/**
 * What can be started or imported from `dist/`: the command, and what benchmarks and tests run in a process of its own.
 * All share chunks, so that a start opens a few files and not hundreds.
 */
const ENTRIES = [
  'compiler/cli/main.ts',
  'compiler/stages.ts',
  'compiler/incremental/compile-tree.ts',
  'compiler/output/read-yaml.ts',
  'compiler/output/write.ts',
];

/** What the built command needs besides its code, at the same place below `dist/`. */
const ASSETS = ['spec/contract/generated/nova-torch.schema.json', 'runtime/store/dragonfly/apply.lua'];

rmSync('dist', { recursive: true, force: true });
await build({
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
  keepNames: true,
  logLevel: 'warning',
});
for (const path of ASSETS) {
  mkdirSync(dirname(join('dist', path)), { recursive: true });
  copyFileSync(path, join('dist', path));
}
chmodSync('dist/compiler/cli/main.js', 0o755);

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';

/**
 * Types of what the package exports, beside its code in `dist/`; part of `npm pack`. The compiler keeps the names of sources in
 * them, which readers of a package do not have.
 */
const ROOT = resolve(import.meta.dirname, '..');
const FLAGS = [
  ...['--ignoreConfig', '--declaration', '--emitDeclarationOnly', '--strict', '--exactOptionalPropertyTypes'],
  ...['--skipLibCheck', '--resolveJsonModule', '--rewriteRelativeImportExtensions'],
  ...['--target', 'es2023', '--lib', 'es2023', '--types', 'node'],
  ...['--module', 'nodenext', '--moduleResolution', 'nodenext'],
];

const EXPORTED = ['spec/contract/author.ts', 'runtime/client/index.ts'];

const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
const words = [tsc, ...FLAGS, '--rootDir', ROOT, '--outDir', join(ROOT, 'dist'), ...EXPORTED];
execFileSync(process.execPath, words, { cwd: ROOT, stdio: 'inherit' });
for (const name of readdirSync(join(ROOT, 'dist'), { recursive: true, encoding: 'utf8' })) {
  if (!name.endsWith('.d.ts')) continue;
  const path = join(ROOT, 'dist', name);
  writeFileSync(path, readFileSync(path, 'utf8').replace(/(from '\.[^']*)\.ts'/g, "$1.js'"));
}

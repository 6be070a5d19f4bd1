import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';
import { openApi } from '../runtime/api/openapi.ts';
import { commandsReference } from './docs-commands.ts';
import { configurationReference } from './docs-configuration.ts';
import { diagnosticsReference } from './docs-diagnostics.ts';
import { problemsReference } from './docs-problems.ts';
import { withQuotes } from './docs-quotes.ts';
import { specReference } from './docs-reference.ts';
import { readSchemas } from './generate.ts';

const ROOT = join(import.meta.dirname, '..');
const GENERATED: Readonly<Record<string, () => string | Promise<string>>> = {
  'docs/spec-reference.md': () => specReference(readSchemas()),
  'docs/commands.md': commandsReference,
  'docs/configuration.md': configurationReference,
  'docs/diagnostics.md': diagnosticsReference,
  'docs/problems.md': problemsReference,
  'docs/openapi.json': () => JSON.stringify(openApi(version())),
};

function version(): string {
  return (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { readonly version: string }).version;
}

/** Pages that people write, by path from the root. */
export function pages(): readonly string[] {
  const docs = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
  return ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', ...docs.map((name) => `docs/${name}`)]
    .filter((path) => !Object.hasOwn(GENERATED, path))
    .sort();
}

/** Every page as it should be: the references made anew, the quotes of the others filled. */
export async function documentation(): Promise<ReadonlyMap<string, string>> {
  const made = await Promise.all(Object.entries(GENERATED).map(async ([path, make]) => [path, await make()] as const));
  const written = pages().map((path) => [path, withQuotes(readFileSync(join(ROOT, path), 'utf8'))] as const);
  return new Map(
    await Promise.all([...made, ...written].map(async ([path, text]) => [path, await formatted(path, text)] as const)),
  );
}

async function formatted(path: string, text: string): Promise<string> {
  const style = await prettier.resolveConfig(join(ROOT, path));
  return prettier.format(text, { ...style, filepath: path });
}

async function main(): Promise<void> {
  for (const [path, text] of await documentation()) writeFileSync(join(ROOT, path), text);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();

import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';
import { bundle, editorSchema, type Schema } from './generate-bundle.ts';
import { typesSource } from './generate-types.ts';
import { validatorsSource } from './generate-validators.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const SCHEMAS = join(ROOT, 'spec/contract/schema');

/** Everything that is made from the schemas, by path from the repository's root. */
export async function generated(): Promise<ReadonlyMap<string, string>> {
  const all = bundle(readSchemas());
  const style = { ...(await prettier.resolveConfig(join(ROOT, 'package.json'))), parser: 'typescript' };
  return new Map([
    ['spec/contract/generated/nova-torch.schema.json', `${JSON.stringify(editorSchema(all), null, 2)}\n`],
    ['spec/contract/generated/types.ts', await prettier.format(typesSource(all), style)],
    ['compiler/load/generated/validators.ts', validatorsSource(all)],
  ]);
}

/** Paths whose file is not what the schemas say. */
export async function outdated(): Promise<readonly string[]> {
  return [...(await generated())].filter(([path, text]) => current(path) !== text).map(([path]) => path);
}

/** The source schemas by title. */
export function readSchemas(): ReadonlyMap<string, Schema> {
  const files = readdirSync(SCHEMAS).filter((name) => name.endsWith('.schema.json'));
  return new Map(
    files.sort().map((name) => {
      const schema = JSON.parse(readFileSync(join(SCHEMAS, name), 'utf8')) as Schema;
      return [String(schema['title']), schema];
    }),
  );
}

function current(path: string): string | undefined {
  try {
    return readFileSync(join(ROOT, path), 'utf8');
  } catch {
    return undefined;
  }
}

async function main(check: boolean): Promise<void> {
  if (check) {
    const stale = await outdated();
    for (const path of stale) console.error(`${path} is out of date: run npm run generate`);
    process.exitCode = stale.length === 0 ? 0 : 1;
    return;
  }
  for (const [path, text] of await generated()) {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), text);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.includes('--check'));

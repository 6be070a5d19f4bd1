import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../spec/contract/source.ts';
import { at } from '../../compiler/closure/facts.ts';
import { collector } from '../../compiler/diagnostics/report.ts';
import { readEntry } from '../../compiler/load/read.ts';
import { manifestSchemas } from '../../compiler/verify/schema/schemas.ts';
import { schemaProblems } from '../../compiler/verify/schema/walk.ts';
import { listTree } from '../../compiler/verify/tree/list-tree.ts';
import { readObjects } from '../../compiler/verify/tree/tree-object.ts';

const ROOT_FOLDER = join(import.meta.dirname, '../..');

/** The package's own validator for a kind: what the schema was read from. */
type Validator = (value: unknown) => boolean;

const pool = manifestSchemas();

/** One generated object of each kind. */
function oneOfEach(): ReadonlyMap<string, JsonObject> {
  const { report } = collector();
  const found = new Map<string, JsonObject>();
  for (const entry of listTree(ROOT_FOLDER, 'generated', report)) {
    const file = readEntry(ROOT_FOLDER, entry, report);
    for (const { value } of file === undefined ? [] : readObjects(file, report).objects)
      found.set(`${String(value['apiVersion'])}/${String(value['kind'])}`, structuredClone(value));
  }
  return found;
}

async function validators(): Promise<ReadonlyMap<string, Validator>> {
  const found = new Map<string, Validator>();
  for (const name of [
    'kubernetes-models',
    ...['istio', 'keda', 'external-secrets'].map((part) => `@kubernetes-models/${part}`),
  ]) {
    const folder = join(ROOT_FOLDER, 'node_modules', name, '_schemas');
    for (const file of readdirSync(folder).filter((path) => path.endsWith('.js'))) {
      const kind = /(?:V\d+(?:alpha|beta)?\d*)([A-Z]\w+)\.js$/.exec(file)?.[1] ?? '';
      if (!KINDS.has(kind)) continue;
      const { validate } = (await import(pathToFileURL(join(folder, file)).href)) as { validate: Validator };
      found.set(file, validate);
    }
  }
  return found;
}

const KINDS = new Set([
  'Deployment',
  'StatefulSet',
  'Service',
  'NetworkPolicy',
  'VirtualService',
  'DestinationRule',
  'ScaledObject',
  'ExternalSecret',
  'AuthorizationPolicy',
  'ServiceEntry',
]);

/** Every value of the object in turn, replaced by one of another type. */
function* damaged(object: JsonObject): Generator<JsonObject> {
  for (const path of pathsOf(object)) {
    for (const other of [7, 'x', [], {}, true] as const) {
      const copy = structuredClone(object);
      const last = path.at(-1);
      const parent = at(copy, ...path.slice(0, -1)) as Record<string, Json>;
      parent[String(last)] = other;
      yield copy;
    }
  }
}

function pathsOf(value: Json, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [[...path, key], ...pathsOf(inner, [...path, key])]);
}

test('whatever the package refuses is refused here too', async () => {
  const objects = oneOfEach();
  let compared = 0;
  for (const [file, validate] of await validators()) {
    const kind = [...objects.keys()].find((key) =>
      file.endsWith(
        `${key
          .split('/')
          .slice(-2)
          .map((part) => part[0]?.toUpperCase() + part.slice(1))
          .join('')}.js`,
      ),
    );
    const object = kind === undefined ? undefined : objects.get(kind);
    const root = kind === undefined ? undefined : pool.kinds[kind];
    if (object === undefined || root === undefined || !validate(object)) continue;
    for (const copy of damaged(object)) {
      compared++;
      if (!validate(copy))
        expect([file, copy, schemaProblems(pool, root, copy, 36).length > 0]).toEqual([file, copy, true]);
    }
  }
  expect(compared).toBeGreaterThan(2000);
});

test('every kind that is generated has a schema, and passes it', () => {
  const objects = oneOfEach();
  expect(objects.size).toBeGreaterThan(30);
  for (const [kind, object] of objects)
    expect([kind, schemaProblems(pool, pool.kinds[kind] ?? -1, object, 36)]).toEqual([kind, []]);
});

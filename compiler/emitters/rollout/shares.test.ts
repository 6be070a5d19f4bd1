import { expect, test } from 'vitest';
import type { JsonObject } from '../../../spec/contract/source.ts';
import { readOwnYaml } from '../../output/read-yaml.ts';
import { companyFiles } from '../testing/company.ts';

/**
 * Argo CD leaves whole lists as they are in the cluster, so an object in which Argo Rollouts moves shares may hold nothing
 * that anybody could want to change.
 */
async function objects(environment: string, kind: string): Promise<readonly JsonObject[]> {
  return (await companyFiles(environment))
    .filter(({ path }) => /(istio|rollout)\.yaml$/.test(path))
    .flatMap(({ text }) => readOwnYaml(text) as readonly JsonObject[])
    .filter((object) => object['kind'] === kind);
}

interface Spec {
  readonly hosts?: readonly string[];
  readonly http: readonly { readonly route?: readonly object[] }[];
  readonly rules: readonly { readonly backendRefs: readonly { readonly name: string }[] }[];
}
const specOf = (object: JsonObject) => object['spec'] as unknown as Spec;

/** The keys of an object, and of what is in it, without the positions in lists. */
function keysIn(value: unknown, path = ''): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => keysIn(item, path));
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, inner]) => keysIn(inner, `${path}/${key}`));
}

test('with sidecars the shares stand in a VirtualService with names and nothing else', async () => {
  const shares = (await objects('prod', 'VirtualService')).filter((object) => specOf(object).hosts === undefined);
  expect(shares).toHaveLength(1);
  for (const object of shares) {
    expect(new Set(keysIn(specOf(object)))).toEqual(
      new Set(['/exportTo', '/http/name', '/http/route/destination/host', '/http/route/weight']),
    );
  }
});

test('in an ambient mesh they stand in an HTTPRoute whose port is in its name', async () => {
  const routes = await objects('dev', 'HTTPRoute');
  const shares = routes.filter((object) => specOf(object).rules.some(({ backendRefs }) => backendRefs.length === 2));
  expect(shares).toHaveLength(1);
  for (const object of shares) {
    expect((object['metadata'] as { name: string }).name).toMatch(/-shares-8080$/);
    expect(keysIn(specOf(object).rules).filter((key) => key.includes('time'))).toEqual([]);
    expect(specOf(object).rules).toHaveLength(1);
  }
  expect(routes.length).toBeGreaterThan(shares.length);
});

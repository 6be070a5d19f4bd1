import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../spec/contract/source.ts';
import type { Manifest } from '../../core/artifact.ts';
import { labels } from '../../core/names.ts';
import { spanOf } from '../../core/origin.ts';
import { checkRepository } from '../check-repository.ts';
import { generatedFiles } from './manifests.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const TODAY = '2026-11-24';
const checked = checkRepository(ROOT, TODAY);
const files = await generatedFiles(checked, TODAY);
/** It is merged into Argo CD's own ConfigMap, whose labels are Argo CD's. */
const MERGED = /\/argocd\/settings\.yaml$/;
const objects = files.flatMap(({ path, manifests }) => manifests.map((manifest) => ({ path, manifest })));

/** Every value of an object that holds no other, by JSON Pointer. */
function* leavesOf(value: Json, pointer = ''): Generator<string> {
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) yield pointer;
  else for (const [key, inner] of Object.entries(value)) yield* leavesOf(inner, `${pointer}/${escape(key)}`);
}

function escape(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** The origin that `explain` shows for a field: its own, or that of the nearest part around it. */
function originOf({ origins }: Manifest, pointer: string) {
  for (let at = pointer; ; at = at.slice(0, at.lastIndexOf('/'))) {
    const origin = origins.get(at);
    if (origin !== undefined || at === '') return origin;
  }
}

test('every field of every generated object leads to a line of the spec', { timeout: 120_000 }, () => {
  expect(objects.length).toBeGreaterThan(2000);
  const texts = new Map(checked.files.map(({ path, text }) => [path, text]));
  const lost: string[] = [];
  let leaves = 0;
  for (const { path, manifest } of objects) {
    for (const pointer of leavesOf(manifest.value)) {
      leaves += 1;
      const origin = originOf(manifest, pointer);
      const span = origin === undefined ? undefined : spanOf(origin);
      const text = span === undefined ? undefined : texts.get(span.file);
      if (span === undefined || text === undefined || span.end <= span.start || span.end > text.length)
        lost.push(`${path} ${pointer}`);
    }
  }
  expect(leaves).toBeGreaterThan(50_000);
  expect(lost).toEqual([]);
});

test('every object says whose it is: team, fleet and environment, or of the platform of which environment', () => {
  const silent = objects.filter(({ path, manifest }) => {
    if (MERGED.test(path)) return false;
    const { labels: own = {} } = (manifest.value as { metadata: { labels?: JsonObject } }).metadata;
    const fleet = /\/teams\/[^/]+\/[^/]+\//.test(path) || /\/platform\/[a-z-]+-[a-z-]+--[a-z-]+\.yaml$/.test(path);
    const wanted = [labels.environment, labels.managedBy, ...(fleet ? [labels.team, labels.fleet] : [])];
    return wanted.some((name) => typeof own[name] !== 'string');
  });
  expect(silent.map(({ path, manifest }) => `${path} ${String(manifest.value['kind'])}`)).toEqual([]);
});

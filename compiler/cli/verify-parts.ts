import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findRepository, isFolder } from '../load/read-workspace.ts';
import { readRegular } from '../output/read-regular.ts';
import type { TreePart } from '../verify/tree/verify-tree.ts';
import { KUBERNETES_VERSIONS } from '../verify/versions.ts';
import { checkRepository } from './check-repository.ts';
import { sure } from '../../spec/contract/sure.ts';

/**
 * The parts of a tree that go to one cluster each: below `generated/` every environment is one, anything else is one as a
 * whole. `absolute` and `path` are the same place. Without a `version`, an environment has that of the spec, and everything
 * else the newest one.
 */
export function partsOf(absolute: string, path: string, version: string | undefined, today: string): TreePart[] {
  const inside = isFolder(absolute) ? readdirSync(absolute).filter((name) => environmentAt(join(absolute, name))) : [];
  const versionFor = versionsOf(absolute, version, today);
  const parts = inside.map((name) => ({
    prefix: path === '.' ? `${name}/` : `${path}/${name}/`,
    kubernetes: versionFor(environmentAt(join(absolute, name))),
  }));
  return [...parts, { prefix: '', kubernetes: versionFor(environmentAround(absolute)) }];
}

/** The environment whose files a folder holds, as its `manifest.json` says. */
function environmentAt(folder: string): string | undefined {
  try {
    const text = readRegular(join(folder, 'manifest.json'))?.toString('utf8') ?? 'null';
    const { environment } = JSON.parse(text) as { environment?: unknown };
    return typeof environment === 'string' ? environment : undefined;
  } catch {
    return undefined;
  }
}

function environmentAround(place: string): string | undefined {
  for (let folder = place; ; folder = dirname(folder)) {
    const environment = environmentAt(folder);
    if (environment !== undefined || folder === dirname(folder)) return environment;
  }
}

const NEWEST = sure(KUBERNETES_VERSIONS.at(-1), 'a version');

function versionsOf(absolute: string, version: string | undefined, today: string): (name?: string) => string {
  if (version !== undefined) return () => version;
  const root = findRepository(isFolder(absolute) ? absolute : dirname(absolute));
  let model: ReturnType<typeof checkRepository>['model'] | undefined;
  return (name) => {
    if (name === undefined || root === undefined) return NEWEST;
    model ??= checkRepository(root, today).model;
    return model.environments.find((environment) => environment.name === name)?.facts.kubernetes ?? NEWEST;
  };
}

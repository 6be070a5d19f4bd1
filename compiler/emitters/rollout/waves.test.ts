import { expect, test } from 'vitest';
import type { JsonObject } from '../../../spec/contract/source.ts';
import { readOwnYaml } from '../../output/read-yaml.ts';
import { companyFiles } from '../testing/company.ts';

interface Made {
  readonly folder: string;
  readonly kind: string;
  readonly wave: number;
}

function madeOf(folder: string, { kind, metadata }: JsonObject): Made {
  const { annotations } = metadata as { annotations?: Readonly<Record<string, string>> };
  return { folder, kind: String(kind), wave: Number(annotations?.['argocd.argoproj.io/sync-wave'] ?? 0) };
}

test('nothing of a fleet comes after its rollout, since it would wait as long as the rollout does', async () => {
  const made = (await companyFiles('prod'))
    .filter(({ path }) => /^teams\/.*\.yaml$/.test(path) && !/\.(rules|test)\.yaml$/.test(path))
    .flatMap(({ path, text }) =>
      (readOwnYaml(text) as readonly JsonObject[]).map((object) => madeOf(path.replace(/\/[^/]*$/, ''), object)),
    );
  const rollouts = made.filter(({ kind }) => kind === 'Rollout');
  expect(rollouts).toHaveLength(3);
  for (const { folder, wave } of rollouts) {
    const last = made.filter((one) => one.folder === folder && one.wave >= wave).map(({ kind }) => kind);
    expect(last.sort()).toEqual(['Rollout', 'ScaledObject']);
  }
});

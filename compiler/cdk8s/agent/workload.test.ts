import { expect, test } from 'vitest';
import { fleet } from '../../check/testing/model.ts';
import { fleetContext } from '../../core/fleet-context.ts';
import type { FleetModel } from '../../core/model.ts';
import { workloadMetadata, workloadSpec } from './workload.ts';

const server = { engine: 'vault', delivery: 'eso', address: 'https://v.example', mount: 'k', platform: 'p' } as const;
const blueGreen = { rollout: { strategy: 'blue-green' } } as const;

function holding(mount: 'env' | 'file', options: Parameters<typeof fleet>[1] = {}): FleetModel {
  const one = fleet('eng/fixer', { environment: { secrets: server }, ...options });
  return { ...one, secrets: new Map([['TOKEN', { path: 'kv/eng/token', field: 'token', mount, at: one.at }]]) };
}
const reloading = (one: FleetModel) =>
  Object.keys(workloadMetadata(fleetContext(one)).annotations).filter((name) => name.includes('stakater'));

test('what holds a secret in a variable is restarted, and a rollout without a new version', () => {
  expect(reloading(holding('env'))).toEqual(['secret.reloader.stakater.com/reload']);
  expect(reloading(holding('env', blueGreen))).toEqual([
    'secret.reloader.stakater.com/reload',
    'reloader.stakater.com/rollout-strategy',
  ]);
  expect(reloading(holding('file', blueGreen))).toEqual([]);
  const other = { environment: { secrets: { ...server, delivery: 'vso' } } } as const;
  expect(reloading(holding('env', other))).toEqual([]);
});

test('pods of one version spread, told apart by what runs them', () => {
  const keys = (options: Parameters<typeof fleet>[1]) =>
    workloadSpec(fleetContext(fleet('eng/fixer', options))).template.spec?.topologySpreadConstraints?.map(
      ({ matchLabelKeys }) => matchLabelKeys,
    );
  expect(keys({})).toEqual([['pod-template-hash'], ['pod-template-hash']]);
  expect(keys(blueGreen)).toEqual([['rollouts-pod-template-hash'], ['rollouts-pod-template-hash']]);
  expect(keys({ memory: { sizeBytes: 1, path: '/x', keep: 'always' } })).toEqual([undefined, undefined]);
});

test('the label of the version is one that Kubernetes takes, and the build itself stays whole', () => {
  const one = fleet('eng/fixer');
  const build = `main-${'a'.repeat(80)}.`;
  const { template } = workloadSpec(fleetContext({ ...one, agent: { ...one.agent, build } }));
  expect(template.metadata?.labels?.['app.kubernetes.io/version']).toMatchObject({
    raw: `main-${'a'.repeat(49)}-0bf5bc54`,
  });
  expect(template.spec?.containers[0]?.env).toContainEqual({
    name: 'NOVA_TORCH_BUILD',
    value: expect.objectContaining({ raw: build }),
  });
});

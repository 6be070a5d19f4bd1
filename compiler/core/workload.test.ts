import { expect, test } from 'vitest';
import { fleet } from '../check/testing/model.ts';
import { revisionLabel, takeoverOf, workloadApi, workloadKind } from './workload.ts';

const memory = { sizeBytes: 1, path: '/x', keep: 'always' } as const;
const canary = { strategy: 'canary', steps: [{ share: 0.1, holdMs: 1 }] } as const;

test.each([
  ['agents that are replaced in turn', {}, 'turns', 'Deployment', 'pod-template-hash'],
  ['agents with memory, whatever their strategy', { memory, rollout: canary }, 'numbers', 'StatefulSet', undefined],
  ['a canary of the mesh', { rollout: { ...canary, split: 'mesh' } }, 'mesh', 'Rollout', 'rollouts-pod-template-hash'],
  ['a canary of the routing table', { rollout: canary }, 'switch', 'Rollout', 'rollouts-pod-template-hash'],
  ['blue-green', { rollout: { strategy: 'blue-green' } }, 'switch', 'Rollout', 'rollouts-pod-template-hash'],
] as const)('%s', (_, options, takeover, kind, label) => {
  const one = fleet('eng/fixer', options);
  expect([takeoverOf(one), workloadKind(one), revisionLabel(one)]).toEqual([takeover, kind, label]);
  expect(workloadApi(one)).toBe(kind === 'Rollout' ? 'argoproj.io/v1alpha1' : 'apps/v1');
});

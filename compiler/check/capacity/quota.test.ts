import { expect, test } from 'vitest';
import { environment, fleet } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { quota } from './quota.ts';

const memory = { sizeBytes: 20 * 2 ** 30, path: '/var/lib/agent', keep: 'always' } as const;
const team = [
  fleet('eng/roller', {
    scale: { max: 5 },
    agent: { resources: { cpuMillis: 1000, memoryBytes: 2 ** 30, ephemeralBytes: 1 } },
  }),
  fleet('eng/twin', { scale: { max: 4 }, rollout: { strategy: 'blue-green' } }),
  fleet('eng/canary', {
    scale: { max: 10 },
    rollout: {
      strategy: 'canary',
      steps: [
        { share: 0.05, holdMs: 1 },
        { share: 0.5, holdMs: 1 },
      ],
    },
  }),
  fleet('eng/keeper', { scale: { max: 3 }, memory }),
];

test('the fleets of a team at their largest, rollouts included, are summed up in a table', () => {
  expect(problemsOf(quota, environment({ fleets: team, quotas: { eng: { cpuMillis: 14_000 } } }))).toEqual([
    {
      at: 'team:eng#quota.cpu',
      problem: 'error NT2510: the fleets of `eng` may ask for 14750m processor, above the quota of 14',
      notes: [
        'roller    5 + 2 surge x 1               7',
        'canary    10 + 10 canary x 250m         5',
        'twin      4 + 4 blue-green x 250m       2',
        'keeper    3 x 250m                   750m',
        'together                           14750m',
      ],
      related: [
        'fleet:eng/roller#scale.max: `eng/roller`: 7',
        'fleet:eng/canary#scale.max: `eng/canary`: 5',
        'fleet:eng/twin#scale.max: `eng/twin`: 2',
        'fleet:eng/keeper#scale.max: `eng/keeper`: 750m',
      ],
    },
  ]);
});

test.each([
  [
    'memoryBytes',
    2 ** 30,
    'team:eng#quota.memory the fleets of `eng` may ask for 23040Mi memory, above the quota of 1Gi',
  ],
  [
    'storageBytes',
    2 ** 30,
    'team:eng#quota.storage the fleets of `eng` may ask for 60Gi storage, above the quota of 1Gi',
  ],
  ['pods', 1, 'team:eng#quota.pods the fleets of `eng` may ask for 38 pods, above the quota of 1'],
])('%s have their own quota', (resource, most, wanted) => {
  const found = problemsOf(quota, environment({ fleets: team, quotas: { eng: { [resource]: most } } }));
  expect(found.map(({ at, problem }) => `${at} ${problem.slice(14)}`)).toEqual([wanted]);
});

test('a team that asks for too much of several resources is told once, with the one it exceeds most', () => {
  const small = { memoryBytes: 2 ** 30, storageBytes: 2 ** 30, pods: 1 };
  const found = problemsOf(quota, environment({ fleets: team, quotas: { eng: small } }));
  expect(found.map(({ at }) => at)).toEqual(['team:eng#quota.storage']);
  expect(found[0]?.notes?.slice(-3)).toEqual([
    expect.stringMatching(/^together /),
    'and 23040Mi memory, above 1Gi',
    'and 38 pods, above 1',
  ]);
});

test('with many fleets the smallest share one line', () => {
  const many = Array.from({ length: 15 }, (_, index) => fleet(`eng/f${index}`, { scale: { max: index + 1 }, memory }));
  const notes = problemsOf(quota, environment({ fleets: many, quotas: { eng: { pods: 10 } } }))[0]?.notes;
  expect(notes).toHaveLength(14);
  expect(notes?.slice(-2)).toEqual(['3 more          6', 'together      120']);
});

test('a team within its quota, one without, and one without fleets are fine', () => {
  expect(
    problemsOf(
      quota,
      environment({ fleets: team, quotas: { eng: { cpuMillis: 14_750, pods: 38 }, idle: { pods: 1 } } }),
    ),
  ).toEqual([]);
  expect(problemsOf(quota, environment({ fleets: team }))).toEqual([]);
});

test('a canary ends with two whole sets, however small its last step', () => {
  const steps = [{ share: 0.01, holdMs: 1 }];
  const small = fleet('eng/small', { scale: { max: 4 }, rollout: { strategy: 'canary', steps } });
  expect(problemsOf(quota, environment({ fleets: [small], quotas: { eng: { pods: 8 } } }))).toEqual([]);
  expect(problemsOf(quota, environment({ fleets: [small], quotas: { eng: { pods: 7 } } }))).toHaveLength(1);
});

test('fleets that ask for the same stand in the order of their names', () => {
  const twins = ['c', 'a', 'b'].map((name) => fleet(`eng/${name}`, { scale: { max: 2 } }));
  const [found] = problemsOf(quota, environment({ fleets: twins, quotas: { eng: { pods: 1 } } }));
  expect(found?.notes?.map((note) => note.split(' ')[0])).toEqual(['a', 'b', 'c', 'together']);
});

import { expect, test } from 'vitest';
import type { EnvironmentModel } from '../core/model.ts';
import { eachEnvironment } from './each-environment.ts';
import type { EnvironmentCheck } from './each-environment.ts';
import { environment, fleet, model } from './testing/model.ts';
import { problems } from './testing/problems.ts';

const idle: EnvironmentCheck = (where, report) => {
  for (const each of where.fleets.values()) {
    if (each.scale.min === 0) report('NT5008', each.at, { fleet: each.id }, { notes: ['it sleeps'] });
  }
};

function problemsIn(...environments: readonly EnvironmentModel[]) {
  return problems((whole, report) => eachEnvironment(whole, report, idle), model(...environments));
}

const shared = fleet('eng/fixer', { scale: { min: 0 } });

test('a problem that every environment has is reported once, without naming them', () => {
  const found = problemsIn(
    environment({ name: 'dev', fleets: [shared] }),
    environment({ name: 'prod', fleets: [shared] }),
  );
  expect(found).toEqual([
    {
      at: 'fleet:eng/fixer',
      problem: 'warning NT5008: no route sends tasks to `eng/fixer`, and no fleet calls it',
      notes: ['it sleeps'],
    },
  ]);
});

test('a problem of some environments names them', () => {
  const awake = fleet('eng/fixer');
  const [dev, staging, prod] = [
    environment({ name: 'dev', fleets: [shared] }),
    environment({ name: 'staging', fleets: [shared] }),
    environment({ name: 'prod', fleets: [awake] }),
  ];
  expect(problemsIn(dev, staging, prod)[0]?.notes).toEqual(['it sleeps', 'in `dev` and `staging` only']);
  expect(problemsIn(dev, prod)[0]?.notes).toEqual(['it sleeps', 'in `dev` only']);
});

test('the same words at two places stay two problems, and two at one place of one environment are one', () => {
  const twice: EnvironmentCheck = (where, report) => {
    for (const at of [where.at, where.at, where.from(['spec']), { file: 'a', start: 1, end: 2 }])
      report('NT5008', at, { fleet: 'x' });
  };
  const whole = model(environment());
  expect(problems((all, report) => eachEnvironment(all, report, twice), whole).map(({ at }) => at)).toEqual([
    'environment:prod',
    'environment:prod#spec',
    'a[1,2]',
  ]);
});

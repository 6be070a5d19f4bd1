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

test('one problem in several numbers is said once, with the numbers of the others', () => {
  const few: EnvironmentCheck = (where, report) => {
    for (const { at, id, scale } of where.fleets.values()) report('NT2506', at, { fleet: id, min: 9, max: scale.max });
  };
  const sized = (name: string, max: number) =>
    environment({ name, fleets: [{ ...shared, scale: { ...shared.scale, max } }] });
  const whole = model(sized('dev', 1), sized('staging', 1), sized('prod', 5));
  expect(problems((all, report) => eachEnvironment(all, report, few), whole)).toEqual([
    {
      at: 'fleet:eng/fixer',
      problem: 'error NT2506: `eng/fixer` has at least 9 agents but at most 1',
      notes: ['that is in `dev` and `staging`', 'in `prod`: `eng/fixer` has at least 9 agents but at most 5'],
    },
  ]);
});

test('several problems at one place of one environment stay several', () => {
  const both: EnvironmentCheck = ({ name, at }, report) => {
    for (const host of ['a', 'b']) report('NT2045', at, { host: `${host}.${name}` });
  };
  const same = environment().at;
  const whole = model({ ...environment({ name: 'dev' }), at: same }, { ...environment({ name: 'prod' }), at: same });
  expect(problems((all, report) => eachEnvironment(all, report, both), whole)).toHaveLength(4);
});

test('a message that names its environment names all of them, without a note', () => {
  const sleepy: EnvironmentCheck = ({ name }, report) =>
    report('NT2553', shared.at, { fleet: 'eng/fixer', environments: `\`${name}\`` });
  const whole = model(...['dev', 'staging', 'prod'].map((name) => environment({ name })));
  expect(problems((all, report) => eachEnvironment(all, report, sleepy), whole)).toEqual([
    {
      at: 'fleet:eng/fixer',
      problem:
        'warning NT2553: `eng/fixer` keeps one agent in `dev`, `staging` and `prod`: without Prometheus nothing would wake it',
    },
  ]);
});

test('what every environment has in a file of its own is said once, and the other files are named', () => {
  const arrives: EnvironmentCheck = (where, report) => report('NT2505', where.at, { task: 'load' });
  const whole = model(...['dev', 'staging', 'prod'].map((name) => environment({ name })));
  expect(problems((all, report) => eachEnvironment(all, report, arrives), whole)).toEqual([
    {
      at: 'environment:dev',
      problem: 'error NT2505: no fleet accepts `load`, so nothing can be said about its arrivals',
      related: ['environment:staging: and for `staging` here', 'environment:prod: and for `prod` here'],
    },
  ]);
});

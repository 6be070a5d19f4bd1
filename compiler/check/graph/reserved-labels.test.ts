import { expect, test } from 'vitest';
import { eachFleet } from '../fleet-check.ts';
import { environment, fleet } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { reservedLabels } from './reserved-labels.ts';

test('labels that say whose an object is are refused, others are not', () => {
  const mine = { ...fleet('eng/fixer'), labels: { team: 'ops', tier: 'gold', environment: 'prod' } };
  expect(problemsOf(eachFleet(reservedLabels), environment({ fleets: [mine] }))).toMatchObject([
    { problem: 'error NT2057: the label `team` belongs to the platform' },
    { problem: 'error NT2057: the label `environment` belongs to the platform' },
  ]);
});

import { expect, test } from 'vitest';
import type { EnvironmentModel } from '../../core/model.ts';
import { samplingPolicies } from './sampling.ts';

function environmentOf(
  fleets: readonly (readonly [id: string, assignMs: number, runMs: number | undefined, share: number])[],
) {
  const models = fleets.map(([id, boundMs, runMs, tracesShare]) => [
    id,
    {
      id,
      slo: { assign: { boundMs }, ...(runMs === undefined ? {} : { run: { boundMs: runMs } }) },
      observe: { tracesShare },
    },
  ]);
  return { fleets: new Map(models as never) } as unknown as EnvironmentModel;
}

test('failures and retries are kept, whatever the spec says', () => {
  expect(samplingPolicies(environmentOf([])).slice(0, 2)).toEqual([
    { name: 'failed', type: 'status_code', status_code: { status_codes: ['ERROR'] } },
    {
      name: 'retried',
      type: 'numeric_attribute',
      numeric_attribute: { key: 'nova.attempt', min_value: 2, max_value: Number.MAX_SAFE_INTEGER },
    },
  ]);
});

test('fleets that promise the same share a policy', () => {
  const names = samplingPolicies(
    environmentOf([
      ['a/one', 100, 60_000, 0.1],
      ['a/two', 100, undefined, 0.005],
      ['b/three', 250, 60_000, 0.1],
    ]),
  ).map(({ name }) => name);
  expect(names).toEqual([
    'failed',
    'retried',
    'assigned later than 100 ms',
    'assigned later than 250 ms',
    'ran longer than 60000 ms',
    '0.5 percent of the others',
    '10 percent of the others',
    'of no fleet',
  ]);
});

test('a thousand fleets with the same promises make as many policies as one', () => {
  const many = Array.from({ length: 1000 }, (_, index) => [`team/fleet-${index}`, 100, 60_000, 0.1] as const);
  expect(samplingPolicies(environmentOf(many))).toHaveLength(samplingPolicies(environmentOf(many.slice(0, 1))).length);
});

test('a policy of a promise names its fleets by value', () => {
  const policies = samplingPolicies(
    environmentOf([
      ['a/two', 100, undefined, 1],
      ['a/one', 100, undefined, 1],
    ]),
  );
  expect(policies.find(({ name }) => name === 'assigned later than 100 ms')).toEqual({
    name: 'assigned later than 100 ms',
    type: 'and',
    and: {
      and_sub_policy: [
        {
          name: 'fleets',
          type: 'string_attribute',
          string_attribute: { key: 'nova.fleet', values: ['a/one', 'a/two'] },
        },
        {
          name: 'condition',
          type: 'numeric_attribute',
          numeric_attribute: { key: 'nova.assign_ms', min_value: 100, max_value: Number.MAX_SAFE_INTEGER },
        },
      ],
    },
  });
});

import { expect, test } from 'vitest';
import { condition, environment, fleet, route } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { conditions } from './conditions.ts';

const input = {
  type: 'object',
  properties: { lang: { enum: ['nb', 'sv'] }, size: { type: 'integer' } },
  additionalProperties: false,
};
const one = fleet('eng/fixer', { accepts: { work: { input } } });
const say = (text: string, ...others: readonly ReturnType<typeof fleet>[]) =>
  problemsOf(
    conditions,
    environment({
      fleets: [one, ...others],
      routes: [
        route('eng/work', {
          where: condition(text),
          to: Object.fromEntries([one, ...others].map(({ id }) => [id, 1])),
        }),
      ],
    }),
  );

test('a field that the input does not have is shown inside the condition, with the nearest name', () => {
  expect(say("input.lnag == 'nb'")).toEqual([
    {
      at: 'route:eng/work#match.where[0,10]',
      problem: 'error NT5011: `input` has no field `lnag`',
      label: 'did you mean `lang`?',
    },
  ]);
});

test('a value outside of the enumeration is shown, with the nearest one', () => {
  expect(say("has(input.size) && input.lang == 'nbb'")).toEqual([
    {
      at: 'route:eng/work#match.where[33,38]',
      problem: "error NT5011: `input.lang` is never 'nbb'",
      label: 'did you mean `nb`?',
    },
  ]);
});

test('a comparison of kinds that never match is shown', () => {
  expect(say("input.size == 'big'").map(({ problem }) => problem)).toEqual([
    'error NT5011: a number is compared with a string, which never match',
  ]);
});

test('the conditions of priorities are checked as well', () => {
  const when = [{ ...condition("input.lang == 'zz'"), then: 'high' as const }];
  expect(
    problemsOf(conditions, environment({ fleets: [one], routes: [route('eng/work', { when })] })).map(({ at }) => at),
  ).toEqual(['route:eng/work#priority.when.0.if[14,18]']);
});

test('what makes sense for one of the targets is fine, and without a schema anything is', () => {
  const wide = fleet('eng/wide', {
    accepts: { work: { input: { ...input, properties: { lang: { enum: ['de'] } } } } },
  });
  expect(say("input.lang == 'de'", wide)).toEqual([]);
  expect(say("input.lang == 'fr'", wide)).toHaveLength(1);
  expect(say("input.lang == 'fr'", fleet('eng/any'))).toEqual([]);
  expect(say("input.lang == 'fr'", fleet('eng/elsewhere', { accepts: { other: {} } }))).toHaveLength(1);
});

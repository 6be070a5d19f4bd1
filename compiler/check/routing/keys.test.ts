import { expect, test } from 'vitest';
import { environment, fleet, route } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { keys } from './keys.ts';

const input = {
  type: 'object',
  properties: { repo: { type: 'string' }, tier: { enum: ['gold', 'free'] } },
  additionalProperties: false,
};
const say = (options: Parameters<typeof route>[1]) =>
  problemsOf(
    keys,
    environment({
      fleets: [fleet('eng/fixer', { accepts: { work: { input } } })],
      routes: [route('eng/work', options)],
    }),
  );

test('each key that names no field of the input is reported at its place', () => {
  const found = say({
    affinity: { key: 'input.rpeo', mode: 'soft', holdMs: 1, spillAfterMs: 1 },
    fairness: { key: 'input.banana', weights: {} },
    limits: { perKey: { key: 'input.repos', max: 1, onFull: 'queue' } },
    require: { 'x-{input.teir}': 1 },
    dedupe: { key: '{input.repo}@{input.rep}', windowMs: 1, onHit: 'join' },
  });
  expect(found).toEqual([
    {
      at: 'route:eng/work#affinity.key',
      problem: 'error NT5012: `input.rpeo` is in no input of `work`',
      label: 'did you mean `input.repo`?',
    },
    { at: 'route:eng/work#fairness.key', problem: 'error NT5012: `input.banana` is in no input of `work`' },
    {
      at: 'route:eng/work#limits.perKey.key',
      problem: 'error NT5012: `input.repos` is in no input of `work`',
      label: 'did you mean `input.repo`?',
    },
    {
      at: 'route:eng/work#require.skills.x-{input.teir}[3,13]',
      problem: 'error NT5012: `input.teir` is in no input of `work`',
      label: 'did you mean `input.tier`?',
    },
    {
      at: 'route:eng/work#dedupe.key[14,23]',
      problem: 'error NT5012: `input.rep` is in no input of `work`',
      label: 'did you mean `input.repo`?',
    },
  ]);
});

test('a template that does not parse is shown at its brace', () => {
  expect(say({ dedupe: { key: 'a-{input.repo', windowMs: 1, onHit: 'join' } })).toEqual([
    {
      at: 'route:eng/work#dedupe.key[2,3]',
      problem: 'error NT5013: `{` without `}` in a template of route `eng/work`',
    },
  ]);
  expect(say({ fallback: [{ to: 'eng/fixer', require: { 'a-{nonsense}': 1 } }] })[0]?.at).toBe(
    'route:eng/work#fallback.0.require.skills.a-{nonsense}[2,12]',
  );
});

test('a dedupe key without a part of the task makes all tasks one', () => {
  expect(say({ dedupe: { key: 'always', windowMs: 1, onHit: 'join' } })).toEqual([
    {
      at: 'route:eng/work#dedupe.key',
      problem: 'error NT5014: the key of `dedupe` in route `eng/work` is the same for every task',
    },
  ]);
});

test('a weight for a value that never occurs is reported with the nearest one', () => {
  expect(say({ fairness: { key: 'input.tier', weights: { gold: 2, fre: 1, banana: 1 } } })).toEqual([
    {
      at: 'route:eng/work#fairness.weights.fre@key',
      problem: 'warning NT5015: `fre` is never the value of `input.tier`',
      label: 'did you mean `free`?',
    },
    {
      at: 'route:eng/work#fairness.weights.banana@key',
      problem: 'warning NT5015: `banana` is never the value of `input.tier`',
    },
  ]);
});

test('a key that is no path is the business of its schema', () => {
  expect(say({ fairness: { key: 'nonsense', weights: { x: 1 } } })).toEqual([]);
});

test('weights mean something for a value that only one of the fleets knows', () => {
  const fleets = [
    fleet('eng/a', { accepts: { work: { input } } }),
    fleet('eng/b', { accepts: { work: { input: { properties: { tier: { const: 7 } } } } } }),
  ];
  const fair = (key: string) =>
    route('eng/work', { to: { 'eng/a': 1, 'eng/b': 1 }, fairness: { key, weights: { 7: 1, gold: 1 } } });
  expect(problemsOf(keys, environment({ fleets, routes: [fair('input.tier')] }))).toEqual([]);
});

test('keys that exist, tenants, labels and open values are fine', () => {
  expect(
    say({
      affinity: { key: 'tenant', mode: 'soft', holdMs: 1, spillAfterMs: 1 },
      fairness: { key: 'input.repo', weights: { 'acme/web': 2 } },
      limits: { perKey: { key: 'labels.squad', max: 1, onFull: 'queue' } },
      dedupe: { key: '{input.repo}', windowMs: 1, onHit: 'join' },
    }),
  ).toEqual([]);
});

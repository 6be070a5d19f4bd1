import { expect, test } from 'vitest';
import { condition, environment, fleet, route } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { priority } from './priority.ts';

const severity = { type: 'object', properties: { severity: { enum: ['low', 'high'] } }, required: ['severity'] };
const say = (options: Parameters<typeof route>[1]) =>
  problemsOf(
    priority,
    environment({
      fleets: [fleet('eng/fixer', { accepts: { work: { input: severity } } })],
      routes: [route('eng/work', options)],
    }),
  );

test('a condition behind one that holds whenever it does never decides', () => {
  const when = [
    { ...condition("input.severity != 'low'"), then: 'high' as const },
    { ...condition("input.severity == 'high'"), then: 'critical' as const },
  ];
  expect(say({ when })).toEqual([
    {
      at: 'route:eng/work#priority.when.1.if',
      problem: 'warning NT5023: the condition for priority `critical` never holds for a task of route `eng/work`',
    },
  ]);
});

test('a condition that the route itself rules out never decides', () => {
  const when = [{ ...condition("input.severity == 'low'"), then: 'low' as const }];
  expect(say({ where: condition("input.severity == 'high'"), when })).toHaveLength(1);
});

test('conditions that decide, and those of which it is not known, are fine', () => {
  expect(say({ when: [{ ...condition("input.severity == 'high'"), then: 'high' }] })).toEqual([]);
  expect(
    say({ when: [{ ...condition('input.severity == labels.x && input.severity != labels.x'), then: 'high' }] }),
  ).toEqual([]);
});

test('what cannot be, and a route that takes nothing, are told elsewhere', () => {
  expect(say({ when: [{ ...condition("input.severity == 'hihg'"), then: 'high' }] })).toEqual([]);
  expect(
    say({ where: condition('false'), when: [{ ...condition("input.severity == 'high'"), then: 'high' }] }),
  ).toEqual([]);
});

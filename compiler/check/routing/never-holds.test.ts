import { expect, test } from 'vitest';
import { condition, environment, fleet, route } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { neverHolds } from './never-holds.ts';

const say = (text: string, options: Parameters<typeof route>[1] = {}, input?: { type: string; properties: object }) =>
  problemsOf(
    neverHolds,
    environment({
      fleets: [
        fleet('eng/fixer', { accepts: { work: input === undefined ? {} : { input: input as { type: string } } } }),
      ],
      routes: [route('eng/work', { where: condition(text), ...options })],
    }),
  );

const never = [
  { at: 'route:eng/work#match.where', problem: 'error NT5022: the condition of route `eng/work` never holds' },
];

test('a condition whose parts contradict each other never holds', () => {
  expect(say("input.lang == 'nb' && input.lang == 'sv'")).toEqual(never);
  expect(say('input.size > 5 && input.size < 3')).toEqual(never);
  expect(say("input.repo.startsWith('acme/') && input.repo.startsWith('other/')")).toEqual(never);
  expect(say('false')).toEqual(never);
});

test('so does one that contradicts the labels of the route', () => {
  expect(say("labels.channel == 'web'", { labels: { channel: 'ci' } })).toEqual(never);
});

test('so does one that the bounds of the schema rule out', () => {
  expect(
    say('input.size > 10', {}, { type: 'object', properties: { size: { type: 'integer', maximum: 10 } } }),
  ).toEqual(never);
});

test('a condition that can hold, or of which that is not known, is fine', () => {
  expect(say("input.lang == 'nb' || input.lang == 'sv'")).toEqual([]);
  expect(say('input.size > 3 && input.size < 5')).toEqual([]);
  expect(say('input.a < input.b && input.b < input.a')).toEqual([]);
});

test('a field or a value that the schema does not have is told at its own place instead', () => {
  expect(say("input.lang == 'xx'", {}, { type: 'object', properties: { lang: { enum: ['nb'] } } })).toEqual([]);
});

test('a condition over tasks that nobody accepts is judged as if their input could be anything', () => {
  const about = (text: string) =>
    problemsOf(neverHolds, environment({ routes: [route('eng/x', { tasks: ['unheard'], where: condition(text) })] }));
  expect(about('input.a == 1 && input.a == 2').map(({ at }) => at)).toEqual(['route:eng/x#match.where']);
  expect(about('input.a == 1')).toEqual([]);
});

test('with more than 64 different inputs their bounds are not looked at', () => {
  const say = (count: number) => {
    const fleets = Array.from({ length: count }, (_, index) =>
      fleet(`eng/f${index}`, {
        accepts: {
          work: {
            input: { type: 'object', properties: { size: { type: 'integer', maximum: index } }, required: ['size'] },
          },
        },
      }),
    );
    const big = route('eng/big', { to: { 'eng/f0': 1 }, where: condition('input.size > 100') });
    return problemsOf(neverHolds, environment({ fleets, routes: [big] })).map(({ at }) => at);
  };
  expect([say(64), say(65)]).toEqual([['route:eng/big#match.where'], []]);
});

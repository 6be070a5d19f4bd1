import { expect, test } from 'vitest';
import { condition, environment, fleet, route } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { expectCases } from './expect.ts';

const fleets = [
  fleet('eng/fixer', { skills: { python: 3 } }),
  fleet('eng/spare', { skills: { python: 1 } }),
  fleet('eng/off'),
  fleet('eng/far', { accepts: { other: {} } }),
];
const web = { task: { task: 'work', labels: { channel: 'web' }, input: { lang: 'nb' } } };
const say = (...routes: readonly ReturnType<typeof route>[]) =>
  problemsOf(expectCases, environment({ fleets, routes }));

test('a case that comes true says nothing', () => {
  expect(
    say(
      route('eng/work', { expect: [{ ...web, goesTo: ['eng/fixer'] }] }),
      route('eng/none', { tasks: ['other'], expect: [web] }),
    ),
  ).toEqual([]);
});

test('a task that the route must not take but does is reported with where it went', () => {
  expect(say(route('eng/work', { expect: [web] }))).toEqual([
    {
      at: 'route:eng/work#expect.0',
      problem: 'error NT5060: route `eng/work` does not do what this case expects: it takes the task',
      notes: ['the task may go to `eng/fixer`'],
    },
  ]);
});

test('a task that the route refuses names each rule that refused it', () => {
  const picky = route('eng/picky', {
    tasks: ['other'],
    labels: { channel: 'ci', tier: 'a' },
    where: condition("input.lang == 'sv' && has(input.lang)"),
    expect: [{ ...web, goesTo: ['eng/fixer'] }],
  });
  expect(say(picky)).toEqual([
    {
      at: 'route:eng/picky#expect.0',
      problem: 'error NT5060: route `eng/picky` does not do what this case expects: no route takes the task',
      notes: [
        'its task type is `work`, not `other`',
        'its label `channel` is `web`, not `ci`',
        'its label `tier` is missing, not `a`',
        "`input.lang == 'sv'` does not hold",
      ],
    },
  ]);
});

test('a task that a route before it takes names that route', () => {
  expect(
    say(route('eng/all', { precedence: 600 }), route('eng/work', { expect: [{ ...web, goesTo: ['eng/fixer'] }] })),
  ).toEqual([
    {
      at: 'route:eng/work#expect.0',
      problem: 'error NT5060: route `eng/work` does not do what this case expects: route `eng/all` takes the task',
      notes: ['`eng/all` is tried before `eng/work`', 'the task may go to `eng/fixer`'],
      related: ['route:eng/all#match@key: `eng/all` is here'],
    },
  ]);
});

test('a fleet that cannot get the task says why', () => {
  const to = { 'eng/fixer': 1, 'eng/spare': 1, 'eng/off': 0, 'eng/far': 1 };
  const goesTo = ['eng/fixer', 'eng/spare', 'eng/off', 'eng/far', 'eng/gone'];
  expect(say(route('eng/work', { require: { python: 2 }, to, expect: [{ ...web, goesTo }] }))[0]?.notes).toEqual([
    '`eng/far`: it does not accept the task',
    '`eng/off`: its weight is 0',
    '`eng/spare`: it has `python` level 1, 2 is required',
    '`eng/gone` is no target of the route',
    'the task may go to `eng/fixer`',
  ]);
  expect(say(route('eng/work', { require: { go: 2 }, expect: [{ ...web, goesTo: ['eng/fixer'] }] }))).toEqual([
    {
      at: 'route:eng/work#expect.0',
      problem: 'error NT5060: route `eng/work` does not do what this case expects: `eng/fixer` cannot get the task',
      notes: ['`eng/fixer`: it has no `go`'],
    },
  ]);
});

test('a fleet that may get the task but is not named is reported', () => {
  const both = { 'eng/fixer': 1, 'eng/spare': 1 };
  expect(say(route('eng/work', { to: both, expect: [{ ...web, goesTo: ['eng/fixer'] }] }))[0]?.problem).toBe(
    'error NT5060: route `eng/work` does not do what this case expects: `eng/spare` may get the task as well',
  );
});

test('a route that takes the task but has nobody for it says so', () => {
  const stuck = route('eng/all', { precedence: 600, to: { 'eng/off': 0 } });
  expect(say(stuck, route('eng/work', { expect: [{ ...web, goesTo: ['eng/fixer'] }] }))[0]?.notes).toEqual([
    '`eng/all` is tried before `eng/work`',
    'no fleet of it can do the task',
  ]);
});

test('no case runs while a template does not parse', () => {
  expect(say(route('eng/work', { require: { '{x': 1 }, expect: [web] }))).toEqual([]);
});

test('a skill that the task does not complete is named as it is written', () => {
  const require = { 'lang-{input.lang}': 2 };
  const bare = { task: { task: 'work' }, goesTo: ['eng/fixer'] };
  expect(say(route('eng/work', { require, expect: [bare] }))[0]?.notes).toEqual([
    '`eng/fixer`: it has no `lang-{input.lang}`',
  ]);
});

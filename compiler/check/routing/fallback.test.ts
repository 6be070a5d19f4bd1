import { expect, test } from 'vitest';
import { environment, fleet, route } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { fallback } from './fallback.ts';

const fleets = [
  fleet('eng/fixer', { skills: { python: 3 } }),
  fleet('eng/spare', { skills: { python: 2 } }),
  fleet('eng/far', { accepts: { other: {} } }),
];

function say(options: Parameters<typeof route>[1]) {
  return problemsOf(fallback, environment({ fleets, routes: [route('eng/work', options)] }));
}

test('a fallback to a target of the route was tried before', () => {
  expect(say({ fallback: [{ to: 'eng/fixer' }] })).toEqual([
    {
      at: 'route:eng/work#fallback.0.to',
      problem: 'error NT5040: the fallback of route `eng/work` leads to `eng/fixer`, which was tried before',
      related: ['route:eng/work#to.eng/fixer: it was tried here'],
    },
  ]);
});

test('so was a fleet of an earlier step for the same reasons', () => {
  expect(
    say({
      fallback: [
        { to: 'eng/spare', when: ['no-agent', 'wait-above'] },
        { to: 'eng/spare', when: ['no-agent'] },
      ],
    }),
  ).toEqual([
    {
      at: 'route:eng/work#fallback.1.to',
      problem: 'error NT5040: the fallback of route `eng/work` leads to `eng/spare`, which was tried before',
      related: ['route:eng/work#fallback.0.to: it was tried here'],
    },
  ]);
});

test('the same fleet may be tried for another reason, with lower requirements, or when its weight was zero', () => {
  expect(
    say({
      fallback: [
        { to: 'eng/spare', when: ['no-agent'] },
        { to: 'eng/spare', when: ['breaker-open'] },
      ],
    }),
  ).toEqual([]);
  expect(say({ require: { python: 3 }, fallback: [{ to: 'eng/fixer', require: { python: 1 } }] })).toEqual([]);
  expect(say({ to: { 'eng/fixer': 1, 'eng/spare': 0 }, fallback: [{ to: 'eng/spare' }] })).toEqual([]);
  const twice = [
    { to: 'eng/spare', require: { python: 2 } },
    { to: 'eng/spare', require: { python: 1 } },
  ];
  expect(say({ fallback: twice })).toEqual([]);
});

test('a step that sets in after the task has left the queue never happens', () => {
  expect(say({ fallback: [{ to: 'eng/spare', afterMs: 600_000 }] })).toEqual([
    {
      at: 'route:eng/work#fallback.0.after',
      problem:
        'error NT5041: this fallback of route `eng/work` sets in after 10m, but after 10m its queue timeout ends',
      related: ['fleet:eng/fixer#accepts.work@key: here its queue timeout ends'],
    },
  ]);
  expect(say({ queue: { maxAgeMs: 30_000 }, fallback: [{ to: 'eng/spare' }] })).toEqual([
    {
      at: 'route:eng/work#fallback.0.after',
      problem: 'error NT5041: this fallback of route `eng/work` sets in after 1m, but after 30s the queue drops it',
      related: ['route:eng/work#queue.maxAge: here the queue drops it'],
    },
  ]);
});

test('a refusal does not wait, and a route without targets has only the bound of its queue', () => {
  expect(say({ fallback: [{ to: 'eng/spare', afterMs: 999_000_000, when: ['rejected'] }] })).toEqual([]);
  expect(say({ to: {}, fallback: [{ to: 'eng/spare', afterMs: 3_600_000 }] })[0]?.related).toEqual([
    'route:eng/work#queue.maxAge: here the queue drops it',
  ]);
});

test('a fallback that cannot do the task is reported with the reasons', () => {
  expect(say({ require: { python: 3 }, fallback: [{ to: 'eng/spare' }, { to: 'eng/far' }] })).toEqual([
    {
      at: 'route:eng/work#fallback.0.to',
      problem: 'error NT5043: the fallback `eng/spare` cannot do the tasks of route `eng/work`',
      label: '`python` level 2, needs 3',
      related: ['fleet:eng/spare: `eng/spare` is here'],
    },
    {
      at: 'route:eng/work#fallback.1.to',
      problem: 'error NT5043: the fallback `eng/far` cannot do the tasks of route `eng/work`',
      label: 'does not accept `work`; no `python`',
      related: ['fleet:eng/far: `eng/far` is here'],
    },
  ]);
});

test('a fallback that does not exist is left to the rule about references', () => {
  expect(say({ fallback: [{ to: 'eng/gone' }] })).toEqual([]);
});

test('a step that asks for one skill less is another try', () => {
  const require = { python: 3, debugging: 1 };
  expect(say({ require, fallback: [{ to: 'eng/fixer', require: { python: 3 } }] })).toEqual([]);
  expect(say({ require, fallback: [{ to: 'eng/fixer', require }] }).map(({ problem }) => problem.slice(6, 12))).toEqual(
    ['NT5040', 'NT5043'],
  );
});

test('a task waits as long as the most patient of the fleets lets it', () => {
  const patient = fleet('eng/patient', { accepts: { work: { some: { timeouts: { queueMs: 1_800_000 } } } } });
  const routes = [
    route('eng/work', {
      to: { 'eng/fixer': 1, 'eng/patient': 1 },
      fallback: [{ to: 'eng/spare', afterMs: 1_800_000 }],
    }),
  ];
  expect(problemsOf(fallback, environment({ fleets: [...fleets, patient], routes }))).toMatchObject([
    {
      problem:
        'error NT5041: this fallback of route `eng/work` sets in after 30m, but after 30m its queue timeout ends',
      related: ['fleet:eng/patient#accepts.work@key: here its queue timeout ends'],
    },
  ]);
});

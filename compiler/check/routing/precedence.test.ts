import { expect, test } from 'vitest';
import { condition, environment, fleet, route } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { precedence } from './precedence.ts';

const nb = { where: condition("input.lang == 'nb'") };
const sv = { where: condition("input.lang == 'sv'") };
const lang = { type: 'object', properties: { lang: { enum: ['nb', 'sv'] } }, required: ['lang'] };
const closed = [fleet('eng/fixer', { accepts: { work: { input: lang } } })];

test('a route behind one that takes everything never gets a task, shown by one', () => {
  const where = environment({ routes: [route('eng/all', { precedence: 600 }), route('eng/nb', nb)] });
  expect(problemsOf(precedence, where)).toEqual([
    {
      at: 'route:eng/nb#match@key',
      problem: 'error NT5020: route `eng/nb` never gets a `work`: `eng/all` takes them all before it',
      notes: ['for example {"task":"work","input":{"lang":"nb"}} goes to `eng/all`'],
      related: ['route:eng/all#match@key: `eng/all` is tried first (precedence 600)'],
    },
  ]);
});

test('a route that several others together leave nothing names them all', () => {
  const routes = [
    route('eng/nb', { ...nb, precedence: 600 }),
    route('eng/sv', { ...sv, precedence: 600 }),
    route('eng/rest'),
  ];
  expect(problemsOf(precedence, environment({ fleets: closed, routes })).map(({ problem }) => problem)).toEqual([
    'error NT5020: route `eng/rest` never gets a `work`: `eng/nb`, `eng/sv` take them all before it',
  ]);
  expect(problemsOf(precedence, environment({ routes }))).toEqual([]);
});

test('two routes of one precedence that match one task are in doubt, shown by that task', () => {
  const web = { where: condition("labels.channel == 'web'") };
  const where = environment({ routes: [route('eng/nb', nb), route('eng/web', web)] });
  expect(problemsOf(precedence, where)).toEqual([
    {
      at: 'route:eng/web#match@key',
      problem: 'error NT5021: routes `eng/nb` and `eng/web` both take some `work`, and nothing says which goes first',
      notes: ['both take {"task":"work","input":{"lang":"nb"},"labels":{"channel":"web"}}'],
      related: ['route:eng/nb#match@key: `eng/nb` has precedence 500 as well'],
    },
  ]);
});

test('routes that exclude each other, differ in precedence, in labels or in task type are fine', () => {
  const ok = (...routes: readonly ReturnType<typeof route>[]) =>
    expect(problemsOf(precedence, environment({ routes }))).toEqual([]);
  ok(route('eng/nb', nb), route('eng/sv', sv));
  ok(route('eng/nb', { ...nb, precedence: 600 }), route('eng/rest'));
  ok(route('eng/a', { labels: { channel: 'a' } }), route('eng/b', { labels: { channel: 'b' } }));
  ok(route('eng/a'), route('eng/b', { tasks: ['other'] }));
});

test('a route whose condition never holds is not blamed for being hidden as well', () => {
  const dead = { where: condition("input.lang == 'nb' && input.lang == 'sv'") };
  expect(
    problemsOf(precedence, environment({ routes: [route('eng/all', { precedence: 600 }), route('eng/dead', dead)] })),
  ).toEqual([]);
});

test('with too many routes to try every task, only what is shown by a task is said', () => {
  const many = Array.from({ length: 60 }, (_, index) => {
    const text = Array.from({ length: 6 }, (_, field) => `input.f${field} == '${index}'`).join(' && ');
    return route(`eng/r${String(index).padStart(2, '0')}`, { where: condition(text) });
  });
  expect(problemsOf(precedence, environment({ routes: many }))).toEqual([]);
  const all = route('eng/a', { precedence: 900 });
  const found = problemsOf(precedence, environment({ routes: [...many, all] }));
  expect(found).toHaveLength(60);
  expect(found[59]?.problem).toBe(
    'error NT5020: route `eng/r59` never gets a `work`: `eng/a` takes them all before it',
  );
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluate } from '../../../spec/contract/expression-evaluate.ts';
import { compileTable, route as decide } from '../../../spec/contract/match.ts';
import type { Task } from '../../../spec/contract/task.ts';
import { draftTable } from '../../core/routing-table.ts';
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

const fragments = fc.constantFrom(
  "input.lang == 'nb'",
  "input.lang != 'nb'",
  'input.size > 3',
  'input.size <= 3',
  "input.repo.startsWith('acme/')",
  "input.repo.endsWith('.git')",
  "labels.channel == 'web'",
  'has(input.size)',
  "tenant in ['a', 'b']",
);
const wheres = fc
  .array(fc.tuple(fragments, fc.constantFrom(' && ', ' || ', ' && !')), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.map(([text, glue], index) => (index === 0 ? text : `${glue}(${text})`)).join(''));
const tasks = fc.record(
  {
    tenant: fc.constantFrom('a', 'b', 'c'),
    labels: fc.record({ channel: fc.constantFrom('web', 'ci') }, { requiredKeys: [] }),
    input: fc.record(
      {
        lang: fc.constantFrom('nb', 'sv'),
        size: fc.integer({ min: 2, max: 5 }),
        repo: fc.constantFrom('acme/web', 'acme/web.git', 'other/x.git', 'other'),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);

test('no task ever reaches a route that is said to be hidden, and every doubt is real', () => {
  let hidden = 0;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(wheres, fc.constantFrom(400, 500, 600)), { minLength: 2, maxLength: 4 }),
      fc.array(tasks, { minLength: 10 }),
      (written, bodies) => {
        const routes = written.map(([text, order], index) =>
          route(`eng/r${index}`, { where: condition(text), precedence: order }),
        );
        const where = environment({ routes });
        const table = compileTable(draftTable(where));
        const taken = new Set(bodies.map((body) => decide(table, { task: 'work', ...body }).route?.id));
        for (const { problem, notes } of problemsOf(precedence, where)) {
          const [, code, first = '', second = ''] =
            /error (NT\d+)[^`]*`([^`]+)`(?: and `([^`]+)`)?/.exec(problem) ?? [];
          if (code === 'NT5020') {
            hidden++;
            expect([first, taken.has(first)]).toEqual([first, false]);
          } else {
            const example = JSON.parse((notes?.[0] ?? '').replace('both take ', '')) as Task;
            const both = routes.filter((each) => evaluate(condition(each.match.where?.text ?? '').expression, example));
            expect(both.map(({ id }) => id)).toEqual(expect.arrayContaining([first, second]));
          }
        }
      },
    ),
    { numRuns: 300 },
  );
  expect(hidden).toBeGreaterThan(10);
});

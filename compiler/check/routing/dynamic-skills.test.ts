import { expect, test } from 'vitest';
import { condition, environment, fleet, route } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { dynamicSkills } from './dynamic-skills.ts';

const lang = { enum: ['en', 'nb', 'sv', 'da', 'fi'] };
const closed = { type: 'object', properties: { lang }, required: ['lang'] };
const require = { 'lang-{input.lang}': 2 };

function where(skills: Readonly<Record<string, number>>, text?: string, input: typeof closed | object = closed) {
  const one = fleet('eng/fixer', { skills, accepts: { work: { input: input as typeof closed } } });
  return environment({
    fleets: [one],
    routes: [route('eng/work', { require, ...(text === undefined ? {} : { where: condition(text) }) })],
  });
}

test('a value that no fleet has the skill for is named, with the nearest fleet', () => {
  expect(
    problemsOf(dynamicSkills, where({ 'lang-en': 3, 'lang-sv': 2, 'lang-da': 2, 'lang-fi': 2, 'lang-nb': 1 })),
  ).toEqual([
    {
      at: 'route:eng/work#require.skills.lang-{input.lang}',
      problem: 'error NT5006: no fleet of route `eng/work` can do its tasks when `input.lang` is "nb"',
      label: 'nearest is `eng/fixer`: `lang-nb` level 1, needs 2',
      related: ['fleet:eng/fixer#skills@key: the skills of `eng/fixer`'],
    },
  ]);
});

test('further values are listed up to three', () => {
  expect(problemsOf(dynamicSkills, where({ 'lang-en': 3 }))[0]?.notes).toEqual([
    'nor when `input.lang` is "sv", nor when `input.lang` is "da", and 1 more',
  ]);
  expect(problemsOf(dynamicSkills, where({ 'lang-en': 3, 'lang-nb': 2, 'lang-fi': 2 }))[0]?.notes).toEqual([
    'nor when `input.lang` is "da"',
  ]);
});

test('a condition that leaves only able values proves the route', () => {
  expect(problemsOf(dynamicSkills, where({ 'lang-en': 2, 'lang-nb': 2 }, "input.lang in ['en', 'nb']"))).toEqual([]);
  expect(problemsOf(dynamicSkills, where({ 'lang-en': 2 }, "input.lang == 'en'", {}))).toEqual([]);
});

test('a field that may be anything or missing cannot be proven', () => {
  expect(problemsOf(dynamicSkills, where({ 'lang-en': 2 }, undefined, {}))).toEqual([
    {
      at: 'route:eng/work#require.skills.lang-{input.lang}',
      problem: 'warning NT5007: route `eng/work` requires `lang-{input.lang}`, but `input.lang` may be anything',
    },
  ]);
  const optional = { type: 'object', properties: { lang: { enum: ['en'] } } };
  expect(problemsOf(dynamicSkills, where({ 'lang-en': 2 }, undefined, optional))).toEqual([
    {
      at: 'route:eng/work#require.skills.lang-{input.lang}',
      problem: 'warning NT5007: route `eng/work` requires `lang-{input.lang}`, but `input.lang` may be missing',
    },
  ]);
});

test('what another rule reports is not said again', () => {
  const hopeless = fleet('eng/fixer', { accepts: { work: { input: closed } } });
  const lost = route('eng/work', { require: { ...require, python: 1 } });
  expect(problemsOf(dynamicSkills, environment({ fleets: [hopeless], routes: [lost] }))).toEqual([]);
  const broken = route('eng/work', { require: { 'lang-{input.lang': 1 } });
  expect(problemsOf(dynamicSkills, environment({ fleets: [hopeless], routes: [broken] }))).toEqual([]);
  const elsewhere = route('eng/work', { require, tasks: ['other'] });
  expect(problemsOf(dynamicSkills, environment({ fleets: [hopeless], routes: [elsewhere] }))).toEqual([]);
});

test('a listed value that completes no skill has no able fleet', () => {
  const input = { type: 'object', properties: { lang: { enum: ['en', null] } }, required: ['lang'] };
  expect(problemsOf(dynamicSkills, where({ 'lang-en': 3 }, undefined, input))).toMatchObject([
    {
      problem: 'error NT5006: no fleet of route `eng/work` can do its tasks when `input.lang` is null',
      label: 'nearest is `eng/fixer`: no `lang-{input.lang}`',
    },
  ]);
});

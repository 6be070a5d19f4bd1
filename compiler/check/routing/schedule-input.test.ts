import { expect, test } from 'vitest';
import type { JsonObject } from '../../../spec/contract/source.ts';
import { environment, fleet, route, schedule } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { scheduleInput } from './schedule-input.ts';

const schema: JsonObject = {
  type: 'object',
  required: ['repo'],
  properties: {
    repo: { type: 'string', maxLength: 8 },
    parts: { type: 'array', items: { type: 'object', properties: { 'a/b': { type: 'integer' } } } },
  },
  additionalProperties: false,
};
const say = (input: JsonObject, accepted: JsonObject | undefined = schema) => {
  const accepts = { work: accepted === undefined ? {} : { input: accepted } };
  const fleets = [fleet('eng/fixer', { accepts }), fleet('eng/other', { accepts: { work: {} } })];
  const to = { 'eng/fixer': 90, 'eng/other': 10 };
  const schedules = [schedule('eng/nightly', { input })];
  return problemsOf(scheduleInput, environment({ fleets, routes: [route('eng/work', { to })], schedules }));
};

test('an input that fits says nothing', () => {
  expect(say({ repo: 'shop', parts: [{ 'a/b': 1 }] })).toEqual([]);
});

test('the innermost reasons are given, at the first field that is wrong', () => {
  expect(say({ repo: 'far-too-long', parts: [{}, { 'a/b': 'x' }], more: 1 })).toEqual([
    {
      at: 'schedule:eng/nightly#input.repo',
      problem: 'error NT5071: the input of schedule `eng/nightly` is not what `eng/fixer` accepts',
      notes: [
        '`input.repo`: must NOT have more than 8 characters',
        '`input.parts.1.a/b`: must be integer',
        '`input.more`: there is no such field',
      ],
      related: ['fleet:eng/fixer#accepts.work.input: `eng/fixer` accepts `work.json`'],
    },
  ]);
});

test('what is missing is said of the whole input', () => {
  expect(say({})).toMatchObject([
    { at: 'schedule:eng/nightly#input', notes: ["`input`: must have required property 'repo'"] },
  ]);
});

test('nothing is asked of a schedule that no route takes, nor by a fleet without a schema', () => {
  expect(
    problemsOf(scheduleInput, environment({ fleets: [fleet('eng/fixer')], schedules: [schedule('eng/a')] })),
  ).toEqual([]);
  expect(say({ anything: true }, {})).toEqual([]);
  expect(problemsOf(scheduleInput, environment({ fleets: [fleet('eng/fixer')] }))).toEqual([]);
});

test('a wrong value in a list is shown at its position', () => {
  expect(say({ repo: 'shop', parts: [{}, { 'a/b': 'x' }] })).toMatchObject([
    { at: 'schedule:eng/nightly#input.parts.1.a/b' },
  ]);
});

test('an input that would keep the scheduler busy is no input', () => {
  const node = {
    anyOf: ['a', 'b'].map((kind) => ({ properties: { next: { $ref: '#/$defs/n' }, kind: { enum: [kind] } } })),
  };
  let input: JsonObject = { kind: 'c' };
  for (let level = 0; level < 31; level++) input = { next: input, kind: 'c' };
  expect(say(input, { $ref: '#/$defs/n', $defs: { n: node } })).toMatchObject([
    { at: 'schedule:eng/nightly#input', notes: [expect.stringContaining('takes more work to check')] },
  ]);
});

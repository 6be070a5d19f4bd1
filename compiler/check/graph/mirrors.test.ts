import { expect, test } from 'vitest';
import { environment, facts } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { mirrors } from './mirrors.ts';

const say = (mirrored: boolean, replicas: number) =>
  problemsOf(mirrors, environment({ facts: { scheduler: { ...facts.scheduler, mirrored, replicas } } }));

test('two replicas can mirror each other, and one without a mirror is fine', () => {
  expect([...say(true, 2), ...say(true, 3), ...say(false, 1)]).toEqual([]);
});

test('one replica alone has nobody to mirror to', () => {
  expect(say(true, 1)).toEqual([
    {
      at: 'environment:prod#scheduler.mirror',
      problem: 'error NT2064: `mirror: peer` needs a second replica of the scheduler, and there is one',
    },
  ]);
});

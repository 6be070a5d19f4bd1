import { expect, test } from 'vitest';
import { collector } from '../diagnostics/report.ts';
import type { Report } from '../diagnostics/report.ts';
import { withFleetsTogether, withoutConsequences } from './consequences.ts';
import type { Problem } from './consequences.ts';
import { node } from './testing/model.ts';

/** Places of a document of the test. */
const { from } = node('route:eng/work');

function reported(say: (report: Report) => void): Problem[] {
  const problems: Problem[] = [];
  say((...problem) => problems.push(problem));
  return problems;
}

function codes(problems: readonly Problem[]): string[] {
  return problems.map(([code]) => code);
}

test('what another problem of the same route brings along is left out, also when that is left out itself', () => {
  const problems = reported((report) => {
    report('NT5060', from(['expect', 0]), { route: 'eng/work', what: 'x' });
    report('NT5060', from(['expect', 0]), { route: 'eng/other', what: 'x' });
    report('NT5004', from(['require', 'skills'], 'key'), { route: 'eng/work' });
    report('NT5003', from(['to', 'x/y'], 'key'), { route: 'eng/work', fleet: 'x/y', tasks: '`work`' });
    report('NT4001', from(['to', 'x/y'], 'key'), { fleet: 'x/y', owner: 'x', team: 'eng' });
  });
  const left = withoutConsequences(problems);
  expect(codes(left)).toEqual(['NT5060', 'NT4001']);
  expect(left[0]?.[2]).toMatchObject({ route: 'eng/other' });
});

test('a cause at another place, or of something else, brings nothing along', () => {
  const problems = reported((report) => {
    report('NT5003', from(['to', 'x/y'], 'key'), { route: 'eng/work', fleet: 'x/y', tasks: '`work`' });
    report('NT4001', from(['to', 'x/z'], 'key'), { fleet: 'x/z', owner: 'x', team: 'eng' });
    report('NT2505', from(['arrivals', 'a'], 'key'), { task: 'a' });
    report('NT5002', from(['match', 'task']), { route: 'eng/work', task: 'b' });
  });
  expect(codes(withoutConsequences(problems))).toEqual(['NT5003', 'NT4001', 'NT2505', 'NT5002']);
});

test('a word inside a text stands where the text stands', () => {
  const problems = reported((report) => {
    report('NT5007', from(['require']), { route: 'eng/work', template: '{input.a}', why: 'x' });
    report('NT5012', { ...from(['require']), inside: { offset: 1, length: 7 } }, { key: 'input.a', tasks: '`work`' });
  });
  expect(codes(withoutConsequences(problems))).toEqual(['NT5012']);
});

test('what a default does to several fleets is one problem that names some of them', () => {
  const fleets = ['eng/a', 'eng/b', 'eng/c', 'eng/d', 'eng/e', 'eng/f'];
  const problems = reported((report) => {
    for (const fleet of fleets)
      report('NT2520', from(['slo', 'success']), { fleet }, { notes: ['in `dev` only', 'why'] });
    report('NT2520', from(['slo', 'other']), { fleet: 'eng/g' });
    report('NT5030', from(['to']), { route: 'eng/work' });
    report('NT5030', from(['to']), { route: 'eng/work' });
  });
  const { report, diagnostics } = collector();
  for (const problem of withFleetsTogether(problems)) report(...problem);
  expect(diagnostics.map(({ message, notes }) => [message, ...notes])).toEqual([
    [
      'the success target of `eng/a` is 100%, which leaves no errors to spend',
      'why',
      'and so for `eng/b`, `eng/c`, `eng/d` and 2 more',
    ],
    ['the success target of `eng/g` is 100%, which leaves no errors to spend'],
    ['all weights of route `eng/work` are 0'],
    ['all weights of route `eng/work` are 0'],
  ]);
});

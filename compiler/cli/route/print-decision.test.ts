import { expect, test } from 'vitest';
import type { Decision, RouteTrial } from '../../../spec/contract/match.ts';
import { contextFor } from '../context.ts';
import type { Host } from '../host.ts';
import { printDecision } from './print-decision.ts';

function printed(trials: readonly RouteTrial[], decision: Partial<Decision>): string {
  let said = '';
  const sink = { write: (text: string) => void (said += text), isTerminal: false, columns: 0 };
  const { out } = contextFor({ env: {}, stdout: sink, stderr: sink } as unknown as Host, '/', 'nova-torch');
  printDecision(trials, { candidates: [], excluded: [], ...decision } as Decision, out);
  return said;
}

const task = { rule: 'task', holds: true, wanted: ['bug_fix', 'review'] } as const;
const route = { id: 'eng/fix' } as NonNullable<Decision['route']>;

test('each rule of a route says yes or no, and what it found instead', () => {
  const label = (holds: boolean, got?: string) =>
    ({ rule: 'label', name: 'tier', wanted: 'gold', holds, ...(got === undefined ? {} : { got }) }) as const;
  const trials = [
    { route: 'eng/a', matches: false, rules: [task, label(false)] },
    { route: 'eng/b', matches: false, rules: [task, label(false, 'free')] },
    {
      route: 'eng/c',
      matches: true,
      rules: [task, label(true, 'gold'), { rule: 'where', holds: true, wanted: 'input.x > 1' }],
    },
    { route: 'eng/d', matches: false, rules: [{ ...task, holds: false }] },
  ] as unknown as readonly RouteTrial[];
  expect(printed(trials, {})).toMatchInlineSnapshot(`
    "passes  eng/a
             yes  task is bug_fix or review
             no   label tier is gold, got none
    passes  eng/b
             yes  task is bug_fix or review
             no   label tier is gold, got free
    takes   eng/c
             yes  task is bug_fix or review
             yes  label tier is gold
             yes  input.x > 1
    1 route of other task types passed over

    no route takes this task
    "
  `);
});

test('a route without a fleet that is able names what each lacks', () => {
  const excluded = [
    { fleet: 'eng/one', reason: 'lacks-skill', skill: { template: 'go', wanted: 3 } },
    { fleet: 'eng/two', reason: 'lacks-skill', skill: { template: '{input.lang}', skill: 'go', wanted: 3, got: 2 } },
    { fleet: 'eng/off', reason: 'weight-zero' },
  ] as unknown as Decision['excluded'];
  expect(printed([], { route, excluded })).toMatchInlineSnapshot(`
    "
      cannot go   eng/one: lacks skill (needs go at 3, has none)
      cannot go   eng/two: lacks skill (needs go at 3, has 2)
      cannot go   eng/off: weight zero
    route eng/fix takes it, and no fleet of it can run it
    "
  `);
});

test('the choice names fleet, build and priority', () => {
  const candidates = [{ fleet: 'eng/one', weight: 90 }];
  expect(printed([], { route, candidates, fleet: 'eng/one', build: '1.2', priority: 'high' })).toMatchInlineSnapshot(`
    "
      may go to   eng/one (weight 90)
    goes to eng/one, build 1.2, priority high
    "
  `);
});

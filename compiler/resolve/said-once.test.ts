import { expect, test } from 'vitest';
import { collector } from '../diagnostics/report.ts';
import type { Report } from '../diagnostics/report.ts';
import { saidOnce } from './said-once.ts';

function said(tell: (report: Report) => void): string[] {
  const { report, say } = saidOnce();
  tell(report);
  const { report: collect, diagnostics } = collector();
  say(collect);
  return diagnostics.map(({ message, at, related, notes }) =>
    [
      `${at.file}:${at.start} ${message}`,
      ...related.map((one) => `${one.message} ${one.at.file}:${one.at.start}`),
      ...notes,
    ].join('; '),
  );
}

const span = (file: string, start = 0) => ({ file, start, end: start + 1 });

test('the same problem at the same place is said once, in other places or words again', () => {
  const problems = said((report) => {
    for (const start of [1, 1, 2]) report('NT2004', span('a', start), { server: 's', tool: 't' });
    report('NT2004', span('a', 1), { server: 's', tool: 'u' });
  });
  expect(problems).toHaveLength(3);
});

test('a name that leads nowhere is said at its first place by file, with the others beside it', () => {
  const problems = said((report) => {
    for (const file of ['c', 'b', 'a', 'd', 'e', 'f', 'g']) report('NT2002', span(file), { provider: 'x' });
    report('NT2002', span('a', 5), { provider: 'y' });
  });
  expect(problems).toEqual([
    'a:0 provider `x` does not exist; and here b:0; and here c:0; and here d:0; and here e:0; and in 2 more places',
    'a:5 provider `y` does not exist',
  ]);
});

test('a fleet is the same by its short name in its own team and by its full name elsewhere', () => {
  const problems = said((report) => {
    report('NT2001', span('spec/teams/quality/routes.yaml'), { fleet: 'grader' });
    report('NT2001', span('spec/teams/research/routes.yaml'), { fleet: 'quality/grader' });
    report('NT2001', span('spec/teams/support/routes.yaml'), { fleet: 'grader' });
  });
  expect(problems).toEqual([
    'spec/teams/quality/routes.yaml:0 fleet `grader` does not exist; and here spec/teams/research/routes.yaml:0',
    'spec/teams/support/routes.yaml:0 fleet `grader` does not exist',
  ]);
});

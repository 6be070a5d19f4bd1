import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { environment, facts, fleet } from '../../check/testing/model.ts';
import { BURNS } from '../../core/burn.ts';
import { objectivesOf } from '../../core/objective.ts';
import { objectiveSuite } from './burn-alerts.ts';
import { INHIBITIONS } from './inhibitions.ts';
import { fleetSuites } from './fleet-alerts.ts';
import { platformSuites } from './platform-alerts.ts';
import { platformObjectives } from './platform-objectives.ts';
import { together } from './rule.ts';

const RUNBOOKS = join(import.meta.dirname, '../../../docs/runbooks');
const bound = (boundMs: number) => ({ percentile: 0.95, boundMs });
const one = fleet('eng/fixer', { slo: { queueWait: bound(30_000), run: bound(60_000) } });
/** With everything that has an alert. */
const mirrored = { ...facts, scheduler: { ...facts.scheduler, mirrored: true } };
const whole = environment({ fleets: [one], facts: mirrored });
const suites = {
  fleet: together([...objectivesOf(one).map(objectiveSuite), ...fleetSuites(one)]),
  platform: together([...platformObjectives(whole).map(objectiveSuite), ...platformSuites(whole)]),
};
const alerts = [...suites.fleet.alerts, ...suites.platform.alerts];

test.each(Object.entries(suites))(
  'each alert of the %s fires, is silent with data, and is asked about no data',
  (_, suite) => {
    for (const alert of suite.alerts) {
      const about = suite.cases.filter((one) => one.about.includes(alert));
      expect([alert.name, about.some((one) => one.fires.includes(alert))]).toEqual([alert.name, true]);
      const silent = about.some((one) => !one.fires.includes(alert) && Object.keys(one.series).length > 0);
      // The watchdog has nothing to be silent about.
      expect([alert.name, silent]).toEqual([alert.name, alert.name !== 'NovaWatchdog']);
      expect(about.some(({ series }) => Object.keys(series).length === 0)).toBe(true);
    }
  },
);

test('each inhibition silences alerts that exist, by labels that both sides have, and never what it waits for', () => {
  const fits = (matchers: Readonly<Record<string, string>>, { name, severity, labels }: (typeof alerts)[number]) =>
    Object.entries(matchers).every(([label, pattern]) =>
      new RegExp(`^(?:${pattern})$`).test({ ...labels, alertname: name, severity }[label] ?? ''),
    );
  expect(INHIBITIONS.length).toBe(2);
  for (const { while: source, silent, alike } of INHIBITIONS) {
    const [sources, targets] = [alerts.filter((one) => fits(source, one)), alerts.filter((one) => fits(silent, one))];
    expect([sources.length > 0, targets.length > 0]).toEqual([true, true]);
    expect(targets.filter((target) => sources.includes(target))).toEqual([]);
    // `environment` is a label of every alert, from whom it belongs to.
    for (const label of alike.filter((one) => one !== 'environment'))
      for (const target of targets)
        expect(sources.some(({ labels }) => labels[label] === target.labels[label])).toBe(true);
  }
});

test('each alert has a runbook that says what it means, how to see it and what to do, and each runbook has an alert', () => {
  const names = [...new Set(alerts.map(({ name }) => name))].sort();
  expect(readdirSync(RUNBOOKS).filter((file) => file !== 'README.md')).toEqual(names.map((name) => `${name}.md`));
  for (const name of names) {
    const text = readFileSync(join(RUNBOOKS, `${name}.md`), 'utf8');
    expect(text.match(/^#+ .*$/gm)).toEqual([`# ${name}`, '## What it means', '## How to see it', '## What to do']);
  }
  expect(existsSync(join(RUNBOOKS, 'README.md'))).toBe(true);
});

test('a burn rate that even a complete failure does not reach has no alert', () => {
  const low = fleet('eng/fixer', { slo: { success: 0.93 } });
  const names = (target: typeof one) =>
    objectiveSuite(objectivesOf(target)[0] as ReturnType<typeof objectivesOf>[0]).alerts.map(
      ({ name, labels }) => `${name} ${labels['window'] ?? ''}`,
    );
  expect(names(one).length - names(low).length).toBe(1);
  expect(names(low)).not.toContain('NovaSuccessBurn 1h');
  expect(BURNS.length).toBe(4);
});

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { metrics } from '../../spec/contract/metrics.ts';
import { declared } from '../core/promql/promql.ts';
import { companyFiles } from './testing/company.ts';
import { expressionsOf, unreadMentions } from './testing/expressions.ts';
import type { Expression } from './testing/expressions.ts';
import { contractProblems } from './testing/metric-contract.ts';

const prod = await companyFiles('prod');
const { expressions, kinds } = expressionsOf(prod);

/** One of each: fleets ask the same with other names. */
const distinct = [...new Map(expressions.map((one) => [shapeOf(one), one])).values()];

function shapeOf({ text, shown, record = '' }: Expression): string {
  return [record, text, ...shown].join('\n').replace(/[a-z]+(?:\/|--)[a-z-]+/g, 'fleet');
}

test('all that is generated asks for what is served or recorded, and all that is served or recorded is asked for', async () => {
  expect(contractProblems(expressions, declared)).toEqual([]);
  // Only production has mirrors of journals.
  const { nova_journal_unmirrored: _, ...others } = declared;
  for (const environment of ['dev', 'staging']) {
    expect(contractProblems(expressionsOf(await companyFiles(environment)).expressions, others)).toEqual([]);
  }
});

test('rules, scalers, analyses and dashboards were read, and nothing else names a metric of ours', () => {
  expect(Object.keys(kinds).sort()).toEqual(
    expect.arrayContaining(['AnalysisTemplate', 'GrafanaDashboard', 'PrometheusRule', 'ScaledObject']),
  );
  expect(expressions.length).toBeGreaterThan(2000);
  expect(distinct.length).toBeGreaterThan(200);
  expect(unreadMentions(prod, Object.keys(metrics))).toEqual([]);
});

test('Prometheus itself takes every query', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nova-torch-queries-'));
  const rules = distinct.map(({ text }, index) => ({
    record: `asked:${index}`,
    expr: text.replaceAll('$__rate_interval', '5m'),
  }));
  writeFileSync(join(folder, 'rules.yaml'), JSON.stringify({ groups: [{ name: 'asked', rules }] }));
  const said = execFileSync('promtool', ['check', 'rules', join(folder, 'rules.yaml')], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  expect(said).toContain(`SUCCESS: ${rules.length} rules found`);
});

test.each(Object.keys(declared))('without the declaration of %s something asks for what nobody serves', (name) => {
  const { [name]: gone, ...rest } = declared;
  const found = contractProblems(distinct, rest);
  const inspected = gone?.inspect !== undefined;
  expect(found.some((problem) => / (\w+) is not declared$/.exec(problem)?.[1]?.startsWith(name))).toBe(!inspected);
});

test.each(
  Object.entries(declared).flatMap(([name, { labels }]) => Object.keys(labels).map((label) => ({ name, label }))),
)('without its label $label something asks $name for a label that it has not', ({ name, label }) => {
  const metric = declared[name] as (typeof declared)[string];
  const { [label]: _gone, ...labels } = metric.labels;
  const found = contractProblems(distinct, { ...declared, [name]: { ...metric, labels } });
  expect(found.some((problem) => problem.endsWith(`there is no label ${label}`))).toBe(metric.inspect === undefined);
});

test('a metric that nothing reads is a problem, and so is a label; one that says why it is served is none', () => {
  const idle = { type: 'counter', labels: {} } as const;
  expect(contractProblems(distinct, { ...declared, nova_idle_total: idle })).toEqual(['nothing reads nova_idle_total']);
  expect(contractProblems(distinct, { ...declared, nova_idle_total: { ...idle, inspect: 'for people' } })).toEqual([]);
  const agents = { ...metrics.nova_agents, labels: { ...metrics.nova_agents.labels, zone: 'spec' } } as const;
  expect(contractProblems(distinct, { ...declared, nova_agents: agents })).toEqual([
    'nothing reads the label zone of nova_agents',
  ]);
});

test('a series that is recorded for nobody is a problem', () => {
  const rule = { at: 'rules: nova:idle', text: 'sum(nova_agents)', shown: [], record: 'nova:idle' };
  expect(contractProblems([...distinct, rule], declared)).toEqual(['nothing reads nova:idle, which is recorded']);
});

test.each([
  ['sum(nova_agent)', 'nova_agent is not declared'],
  ['nova_task_run_duration_seconds', 'nova_task_run_duration_seconds is not declared'],
  ['nova_agents{flet="a"}', '{flet}: there is no label flet'],
  ['nova_agents{state="sleeping"}', 'nova_agents never has state="sleeping"'],
  ['nova_agents{state=~"idle|sleeping"}', 'nova_agents never has state="sleeping"'],
  ['sum by (route) (nova_agents)', 'by (route): there is no label route'],
  ['rate(nova_agents[5m])', 'nova_agents does not count'],
  ['sum(nova_tasks_finished_total)', 'nova_tasks_finished_total counts: read how fast it grows'],
  [
    'histogram_quantile(0.9, sum by (fleet) (rate(nova_task_run_duration_seconds_bucket[5m])))',
    'histogram_quantile: there is no label le',
  ],
  ['sum(nova_agents) / on (fleet) nova_slots', 'on (fleet): there is no label fleet'],
  ['sum(nova_agents', 'is no PromQL at its end'],
])('%s: %s', (text, problem) => {
  const found = contractProblems([...distinct, { at: 'here', text, shown: [] }], declared);
  expect(found).toContain(`here: ${problem}`);
});

test('a legend names labels of the result', () => {
  const panel = { at: 'here', text: 'sum by (fleet) (nova_agents)', shown: ['{{fleet}} {{state}}'] };
  expect(contractProblems([...distinct, panel], declared)).toEqual(['here: {{state}}: there is no label state']);
});

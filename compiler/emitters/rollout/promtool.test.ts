import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import type { JsonObject } from '../../../spec/contract/source.ts';
import { readOwnYaml } from '../../output/read-yaml.ts';
import { companyFiles } from '../testing/company.ts';

/** What a gate answers when tasks really end: from the counters of the scheduler, over the rules that record, to its query. */
const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'nova-torch-gates-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const FLEET = 'engineering/code-reviewer';
const files = await companyFiles('prod');
const textOf = (path: string) => files.find((file) => file.path === path)?.text ?? '';
const rules = join(folder, 'rules.yaml');
writeFileSync(rules, textOf(`teams/${FLEET}/prometheus.rules.yaml`));

interface Template {
  readonly spec: {
    readonly metrics: readonly {
      readonly name: string;
      readonly provider: { readonly prometheus: { readonly query: string } };
    }[];
  };
}
const gate = (readOwnYaml(textOf(`teams/${FLEET}/rollout.yaml`)) as readonly JsonObject[]).find(
  ({ kind }) => kind === 'AnalysisTemplate',
) as unknown as Template;
const query = gate.spec.metrics.find(({ name }) => name === 'success')?.provider.prometheus.query ?? '';

const ended = (outcome: string) => `nova_tasks_finished_total{fleet="${FLEET}",route="r",outcome="${outcome}"}`;

async function answers(series: Readonly<Record<string, string>>, expected: number | undefined): Promise<void> {
  const samples =
    expected === undefined
      ? []
      : [{ labels: expected === 0 ? LABELS : `nova_slo:error_ratio:rate5m${LABELS}`, value: expected }];
  const file = join(folder, 'test.yaml');
  const one = {
    interval: '1m',
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    promql_expr_test: [{ expr: query, eval_time: '30m', exp_samples: samples }],
  };
  writeFileSync(file, JSON.stringify({ rule_files: [rules], evaluation_interval: '30s', tests: [one] }));
  const { stdout } = await run('promtool', ['test', 'rules', file]);
  expect(stdout).toContain('SUCCESS');
}
const LABELS = `{fleet="${FLEET}",slo="success"}`;

test.each([
  ['nothing where nothing is recorded', {}, undefined],
  ['no share while nothing ends', { [ended('succeeded')]: '5x40', [ended('failed')]: '5x40' }, 0],
  ['no share when all succeed', { [ended('succeeded')]: '0+10x40', [ended('failed')]: '0x40' }, 0],
  ['no share for one failure', { [ended('succeeded')]: '0+1x40', [ended('failed')]: '0x27 1x12' }, 0],
  ['the share that failed', { [ended('succeeded')]: '0+3x40', [ended('failed')]: '0+1x40' }, 0.25],
] as const)('a gate is told %s', async (_, series, expected) => {
  await answers(series, expected);
});

import { expect, test } from 'vitest';
import { caseFiles } from '../diagnostics/testing/case-files.ts';
import { collector } from '../diagnostics/report.ts';
import { loadSpec } from '../load/load.ts';
import { endpointOf } from './endpoint.ts';
import { buildOf } from './fleet.ts';
import { resolve } from './resolve.ts';

/** The base company with some of its files changed, resolved; problems as `<code> <file>`. */
function resolved(changes: Readonly<Record<string, (text: string) => string>>) {
  const { report, diagnostics } = collector();
  const files = caseFiles('base').map((file) => ({ ...file, text: changes[file.path]?.(file.text) ?? file.text }));
  const model = resolve(loadSpec(files, report), report);
  const problems = diagnostics.map(({ code, at }) => `${code} ${at.file}`);
  return { model, problems, prod: model.environments.find(({ name }) => name === 'prod') };
}

const RESEARCH = 'spec/teams/research/routes.yaml';

test('what a part leaves out has the default of the language', () => {
  const parts = '  fairness: {}\n  priority: { aging: { every: 10m } }\n  affinity: { key: input.url }\n';
  const { prod, problems } = resolved({
    [RESEARCH]: (text) => text + parts,
    'spec/company.yaml': (text) => `${text}  repository: { url: https://github.com/acme/fleets }\n`,
  });
  expect(problems).toEqual([]);
  const route = prod?.routes.find(({ name }) => name === 'web-research');
  expect(route).toMatchObject({
    fairness: { key: 'tenant', weights: {} },
    priority: { default: 'normal', aging: { everyMs: 600_000, max: 'high' } },
    affinity: { key: 'input.url', mode: 'soft' },
  });
  expect(prod?.company.repository).toEqual({ url: 'https://github.com/acme/fleets', branch: 'main' });
});

test('the priority that a company or an environment says is that of its routes', () => {
  const { prod, model } = resolved({
    'spec/environments/prod.yaml': (text) => `${text}  defaults: { route: { priority: low } }\n`,
  });
  expect(prod?.routes.map(({ priority }) => priority.default)).toEqual(['low', 'low', 'low']);
  const dev = model.environments.find(({ name }) => name === 'dev');
  expect(dev?.routes.map(({ priority }) => priority.default)).toEqual(['normal', 'normal', 'normal']);
});

test('a step of a fallback that asks for nothing asks for no skill', () => {
  const step = '  fallback: [{ when: [no-agent], to: web-reader, require: {} }]\n';
  const { prod } = resolved({ [RESEARCH]: (text) => text + step });
  expect(prod?.routes.find(({ name }) => name === 'web-research')?.fallback[0]?.require).toEqual([]);
});

test('a team or a schedule that an overlay makes invalid is left out in that environment only', () => {
  const many = (count: number, item: (index: number) => string) =>
    Array.from({ length: count }, (_, i) => item(i)).join('');
  const { model, problems } = resolved({
    'spec/teams/research/team.yaml': (text) =>
      `${text}  exports:\n${many(150, (i) => `    a${i}: {}\n`)}environments:\n  prod:\n    exports:\n${many(150, (i) => `      b${i}: {}\n`)}`,
    [RESEARCH]: (text) =>
      `${text}---
apiVersion: nova-torch.dev/v1
kind: Schedule
metadata: { name: nightly }
spec:
  cron: 0 3 * * *
  task: web_research
  labels:\n${many(20, (i) => `    a${i}: x\n`)}environments:\n  prod:\n    labels:\n${many(20, (i) => `      b${i}: x\n`)}`,
  });
  expect(problems.filter((problem) => problem.startsWith('NT1207'))).toEqual([
    'NT1207 spec/teams/research/team.yaml',
    `NT1207 ${RESEARCH}`,
  ]);
  const has = model.environments.map(({ name, teams, schedules }) => [
    name,
    teams.has('research'),
    schedules.has('research/nightly'),
  ]);
  expect(has).toEqual([
    ['dev', true, true],
    ['prod', false, false],
  ]);
});

test.each([
  [`ghcr.io/acme/a@sha256:${'0123456789abcdef'.repeat(4)}`, '0123456789ab'],
  ['ghcr.io:5000/acme/a:v1.2', 'v1.2'],
  ['ghcr.io:5000/acme/a', 'latest'],
])('the build of %s is %s', (image, build) => {
  expect(buildOf(image)).toBe(build);
});

test('what an image has as a tag is a build that a hand-over may come from', () => {
  const from = `_${'x'.repeat(127)}`;
  const rollout = `  rollout: { strategy: canary, steps: [{ weight: 5%, hold: 10m }], underway: { from: ${from}, step: 0 } }\n`;
  const { problems, prod } = resolved({ 'spec/teams/research/web-reader.yaml': (text) => text + rollout });
  expect(problems).toEqual([]);
  expect(buildOf(`ghcr.io/acme/a:${from}`)).toBe(prod?.fleets.get('research/web-reader')?.rollout.underway?.from);
});

test.each([
  ['https://a.example', { host: 'a.example', port: 443, tls: true, path: '/' }],
  ['http://a.example', { host: 'a.example', port: 80, tls: false, path: '/' }],
  ['http://a.example:8080/v1/x', { host: 'a.example', port: 8080, tls: false, path: '/v1/x' }],
])('the address %s leads to %j', (address, endpoint) => {
  expect(endpointOf(address)).toEqual(endpoint);
});

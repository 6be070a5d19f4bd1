import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CONSUMERS } from '../../spec/contract/consumers.ts';
import type { SourceFile } from '../../spec/contract/source.ts';
import { caseFiles } from '../diagnostics/testing/case-files.ts';
import { CASE_DAY } from '../diagnostics/testing/problems-of.ts';
import { collector } from '../diagnostics/report.ts';
import { loadSpec } from '../load/load.ts';
import { resolve } from '../resolve/resolve.ts';
import { rules } from './rules.ts';

/**
 * Fields that only checks consume: each changes what the rule that its consumer names says. Fields that an emitter or the
 * scheduler consumes as well are shown in the tests of those.
 */
const HEAD = 'apiVersion: nova-torch.dev/v1\nkind:';
const IMAGE = 'ghcr.io/acme/agent@sha256:5555555555555555555555555555555555555555555555555555555555555555';

/** A company in which rules have something to say. */
const SPEC: Readonly<Record<string, string>> = {
  'spec/environments/prod.yaml': `${HEAD} Environment
metadata: { name: prod }
spec:
  cluster: { server: https://prod.k8s.acme.example }
  platform: { kubernetes: "1.33", istio: "1.28" }
  trustDomain: prod.acme.example
  images: { requireDigest: true, registries: [ghcr.io/acme] }
  arrivals: { work: 30/h, none: 1/h }
`,
  'spec/teams/engineering/team.yaml': `${HEAD} Team
metadata: { name: engineering }
spec:
  owners: [acme/engineering]
  quota: { cpu: "1", memory: 1Gi, storage: 1Gi, pods: 1 }
  egress: [api.github.com, mcp.acme.example, api.vendor-a.example]
  secretPrefixes: [kv/engineering]
  exports:
    worker: { routes: [research], calls: [research] }
`,
  'spec/teams/engineering/code-fixer.yaml': `${HEAD} Fleet
metadata: { name: worker }
spec:
  agent: { image: ghcr.io/acme/agent:v1 }
  skills: { python: 3 }
  accepts: { work: {} }
  memory: { size: 10Gi }
  secrets: { KEY: { path: kv/engineering/key, field: key } }
  egress: { api.github.com: {} }
  tools: { github: { allow: [get_file] } }
  providers: [vendor-a]
  scale: { min: 2, max: 4 }
  slo: { success: 99%, window: 30d }
  talksTo: { test-writer: { tasks: [testing] } }
`,
  'spec/teams/engineering/routes.yaml': `${HEAD} Route
metadata: { name: work }
spec:
  precedence: 600
  match: { task: work, where: input.kind == 'a' && labels.of == 'b' && tenant == 'engineering' }
  require: { skills: { python: 2 } }
  to: { worker: 100 }
  expect:
    - { task: { task: work, tenant: engineering, labels: { of: b }, input: { kind: a } }, goesTo: [worker] }
    - { task: { task: work, input: { kind: z } }, notHere: true }
---
${HEAD} Route
metadata: { name: rest }
spec: { match: { task: work }, to: { worker: 100 } }
---
${HEAD} Route
metadata: { name: testing }
spec: { match: { task: testing }, to: { test-writer: 100 } }
`,
  'spec/teams/research/web-reader.yaml': `${HEAD} Fleet
metadata: { name: web-reader }
spec:
  agent: { image: ${IMAGE} }
  accepts: { web_research: {} }
  talksTo: { engineering/worker: {} }
  rollout: { strategy: canary, split: routing, steps: [{ weight: 25%, hold: 5m }] }
---
${HEAD} Route
metadata: { name: borrowed }
spec: { match: { task: work }, precedence: 100, to: { engineering/worker: 100 } }
`,
  'spec/teams/engineering/patches.yaml': `${HEAD} Patch
metadata: { name: old }
spec:
  fleet: worker
  target: { kind: StatefulSet }
  owner: acme/engineering
  reason: a slow pool
  expires: 2026-11-01
  operations: [{ op: add, path: /spec/minReadySeconds, value: 30 }]
`,
};

/** Field -> the rule that is asked, a text that stands once in the company, and what to write instead. */
const CHANGES: Readonly<Record<string, readonly [rule: string, from: string, to: string]>> = {
  'Environment.spec.images.requireDigest': ['images', 'requireDigest: true', 'requireDigest: false'],
  'Environment.spec.images.registries[]': ['images', '[ghcr.io/acme]', '[ghcr.io/other]'],
  'Environment.spec.arrivals.*': ['arrivals', ', none: 1/h', ''],
  'Team.spec.quota.cpu': ['quota', 'cpu: "1"', 'cpu: "2"'],
  'Team.spec.quota.memory': ['quota', 'memory: 1Gi', 'memory: 2Gi'],
  'Team.spec.quota.storage': ['quota', 'storage: 1Gi', 'storage: 2Gi'],
  'Team.spec.quota.pods': ['quota', 'pods: 1', 'pods: 2'],
  'Team.spec.egress[]': ['egress', '[api.github.com, mcp', '[mcp'],
  'Team.spec.secretPrefixes[]': ['secrets', '[kv/engineering]', '[kv/other]'],
  'Team.spec.exports.*.routes[]': ['exports', 'routes: [research]', 'routes: []'],
  'Team.spec.exports.*.calls[]': ['exports', 'calls: [research]', 'calls: []'],
  'Fleet.spec.rollout.split': ['canary', 'split: routing', 'split: mesh'],
  'Route.spec.expect[].task.task': ['expect-cases', 'task: { task: work, tenant', 'task: { task: testing, tenant'],
  'Route.spec.expect[].task.tenant': ['expect-cases', 'tenant: engineering, labels', 'tenant: other, labels'],
  'Route.spec.expect[].task.labels.*': ['expect-cases', 'labels: { of: b }', 'labels: { of: c }'],
  'Route.spec.expect[].task.input': ['expect-cases', 'input: { kind: a }', 'input: { kind: b }'],
  'Route.spec.expect[].goesTo[]': ['expect-cases', 'goesTo: [worker]', 'goesTo: [test-writer]'],
  'Route.spec.expect[].notHere': ['expect-cases', 'notHere: true', 'goesTo: [worker]'],
  'ToolServer.metadata.name': ['reference', 'name: github', 'name: other'],
  'ToolServer.spec.tools[]': ['reference', 'tools: [get_file, ', 'tools: ['],
  'Patch.metadata.name': ['patch-term', 'metadata: { name: old }', 'metadata: { name: older }'],
  'Patch.spec.owner': ['patch-owner', 'owner: acme/engineering', 'owner: acme/others'],
  'Patch.spec.reason': ['patch-term', 'reason: a slow pool', 'reason: a fast pool'],
  'Patch.spec.expires': ['patch-term', 'expires: 2026-11-01', 'expires: 2026-11-02'],
};

/** What else shows that a consumer reads its field: tests that ask for every field of an emitter, or of the scheduler. */
function isShownElsewhere(consumer: string): boolean {
  if (consumer === 'compile' || consumer.startsWith('scheduler:')) return true;
  const [kind, name = ''] = consumer.split(':');
  return kind === 'emitter' && existsSync(join(import.meta.dirname, '../emitters', name, 'fields.test.ts'));
}

function filesWith([from, to]: readonly [string, string]): readonly SourceFile[] {
  const all = new Map([...caseFiles('base').map(({ path, text }) => [path, text] as const), ...Object.entries(SPEC)]);
  const whole = [...all.values()].join('\n');
  if (from !== '' && whole.split(from).length !== 2) throw new Error(`${from} is not there once`);
  return [...all].map(([path, text]) => ({ path, text: from === '' ? text : text.replace(from, () => to) }));
}

/** What one rule says about the company; `reference` is what loading and following names says. */
function said(rule: string, change: readonly [string, string] = ['', '']): readonly string[] {
  const { report, diagnostics } = collector();
  const spec = loadSpec(filesWith(change), report);
  const model = resolve(spec, report);
  if (rule !== 'reference') {
    diagnostics.length = 0;
    rules[rule]?.({ model, spec, today: CASE_DAY }, report);
  }
  return diagnostics.map(({ code, message, notes }) => [code, message, ...notes].join('\n')).sort();
}

test('every check that a field names as its consumer is a rule', () => {
  const named = new Set(Object.values(CONSUMERS).flatMap((all) => all.filter((one) => one.startsWith('check:'))));
  expect(named.size).toBeGreaterThan(40);
  expect([...named].filter((one) => one !== 'check:reference' && !(one.slice('check:'.length) in rules))).toEqual([]);
});

test('every field that no emitter and no scheduler consumes has a change here, of a check that it names', () => {
  const unshown = Object.entries(CONSUMERS).filter(([, consumers]) => !consumers.some(isShownElsewhere));
  expect(Object.keys(CHANGES).sort()).toEqual(unshown.map(([field]) => field).sort());
  const foreign = Object.entries(CHANGES).filter(([field, [rule]]) => !CONSUMERS[field]?.includes(`check:${rule}`));
  expect(foreign).toEqual([]);
});

test('what is loaded and resolved of the company is sound, so that only rules speak', () => {
  expect(said('reference')).toEqual([]);
});

test.each(Object.entries(CHANGES))('%s changes what its check says', (_, [rule, from, to]) => {
  expect(said(rule, [from, to])).not.toEqual(said(rule));
});

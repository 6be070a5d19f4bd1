import { expect, test } from 'vitest';
import { checkSpec } from '../../compile.ts';
import { collector } from '../../diagnostics/report.ts';
import { caseFiles } from '../../diagnostics/testing/case-files.ts';
import { CASE_DAY } from '../../diagnostics/testing/problems-of.ts';
import { stages } from '../../stages.ts';
import { tracedValues } from '../testing/traced.ts';
import { emit } from './emit.ts';

const COMPANY = `apiVersion: nova-torch.dev/v1
kind: Company
metadata: { name: acme }
spec:
  environments: [dev, prod]
  teams: { engineering: {}, research: {} }
  repository: { url: https://git.acme.example/fleets, branch: stable }
  freeze:
    year-end: { from: 2026-12-19T00:00Z, to: 2027-01-04T06:00Z, environments: [prod], reason: Few are here }
`;

/** What is made for `prod`. */
function made() {
  const files = caseFiles('base').map((one) => (one.path === 'spec/company.yaml' ? { ...one, text: COMPANY } : one));
  const { model } = checkSpec({ files, today: CASE_DAY }, stages);
  const environment = model.environments.find(({ name }) => name === 'prod');
  if (environment === undefined) throw new Error('no prod');
  return tracedValues(emit({ environment, report: collector().report }), files);
}

const value = made();
const TEAM = 'prod--engineering';

test.each([
  ['AppProject', TEAM, '/spec/sourceRepos/0', 'https://git.acme.example/fleets', 'https://git.acme.example/fleets'],
  ['AppProject', TEAM, '/spec/destinations/0/server', 'https://prod.k8s.acme.example', 'https://prod.k8s.acme.example'],
  ['AppProject', TEAM, '/spec/destinations/0/namespace', 'engineering--code-fixer', 'code-fixer'],
  ['AppProject', TEAM, '/spec/syncWindows/0/schedule', '0 0 19 12 *', '2026-12-19T00:00Z'],
  ['AppProject', TEAM, '/spec/syncWindows/0/duration', '390h', '2027-01-04T06:00Z'],
  ['AppProject', TEAM, '/spec/syncWindows/0/description', 'year-end: Few are here', 'Few are here'],
  ['AppProject', TEAM, '/spec/roles/0/groups/0', 'github:acme/engineering', '[acme/engineering]'],
  ['AppProject', TEAM, '/spec/roles/1/groups/0', 'oncall:eng-oncall', 'eng-oncall'],
  ['ApplicationSet', TEAM, '/spec/generators/0/list/elements/0/fleet', 'code-fixer', 'code-fixer'],
  ['ApplicationSet', TEAM, '/spec/template/spec/source/targetRevision', 'stable', 'stable'],
  ['ApplicationSet', TEAM, '/spec/template/spec/syncPolicy/automated/prune', false, '[dev, prod]'],
  ['ApplicationSet', TEAM, '/spec/syncPolicy/applicationsSync', 'create-update', '[dev, prod]'],
] as const)('%s %s%s is %j, from %s', (kind, name, pointer, expected, text) => {
  expect(value(kind, name, pointer)).toEqual([expected, text]);
});

import { expect, test } from 'vitest';
import { emittedText, fieldsOf } from '../testing/field-changes.ts';
import type { Change } from '../testing/field-changes.ts';

const HEAD = 'apiVersion: nova-torch.dev/v1\nkind:';

const SPEC: Readonly<Record<string, string>> = {
  'spec/teams/engineering/agents.yaml': `${HEAD} Fleet
metadata: { name: worker }
spec:
  agent:
    image: ghcr.io/acme/a@sha256:5555555555555555555555555555555555555555555555555555555555555555
  accepts: { work: {} }
  flags:
    length:
      description: shorter answers
      owner: acme/engineering
      expires: 2027-03-31
      variants: { short: three, long: all }
      default: long
      rules:
        - { where: tenant == 'acme', serve: short }
        - { split: { short: 10, long: 90 }, by: labels.customer }
---
${HEAD} Route
metadata: { name: work }
spec: { match: { task: work }, to: { worker: 100 } }
`,
};

const CHANGES: Readonly<Record<string, Change>> = {
  'Fleet.spec.flags.*.description': ['shorter answers', 'longer answers'],
  'Fleet.spec.flags.*.owner': ['owner: acme/engineering', 'owner: acme/other'],
  'Fleet.spec.flags.*.expires': ['expires: 2027-03-31', 'expires: 2027-04-30'],
  'Fleet.spec.flags.*.variants.*': ['short: three', 'short: four'],
  'Fleet.spec.flags.*.default': ['default: long', 'default: short'],
  'Fleet.spec.flags.*.rules[].where': ["tenant == 'acme'", "tenant == 'globex'"],
  'Fleet.spec.flags.*.rules[].serve': ['serve: short', 'serve: long'],
  'Fleet.spec.flags.*.rules[].split.*': ['short: 10', 'short: 20'],
  'Fleet.spec.flags.*.rules[].by': ['by: labels.customer', 'by: labels.region'],
};

const emitted = (change?: Change) => emittedText(['flagd'], SPEC, change);
const unchanged = emitted();

test('every field that names this emitter as its consumer has a change here', () => {
  expect(Object.keys(CHANGES).sort()).toEqual(fieldsOf('flagd'));
});

test.each(Object.entries(CHANGES))('%s changes the flags', async (field, change) => {
  const changed = await emitted(change);
  expect(changed).toContain(field.endsWith('.owner') ? 'does not own team' : 'kind: ConfigMap');
  expect(changed).not.toBe(await unchanged);
});

test('agents find the file where their variables say it is', async () => {
  const pods = await emittedText(['kubernetes'], SPEC);
  expect(pods).toContain('value: /etc/nova-torch/flags/flags.json');
  expect(pods).toContain('mountPath: /etc/nova-torch/flags');
  expect(pods).toContain('name: worker-flags');
  expect(await unchanged).toContain('name: worker-flags');
});

test('a fleet without flags has no file and no variables', async () => {
  const plain = { 'spec/teams/engineering/agents.yaml': (SPEC['spec/teams/engineering/agents.yaml'] ?? '').replace(/ {2}flags:[^]*?---/, '---') }; // prettier-ignore
  expect(await emittedText(['flagd'], plain)).not.toContain('worker/flags.yaml');
  expect(await emittedText(['kubernetes'], plain)).not.toMatch(/FLAGD|worker-flags/);
});

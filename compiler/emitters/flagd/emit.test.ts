import { expect, test } from 'vitest';
import { samples } from '../../check/representatives/samples.ts';
import { ask } from '../../check/representatives/atoms.ts';
import type { QuestionMap } from '../../check/representatives/atoms.ts';
import { decidingRule } from '../../core/flags.ts';
import type { FleetModel } from '../../core/model.ts';
import { checkSpec } from '../../compile.ts';
import { CASE_DAY } from '../../diagnostics/testing/problems-of.ts';
import { readOwnYaml } from '../../output/read-yaml.ts';
import { stages } from '../../stages.ts';
import { companyFiles, companySources } from '../testing/company.ts';
import { goldenFiles, goldenText } from '../testing/golden.ts';
import { answer, flagd } from './testing/flagd.ts';

const files = goldenFiles('flagd');

test.each(files)('$name is what its spec compiles to', async (file) => {
  expect(await goldenText('flagd', file)).toBe(file.present);
});

test('there is a golden file', () => {
  expect(files.map(({ name }) => name)).toEqual(['choices/flags.yaml']);
});

/** The flags in a generated file. */
function documentIn(yaml: string): string {
  const [object] = readOwnYaml(yaml) as unknown as readonly { readonly data: Readonly<Record<string, string>> }[];
  return object?.data['flags.json'] ?? '';
}

test.each(files)('flagd takes $name by its own schemas', ({ present }) => {
  expect([...flagd(documentIn(present)).getFlags().keys()]).toEqual(['answer-length', 'model', 'threshold']);
});

test('golden flags answer as their spec says', () => {
  const core = flagd(documentIn(files[0]?.present ?? ''));
  const beta = { task: 'work', tenant: 'acme', labels: { channel: 'beta' } };
  expect(answer(core, 'answer-length', beta)).toEqual({ variant: 'short', value: true });
  expect(answer(core, 'answer-length', { ...beta, tenant: 'other' })).toEqual({ variant: 'long', value: false });
  expect(answer(core, 'threshold', beta)).toEqual({ variant: 'low', value: 0.25 });
  const models = Array.from({ length: 400 }, (_, index) => answer(core, 'model', { ...beta, tenant: `t-${index}` }));
  expect(new Set(models.map(({ value }) => value))).toEqual(new Set(['vendor-a/large', 'vendor-b/large']));
});

const { model } = checkSpec({ files: companySources(), today: CASE_DAY }, stages);
const flags = model.environments.flatMap(({ name: environment, fleets }) =>
  [...fleets.values()].flatMap((fleet) =>
    [...fleet.flags.keys()].map((flag) => ({ environment, id: fleet.id, flag, fleet })),
  ),
);

test('the example company has flags', () => {
  expect(new Set(flags.map(({ id, flag }) => `${id} ${flag}`)).size).toBeGreaterThanOrEqual(2);
});

/** Tasks of the fleet, one for each combination of answers to what the flag's rules ask. */
function tasksOf(fleet: FleetModel, flag: string) {
  const questions: QuestionMap = new Map();
  for (const { where } of fleet.flags.get(flag)?.rules ?? []) if (where !== undefined) ask(questions, where.expression);
  return [...fleet.accepts].flatMap(([task, { input }]) =>
    samples(task, questions, [input?.schema]).list.map((sample) => sample.task),
  );
}

test.each(flags)('in $environment flag $flag of $id gives every variant to somebody', async (one) => {
  const { environment, id, flag, fleet } = one;
  const file = (await companyFiles(environment)).find(({ path }) => path === `teams/${id}/flags.yaml`);
  const core = flagd(documentIn(file?.text ?? ''));
  const made = fleet.flags.get(flag);
  const seen = new Set<string>();
  for (const task of tasksOf(fleet, flag)) {
    const split = made === undefined ? undefined : decidingRule(made, task)?.split;
    const expected = split?.map(([variant]) => variant) ?? [made?.default];
    for (let index = 0; index < 50; index++) {
      const { variant } = answer(core, flag, { ...task, ...(split === undefined ? {} : { tenant: `t-${index}` }) });
      // Who the tenant is may be what the rule asks for: then one of the other tasks tells.
      if (split !== undefined && split.length === 1 && !expected.includes(variant)) continue;
      expect(expected).toContain(variant);
      seen.add(variant);
    }
  }
  expect([...seen].sort()).toEqual([...(made?.variants.keys() ?? [])]);
});

import { expect, test } from 'vitest';
import { compile } from '../compile.ts';
import { caseFiles } from '../diagnostics/testing/case-files.ts';
import { stages } from '../stages.ts';
import { emitShare } from './emit-share.ts';

const today = '2026-01-15';

/** What each share of the base company holds: `<environment>/<unit>` and its files. */
async function shares(of: number, environments?: readonly string[]) {
  const files = caseFiles('base');
  const input = { files, today, environments, of, immutable: () => undefined };
  return Promise.all(Array.from({ length: of }, (_, share) => emitShare({ ...input, share }, stages)));
}

test('the shares together are the units of all fleets, each once and as a whole compile makes it', async () => {
  const [first = [], second = []] = await shares(2);
  expect([first.length, second.length]).toEqual([4, 2]);
  const made = new Map(
    [...first, ...second].map(({ environment, known }) => [`${environment}/${known.unit.id}`, known]),
  );
  const whole = await compile({ files: caseFiles('base'), today }, stages);
  const fleets = whole.environments.flatMap(({ name, units }) =>
    units.filter(({ id }) => id.startsWith('teams/')).map((unit) => [`${name}/${unit.id}`, unit.files] as const),
  );
  expect(fleets.length).toBe(6);
  for (const [id, files] of fleets) expect(made.get(id)?.unit.files, id).toEqual(files);
});

test('only the environments that were asked for are emitted', async () => {
  const [only = []] = await shares(1, ['prod']);
  expect(only.map(({ environment, known }) => `${environment} ${known.unit.id}`).sort()).toEqual([
    'prod teams/engineering/code-fixer',
    'prod teams/engineering/test-writer',
    'prod teams/research/web-reader',
  ]);
});

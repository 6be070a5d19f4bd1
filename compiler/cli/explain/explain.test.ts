import { expect, test } from 'vitest';
import { catalog } from '../../diagnostics/catalog.ts';
import { runHere } from '../testing/host.ts';
import { repository } from '../testing/repository.ts';

const explain = async (...words: readonly string[]) => runHere(['explain', ...words]);

test('a code is explained in full, whatever its case', async () => {
  const { code, stdout, stderr } = await explain('nt2001');
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatchInlineSnapshot(`
    "error[NT2001]: fleet \`<fleet>\` does not exist

    A name without a slash means a fleet of the same team; \`team/name\` means one of another
    team. No such fleet is written down, so tasks or calls would go nowhere.

    Correct the name, write the team in front of it, or add the fleet.

    \`\`\`yaml
    to:
      code-fixer: 90          # in this team
      quality/evaluator: 10   # in another team
    \`\`\`

    exit code 1: the spec has errors
    "
  `);
});

test('every code of the catalogue is explained, in text and as data', async () => {
  for (const [code, entry] of Object.entries(catalog)) {
    const { stdout } = await explain(code);
    expect(stdout).toContain(`${entry.severity}[${code}]`);
    expect(stdout.endsWith(entry.severity === 'error' ? '\n' : 'a warning does not stop the compile\n'), code).toBe(
      true,
    );
    expect(JSON.parse((await explain(code, '--format', 'json')).stdout)).toMatchObject({ code, ...entry });
  }
});

test('a code that does not exist is refused with the nearest one', async () => {
  const { code, stderr } = await explain('NT20011');
  expect([code, stderr]).toEqual([2, 'error: there is no problem `NT20011`\n  did you mean `NT2001`?\n']);
});

test('a field is explained with its type, bounds, default and whether it may differ by environment', async () => {
  expect((await explain('Fleet.spec.scale.min')).stdout).toMatchInlineSnapshot(`
    "Fleet.spec.scale.min

    Fewest agents. 0 lets an idle fleet disappear.

      type     whole number, 0 to 1000
      default  1
      overlay  may differ in one environment: environments.<name>.scale.min
    "
  `);
});

test('an object is explained with its fields; those that must be there are marked', async () => {
  expect((await explain('route.spec.limits')).stdout).toMatchInlineSnapshot(`
    "Route.spec.limits

    How many of its tasks may run at once, or start in a time. Fleets of \`to\` share it by
    their weights, at least one task each; one of \`fallback\` has as much again.

      type     object
      overlay  may differ in one environment: environments.<name>.limits

    Fields:
      inFlight  Most of its tasks that may run at once.
      rate      Most of its tasks that may start in a unit of time. From \`1/h\` to
                \`100000/s\`.
      perKey    Most tasks with the same key at once.
    "
  `);
  expect((await explain('Schedule.spec')).stdout).toMatchInlineSnapshot(`
    "Schedule.spec

    What is submitted, and when.

      type      object
      required  yes

    Fields:
      description  What the task is for.
      cron *       When the task is submitted: the five fields of cron.
      tz           Time zone in which cron is read.
      task *       Type of the task that is submitted.
      input        Input of the task, the same each time.
      labels       Labels of the task.
      overlap      What happens when the task before still runs: this one is left out
                   (\`skip\`), waits (\`queue\`), or takes its place (\`replace\`).
      catchUp      What happens to times missed while the scheduler was away.
      * required
    "
  `);
});

test('a field with a pattern and examples shows them', async () => {
  const { stdout } = await explain('Fleet.spec.agent.image');
  expect(stdout).toMatch(/\n {2}pattern +\^/);
  expect(stdout).toMatch(/\n {2}examples +"ghcr/);
});

test('a value of a map without words of its own has those of the map', async () => {
  const of = async (words: string) =>
    (JSON.parse((await explain(words, '--format', 'json')).stdout) as { description: string }).description;
  const map = await of('Fleet.spec.agent.env');
  expect(map).toMatch(/^[A-Z]/);
  expect(await of('Fleet.spec.agent.env.LOG_LEVEL')).toBe(map);
});

test('maps take any name and lists any position', async () => {
  const path = async (words: string) => {
    const { stdout } = await explain(words, '--format', 'json');
    const { field, type } = JSON.parse(stdout) as { field: string; type: string };
    return [field, type];
  };
  expect(await path('Fleet.spec.skills.python')).toEqual(['Fleet.spec.skills.<name>', 'whole number, 1 to 5']);
  expect(await path('Route.spec.fallback[0].when')).toMatchInlineSnapshot(`
    [
      "Route.spec.fallback[].when",
      "list of one of no-agent, wait-above, breaker-open, rejected, at least 1, at most 4",
    ]
  `);
  expect(await path('Route.spec.expect.0.task')).toMatchInlineSnapshot(`
    [
      "Route.spec.expect[].task",
      "object",
    ]
  `);
  expect(await path('Fleet')).toEqual(['Fleet', 'object']);
});

test.each([
  ['Flet.spec', '`the language` has no field `Flet`', 'did you mean `Fleet`?'],
  ['Fleet.scale', '`Fleet` has no field `scale`', 'did you mean `spec.scale`?'],
  ['Fleet.metadata.nam', '`Fleet.metadata` has no field `nam`', 'did you mean `name`?'],
  ['Fleet.spec.scal', '`Fleet.spec` has no field `scal`', 'did you mean `scale`?'],
])('the field %s does not exist', async (words, problem, hint) => {
  const { code, stderr } = await explain(words);
  expect([code, stderr]).toEqual([2, `error: ${problem}\n  ${hint}\n`]);
});

test('a word that is near nothing gets no guess', async () => {
  expect((await explain('Fleet.spec.xylophone')).stderr).toBe('error: `Fleet.spec` has no field `xylophone`\n');
  expect((await explain('Fleet.xylophone')).stderr).toBe('error: `Fleet` has no field `xylophone`\n');
});

test('a spec file leads to everything it makes, a line to what it decides', async () => {
  const cwd = repository();
  const whole = await runHere(['explain', 'spec/teams/engineering/code-fixer.yaml'], { cwd });
  expect(whole.stdout).toContain('generated/prod/teams/engineering/code-fixer/kubernetes.yaml\n');
  expect(whole.stdout).toMatch(/and \d+ more\n/);
  const data = await runHere(['explain', 'spec/teams/engineering/code-fixer.yaml:4', '--format', 'json'], { cwd });
  expect(JSON.parse(data.stdout)).not.toEqual([]);
});
